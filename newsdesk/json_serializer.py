"""How values lie in the shared cache: as JSON, so that whoever can write to Redis cannot make us run anything."""

from __future__ import annotations

import json
from typing import Any


class JsonSerializer:
    """For Django's Redis cache; what is stored must be JSON, and what cannot be read is not there."""

    def dumps(self, value: Any) -> int | bytes:
        """A whole number as Redis itself counts, anything else as JSON. Raises: TypeError."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes | str | int) -> Any:
        """The value; None, as for a key that is missing, where it was not written by us."""
        if isinstance(data, int):
            return data
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None
