"""Sentence embeddings from a server that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from newsdesk.llm.deadline import Deadline
from newsdesk.llm.embed import embed, embedding_server
from newsdesk.llm.tries import NoAnswer
from newsdesk.stories.embedding.embedder import FORM, EmbeddingFailed, Values, unit

PURPOSE = "cluster"


class EndpointEmbedder:
    """The model that the settings name; the ledger keeps what was asked, and the day's ceiling holds."""

    def __init__(self) -> None:
        server = embedding_server()
        place = urlsplit(server.base_url).netloc.rpartition("@")[2] or "api.openai.com"
        self.name = f"{server.model[:100]} {place[:80]} {FORM}"

    def embed(self, texts: Sequence[str], *, now: datetime, within: Deadline | None = None) -> list[Values]:
        """A unit vector for each text, by one call.

        Raises:
            EmbeddingFailed: the endpoint gave none, or may not be asked now.
        """
        try:
            return [unit(values) for values in embed(texts, purpose=PURPOSE, now=now, within=within)]
        except NoAnswer as error:
            raise EmbeddingFailed(str(error)) from error
