"""The tests' own embedding model, as an operator would set it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "data" / "tiny-model"
SHA256 = hashlib.sha256((FOLDER / "model.onnx").read_bytes()).hexdigest()
WIDTH = 16


def use(settings: object, folder: Path = FOLDER, sha256: str = SHA256) -> None:
    pytest.importorskip("onnxruntime", reason="no onnxruntime for this Python or platform")
    settings.EMBEDDING_MODEL_PATH, settings.EMBEDDING_MODEL_SHA256 = str(folder), sha256  # type: ignore[attr-defined]
