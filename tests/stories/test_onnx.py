"""A model file, really run: a tiny one of our own, in the form of the real ones."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdesk.stories.embedding.embedder import EmbeddingFailed, packed, unit, unpacked
from newsdesk.stories.embedding.onnx import OnnxEmbedder, find_fault
from tests.stories.tiny_model import FOLDER, SHA256, WIDTH

pytest.importorskip("onnxruntime", reason="no onnxruntime for this Python or platform")

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TITLES = ["Kelp Labs sues Brine AI over stolen weights", "Brine AI sued by Kelp Labs over stolen weights", "東京 ABC"]


def vectors(embedder: OnnxEmbedder, *texts: str) -> list[tuple[float, ...]]:
    return embedder.embed(texts, now=NOW)


def cosine(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the model that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "model"))


def test_vectors_are_of_length_one_and_tell_texts_apart() -> None:
    found = vectors(OnnxEmbedder(FOLDER, SHA256), *TITLES)
    assert [len(vector) for vector in found] == [WIDTH] * 3
    assert [cosine(vector, vector) for vector in found] == pytest.approx([1, 1, 1])
    assert cosine(found[0], found[1]) > 0.9 > cosine(found[0], found[2])


def test_a_vector_is_that_of_its_text_whatever_else_is_in_the_batch() -> None:
    embedder = OnnxEmbedder(FOLDER, SHA256)
    together = vectors(embedder, *TITLES, "x " * 500)
    assert [vectors(embedder, text)[0] for text in (*TITLES, "x " * 500)] == together
    assert vectors(OnnxEmbedder(FOLDER, SHA256), *TITLES) == together[:3]


def test_the_mean_is_over_the_tokens_and_not_over_padding() -> None:
    """By hand: "a" is three tokens, its letter between two marks; the tokenizer's file would pad it to 64."""
    import numpy
    import onnxruntime

    session = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"), providers=["CPUExecutionProvider"])
    given = {"input_ids": numpy.array([[2, 4, 3]]), "attention_mask": numpy.ones((1, 3), dtype="int64")}
    tokens = session.run(None, given)[0][0]
    mean = [math.fsum(column) / 3 for column in tokens.T.tolist()]
    (vector,) = vectors(OnnxEmbedder(FOLDER, SHA256), "A")
    assert vector == pytest.approx([value / math.hypot(*mean) for value in mean])


def test_the_folder_may_say_that_the_first_token_counts(folder: Path) -> None:
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}), encoding="utf-8")
    one, other = vectors(OnnxEmbedder(folder, SHA256), *TITLES[:2])
    assert one == other  # the first token is the same mark in every text
    assert vectors(OnnxEmbedder(FOLDER, SHA256), TITLES[0]) != [one]


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert find_fault(folder, SHA256) == f"EMBEDDING_MODEL_PATH: there is no {name} in {folder}."
    with pytest.raises(EmbeddingFailed, match=name):
        vectors(OnnxEmbedder(folder, SHA256), "x")


def test_another_hash_is_refused_and_both_are_said(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"another")
    found = hashlib.sha256(b"another").hexdigest()
    assert find_fault(folder, SHA256).startswith(f"EMBEDDING_MODEL_SHA256: expected {SHA256}, found {found} in ")
    with pytest.raises(EmbeddingFailed, match="expected"):
        vectors(OnnxEmbedder(folder, SHA256), "x")


def test_without_a_hash_the_one_to_set_is_said() -> None:
    assert f"must be set; {FOLDER / 'model.onnx'} has {SHA256}." in find_fault(FOLDER, "")
    assert find_fault(FOLDER, SHA256) == ""


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    needs = f"EMBEDDING_MODEL_PATH: needs {package}: pip install -r requirements-embeddings.txt."
    assert find_fault(FOLDER, SHA256) == needs
    with pytest.raises(EmbeddingFailed, match="requirements-embeddings"):
        vectors(OnnxEmbedder(FOLDER, SHA256), "x")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_that_cannot_be_loaded_is_said_once_and_for_all(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    embedder = OnnxEmbedder(folder, hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest())
    with pytest.raises(EmbeddingFailed, match="cannot be loaded"):
        vectors(embedder, "x")
    (folder / name).write_bytes(whole)
    with pytest.raises(EmbeddingFailed, match="cannot be loaded"):
        vectors(embedder, "x")


@pytest.mark.parametrize("values", [(0.0, 0.0), (math.nan, 1.0), (math.inf, 1.0), (1e308, 1e308, 1e308, 1e308), ()])
def test_a_vector_without_a_direction_is_none(values: tuple[float, ...]) -> None:
    with pytest.raises(EmbeddingFailed, match="direction"):
        unit(values)


def test_what_is_kept_is_near_what_was_found_and_stays_as_it_is() -> None:
    (vector,) = vectors(OnnxEmbedder(FOLDER, SHA256), TITLES[0])
    kept = unpacked(packed(vector))
    assert len(packed(vector)) == 2 * WIDTH
    assert cosine(kept, vector) == pytest.approx(1, abs=1e-3)
    assert unpacked(packed(kept)) == kept
    assert packed((0.5, -1.0)) == b"\x00\x38\x00\xbc"  # little-endian, by IEEE 754
