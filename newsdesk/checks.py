"""Django system checks of settings that are valid one by one and wrong together, or wrong for a server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  (Django's name)
from django.http.request import validate_host

from newsdesk.stories.embedding.onnx import find_fault
from newsdesk.stories.entities.registry import faults_in

# A name or an IPv4 or bracketed IPv6 address, and a port.
HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|(?<![^\s:/@\[\]])[^\s:/@\[\]]+):[0-9]{1,5}")


@register("newsdesk")
def check_allowed_addresses(**_: Any) -> list[CheckMessage]:
    """What is exempt from the address guard must be exact, for it opens private networks to feeds."""
    wrong = sorted(text for text in settings.FETCH_ALLOWED_ADDRESSES if not HOST_AND_PORT.fullmatch(text))
    return [
        Error(f"FETCH_ALLOWED_ADDRESSES: {text!r} is not host:port, as in 127.0.0.1:8080.", id="newsdesk.E001")
        for text in wrong
    ]


@register("newsdesk")
def check_entities_file(**_: Any) -> list[CheckMessage]:
    """A site's own entities are read with ours by every stage, so a slip in them must stop the start."""
    faults = faults_in(settings.ENTITIES_FILE) if settings.ENTITIES_FILE else []
    return [Error(f"ENTITIES_FILE: {fault}", id="newsdesk.E005") for fault in faults]


@register("newsdesk")
def check_embeddings(**_: Any) -> list[CheckMessage]:
    """A model for embeddings is whole and the one that was meant, or there is a server to ask for one; not both."""
    if settings.EMBEDDING_MODEL and settings.EMBEDDING_MODEL_PATH:
        message = (
            "EMBEDDING_MODEL: names a model at an endpoint, EMBEDDING_MODEL_PATH one of this machine; set only one."
        )
        return [Error(message, id="newsdesk.E006")]
    has_server = settings.EMBEDDING_BASE_URL or settings.OPENAI_BASE_URL or settings.OPENAI_API_KEY
    if settings.EMBEDDING_MODEL and not (has_server or settings.EMBEDDING_API_KEY):
        message = "EMBEDDING_MODEL: needs a server: set EMBEDDING_BASE_URL, or OPENAI_BASE_URL or OPENAI_API_KEY."
        return [Error(message, id="newsdesk.E007")]
    path, sha256 = settings.EMBEDDING_MODEL_PATH, settings.EMBEDDING_MODEL_SHA256
    fault = find_fault(Path(path), sha256) if path else ""
    return [Error(fault, id="newsdesk.E008")] if fault else []


@register("newsdesk", deploy=True)
def check_production(**_: Any) -> list[CheckMessage]:
    """What a public server needs beyond valid settings."""
    found: list[CheckMessage] = []
    if settings.SAMPLE:
        found.append(Error("NEWSDESK_SAMPLE: made-up news must not be served to the public.", id="newsdesk.E002"))
    if settings.CELERY_BROKER_URL == "memory://":
        message = "REDIS_URL: must be set, or no work ever reaches a worker and the cache is not shared."
        found.append(Error(message, id="newsdesk.E003"))
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https":
        found.append(Error("SITE_URL: must start with https://; feeds and mails carry it.", id="newsdesk.E004"))
    if not validate_host(site.hostname or "", settings.ALLOWED_HOSTS):
        found.append(Warning("ALLOWED_HOSTS: does not hold the host of SITE_URL.", id="newsdesk.W001"))
    if not settings.PROXY_COUNT:
        message = "PROXY_COUNT: is 0, so whoever comes through your HTTPS proxy is one client to the limits on log-in."
        found.append(Warning(message, id="newsdesk.W002"))
    return found
