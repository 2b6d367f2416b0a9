"""The newsletter's public pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def subscribe(_: HttpRequest) -> HttpResponse:
    raise Http404


def confirm(_: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    raise Http404


def preferences(_: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    raise Http404


def export(_: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    raise Http404


def erase(_: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    raise Http404


def unsubscribe(_: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    raise Http404
