"""Why there is no backup, or none is put back."""

from __future__ import annotations


class BackupRefused(Exception):
    """It cannot be done as things stand; the message says why and what to do, in a sentence. Nothing has changed."""
