"""The first editor's account."""

from __future__ import annotations

import secrets
from string import ascii_letters, digits

from django.contrib.auth import get_user_model

EDITOR = "editor"
# Letters and digits that nobody mistakes for one another, and that a double click selects as one word.
PASSWORD_ALPHABET = "".join(sorted(set(ascii_letters + digits) - set("0O1lI")))
PASSWORD_LENGTH = 14  # about 81 bits


def make_first_editor() -> str:
    """Make the account `editor` where nobody has one; returns its password, which is stored only as a hash, or ""."""
    users = get_user_model()._default_manager
    if users.exists():
        return ""
    password = "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_LENGTH))
    users.create_superuser(username=EDITOR, password=password)
    return password
