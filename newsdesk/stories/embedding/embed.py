"""Make, keep and read the vectors of texts: before clustering, outside any transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from feeds.models import ArticleText
from newsdesk.llm.deadline import Deadline
from newsdesk.stories.embedding.chosen import chosen_embedder
from newsdesk.stories.embedding.embedded_text import embedded_text
from newsdesk.stories.embedding.embedder import EmbeddingFailed, Values, packed, unpacked
from newsdesk.stories.models import Coverage, Vector

logger = logging.getLogger(__name__)

# Texts that are embedded and stored at a time, and asked for in one call of an endpoint.
CHUNK_TEXTS = 32
# For all texts of a batch: who embeds none of them in time must not hold up what they belong to.
BATCH_S = 60.0


def embed_texts(texts: Iterable[ArticleText], *, now: datetime, after_chunk: Callable[[], None]) -> None:
    """Make and store the vectors that texts lack; nothing where no model is chosen.

    What the model fails on goes without and is logged, and so do taken-down texts. Must not run in a transaction: it
    may load a model or ask an endpoint. `after_chunk` is called after every few seconds' work, for whoever holds a
    lease.
    """
    embedder = chosen_embedder()
    if embedder is None:
        return
    wanted = {text.pk: text for text in texts if text.purged_at is None}
    known = read_vectors(wanted)
    missing = [text for key, text in wanted.items() if key not in known]
    failures: dict[str, int] = {}
    within = Deadline(BATCH_S)
    for start in range(0, len(missing), CHUNK_TEXTS):
        chunk = missing[start : start + CHUNK_TEXTS]
        try:
            vectors = embedder.embed([_embedded(text) for text in chunk], now=now, within=within)
            _store(chunk, vectors, embedder.name)
        except EmbeddingFailed as error:
            failures[str(error)] = failures.get(str(error), 0) + len(chunk)
        after_chunk()
    for reason, count in failures.items():
        logger.warning("%d entries are clustered without embeddings: %s", count, reason)


def read_vectors(texts: Iterable[str]) -> dict[str, Values]:
    """The chosen model's stored vectors of texts that are not taken down, by the texts' hashes; one query, or none."""
    if not (model := chosen_model()):
        return {}
    rows = Vector.objects.filter(model=model, text__in=list(texts), text__purged_at=None)
    return {key: unpacked(bytes(values)) for key, values in rows.values_list("text", "values")}


def chosen_model() -> str:
    """The name under which the chosen model's vectors are stored; empty where none is chosen."""
    embedder = chosen_embedder()
    return embedder.name if embedder else ""


def newest_without_vector(limit: int) -> tuple[int, int]:
    """How many of the newest reports have no vector of the chosen model, and of how many, up to `limit`; 2 queries."""
    reports = Coverage.objects.filter(role=Coverage.Role.REPORT).order_by("-id")
    texts = list(reports.values_list("text", flat=True)[:limit])
    having = set(Vector.objects.filter(model=chosen_model(), text__in=texts).values_list("text", flat=True))
    return sum(text not in having for text in texts), len(texts)


def _embedded(text: ArticleText) -> str:
    title, _, body = text.text.partition("\n\n")
    return embedded_text(title, body)


def _store(texts: Sequence[ArticleText], vectors: Sequence[Values], model: str) -> None:
    """Store the vectors of a chunk.

    Raises:
        EmbeddingFailed: they are of another width than those stored.
    """
    stored = Vector.objects.filter(model=model).first()
    widths = {len(vector) for vector in vectors} | ({len(unpacked(bytes(stored.values)))} if stored else set())
    if len(widths) > 1:
        raise EmbeddingFailed(f"the model gave vectors of different widths ({', '.join(map(str, sorted(widths)))})")
    rows = [Vector(text=text, model=model, values=packed(one)) for text, one in zip(texts, vectors, strict=True)]
    Vector.objects.bulk_create(rows, ignore_conflicts=True)
