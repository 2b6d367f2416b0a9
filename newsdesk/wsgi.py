"""The WSGI entry point: `gunicorn newsdesk.wsgi`."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402  (they are read by then, and a bad one has been told of)

from newsdesk.rounds import start_rounds  # noqa: E402  (its models need the applications)

if settings.PRODUCTION and not (settings.STATIC_ROOT / "staticfiles.json").exists():
    logging.getLogger(__name__).error(
        "STATIC_ROOT: %s holds no collected files, so every page will fail: run `python manage.py collectstatic`,"
        " then start this again.",
        settings.STATIC_ROOT,
    )
start_rounds()
