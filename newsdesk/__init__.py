"""The desk: settings, URLs and Celery app, with one small Django app for each stage beside them."""

from newsdesk.celery import app as celery_app

__all__ = ["celery_app"]
