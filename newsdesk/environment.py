"""The environment's variables and those of the file beside it, as the settings and a start read them alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from django.core.exceptions import ImproperlyConfigured
from environs import Env


class Environment(Env):
    """Variables, of which an empty one counts as unset."""

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """The environment, and `file` where the environment says nothing; a missing file is no error.

        Raises: ImproperlyConfigured.
        """
        environment = cls()
        try:
            environment.read_env(file, recurse=False)
        except (OSError, ValueError) as error:  # a folder, somebody else's, not UTF-8
            raise ImproperlyConfigured(f"NEWSDESK_ENV_FILE: {file} cannot be read: {error}.") from error
        return environment

    def _get_value(self, env_key: str, default: Any) -> Any:
        value = super()._get_value(env_key, default)
        return default if isinstance(value, str) and not value.strip() else value
