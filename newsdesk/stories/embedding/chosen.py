"""The embedder that the settings name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from newsdesk.stories.embedding.embedder import Embedder
from newsdesk.stories.embedding.endpoint import EndpointEmbedder
from newsdesk.stories.embedding.onnx import OnnxEmbedder


def chosen_embedder() -> Embedder | None:
    """The one that the settings name, not loaded yet; None where they name none, as by default."""
    if settings.EMBEDDING_MODEL_PATH:
        return _of_folder(settings.EMBEDDING_MODEL_PATH, settings.EMBEDDING_MODEL_SHA256)
    if settings.EMBEDDING_MODEL:
        return EndpointEmbedder()
    return None


@lru_cache(maxsize=1)
def _of_folder(folder: str, sha256: str) -> OnnxEmbedder:
    """One a process, for a loaded model is large."""
    return OnnxEmbedder(Path(folder), sha256)
