"""Exits with 0 if the web server of this container answers, with 1 if not: `healthcheck.py [PORT]`.

It asks as the HTTPS proxy in front would, under the site's own name, or it would be sent to HTTPS or refused.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

DEFAULT_PORT = 8000
TIMEOUT_S = 8.0
PATH = "/health/live"  # asks the database nothing: a database that is away is not mended by starting this again


def is_answering(port: int) -> bool:
    """Whether the server on this port answers with 200."""
    host = urlsplit(os.environ.get("SITE_URL", "")).hostname or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", PATH, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_answering(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT))
