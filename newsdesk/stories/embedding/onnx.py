"""A sentence-embedding model in ONNX, from a folder of this machine: nothing is downloaded, torch is not needed.

The folder holds `model.onnx` and `tokenizer.json`, as exported models do, and perhaps `1_Pooling/config.json`. Each
text is run alone and by one thread, so that its vector is the same whatever else is in its batch: an int8 model scales
its activations by all that is run together. Alone costs nothing with the texts of the line (`embedded_text`): measured
on one core with all-MiniLM-L6-v2 in int8, 262 a second alone, 253 in batches of 32.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from newsdesk.llm.deadline import Deadline
from newsdesk.stories.embedding.embedder import FORM, EmbeddingFailed, Values, unit

MODEL, TOKENIZER, POOLING = "model.onnx", "tokenizer.json", "1_Pooling/config.json"
PACKAGES = ("onnxruntime", "tokenizers")
# Tokens of a text that are read; the texts of the line have a hundred at most.
MAX_TOKENS = 128
# The output that holds whole sentences' vectors already, in exports that have one.
SENTENCES = "sentence_embedding"
WIDTHS = {"tensor(int64)": "int64", "tensor(int32)": "int32"}


def find_fault(folder: Path, sha256: str) -> str:
    """What keeps the folder's model from being used, in a sentence that names the setting; empty where nothing does."""
    try:
        _read(folder, sha256)
    except EmbeddingFailed as error:
        return str(error)
    return ""


def _read(folder: Path, sha256: str) -> bytes:
    """The model's file, whose hash is as expected.

    Raises:
        EmbeddingFailed: a package or file is missing, or the hash is another.
    """
    for name in (MODEL, TOKENIZER):
        if not (folder / name).is_file():
            raise EmbeddingFailed(f"EMBEDDING_MODEL_PATH: there is no {name} in {folder}.")
    if missing := [name for name in PACKAGES if importlib.util.find_spec(name) is None]:
        how = "pip install -r requirements-embeddings.txt"
        raise EmbeddingFailed(f"EMBEDDING_MODEL_PATH: needs {' and '.join(missing)}: {how}.")
    file = folder / MODEL
    try:
        content = file.read_bytes()
    except OSError as error:
        raise EmbeddingFailed(f"EMBEDDING_MODEL_PATH: {file} cannot be read: {error.strerror}.") from error
    found = hashlib.sha256(content).hexdigest()
    if not sha256:
        raise EmbeddingFailed(f"EMBEDDING_MODEL_SHA256: must be set; {file} has {found}. Set that if you trust it.")
    if found != sha256:
        raise EmbeddingFailed(f"EMBEDDING_MODEL_SHA256: expected {sha256}, found {found} in {file}.")
    return content


class OnnxEmbedder:
    """The model of a folder, loaded when the first text comes; what failed to load stays failed until a restart."""

    def __init__(self, folder: Path, sha256: str) -> None:
        self.name = f"onnx {sha256[:32]} {FORM}"
        self._folder, self._sha256 = folder, sha256
        self._model: _Model | None = None
        self._failure = ""

    def embed(self, texts: Sequence[str], *, now: datetime, within: Deadline | None = None) -> list[Values]:
        """A unit vector for each text.

        Raises:
            EmbeddingFailed: the model cannot be loaded or run.
        """
        if self._failure:
            raise EmbeddingFailed(self._failure)
        if self._model is None:
            try:
                self._model = _Model(self._folder, self._sha256)
            except EmbeddingFailed as error:
                self._failure = str(error)
                raise
        return [self._model.vector(text) for text in texts]


class _Model:
    """A loaded tokenizer and session.

    Raises:
        EmbeddingFailed: there is no such model, or it is none that can be used.
    """

    def __init__(self, folder: Path, sha256: str) -> None:
        content = _read(folder, sha256)
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            # From the bytes that were hashed: no file beside it, and none that was put in its place, is read.
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            pooling = folder / POOLING
            self._takes_first = pooling.is_file() and bool(
                json.loads(pooling.read_text(encoding="utf-8"))["pooling_mode_cls_token"]
            )
        except Exception as error:  # neither library has a base class for its errors
            raise EmbeddingFailed(f"EMBEDDING_MODEL_PATH: {folder} cannot be loaded: {_first_line(error)}") from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._inputs = {given.name: WIDTHS.get(given.type, "int64") for given in self._session.get_inputs()}
        outputs = [output.name for output in self._session.get_outputs()]
        self._output = SENTENCES if SENTENCES in outputs else outputs[0]
        if unknown := self._inputs.keys() - {"input_ids", "attention_mask", "token_type_ids"}:
            names = ", ".join(sorted(unknown))
            raise EmbeddingFailed(f"EMBEDDING_MODEL_PATH: {folder / MODEL} wants inputs that are not known: {names}.")

    def vector(self, text: str) -> Values:
        """The unit vector of a text: the mean over its tokens, or the first one's where the folder says so.

        Raises:
            EmbeddingFailed: the model cannot be run on it.
        """
        import numpy

        try:
            tokens = self._tokenizer.encode(text).ids or [0]
            rows = {"input_ids": tokens, "attention_mask": [1] * len(tokens), "token_type_ids": [0] * len(tokens)}
            given = {name: numpy.array([rows[name]], dtype=width) for name, width in self._inputs.items()}
            found = self._session.run([self._output], given)[0][0]
        except Exception as error:  # neither library has a base class for its errors
            raise EmbeddingFailed(f"the embedding model cannot be run: {_first_line(error)}") from error
        if found.ndim == 2:
            found = found[0] if self._takes_first else found.mean(axis=0, dtype="float64")
        if found.ndim != 1:
            raise EmbeddingFailed(f"the embedding model's output has {found.ndim} dimensions, not those of sentences")
        return unit(found.tolist())


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
