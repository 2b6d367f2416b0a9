"""Shared by every test: a data directory of its own for each run."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("NEWSDESK_DATA_DIR", tempfile.mkdtemp(prefix="newsdesk-test-"))
