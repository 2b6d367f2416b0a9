"""Static files as `collectstatic` leaves them: for everybody to read, whatever the rest of the data is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

PUBLIC_UMASK = 0o022


class PublicStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """whitenoise's; what it compresses is as readable as what Django copies, also to a server of another user."""

    def post_process(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        """whitenoise's."""
        before = os.umask(PUBLIC_UMASK)
        try:
            yield from super().post_process(*arguments, **options)
        finally:
            os.umask(before)
