"""The ASGI entry point, for servers that speak ASGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
application = get_asgi_application()

from newsdesk.rounds import start_rounds  # noqa: E402  (its models need the applications)

start_rounds()
