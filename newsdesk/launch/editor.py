"""The first editor's account."""

from __future__ import annotations

import secrets

from django.contrib.auth import get_user_model

EDITOR = "editor"
PASSWORD_BYTES = 9  # 12 characters, 72 bits


def make_first_editor() -> str:
    """Make the account `editor` where nobody has one; returns its password, which is stored only as a hash, or ""."""
    users = get_user_model()._default_manager
    if users.exists():
        return ""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    users.create_superuser(username=EDITOR, password=password)
    return password
