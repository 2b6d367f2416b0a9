"""The odds that count: those learned on this desk, kept in the data directory; without, the shipped ones."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from newsdesk.stories.clustering.comparing.learned import SHIPPED, Logistic

logger = logging.getLogger(__name__)
# What was learned from collections without times does not come from a desk and is not learned there.
OF_STREAMS = "stream"
Odds = Mapping[Logistic, Logistic]


@dataclass(frozen=True, slots=True)
class Trained:
    """Own odds in place of shipped ones, and the edits that they have learned from."""

    odds: Odds
    changes: tuple[int, ...]


NOTHING_TRAINED = Trained({}, ())
# What was read last, and the file's stamp then.
_read: tuple[tuple[int, int, int] | None, Trained] = (None, NOTHING_TRAINED)


def trained_path() -> Path:
    """Where this desk's own weights are kept."""
    return Path(settings.DATA_DIR) / "clusterer.json"


@cache
def shipped_hash() -> str:
    """What names the shipped weights: the sha256 of their file."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


@cache
def shipped_models() -> dict[str, Logistic]:
    """The shipped odds formulas that can be learned further, by name: each for another number of features."""
    kept = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return {name: _logistic(values) for name, values in kept.items() if name.startswith(OF_STREAMS)}


def current_odds() -> Odds:
    """This desk's own odds as they are now, in place of shipped ones; empty where those count.

    Looks at the file's stamp at every call and reads it again when that has changed: so a running process takes up
    what was trained meanwhile, the next time it asks.
    """
    return read_trained().odds


def read_trained() -> Trained:
    """The desk's own weights; none, and a line in the log, if they belong to other shipped ones or cannot be read."""
    global _read
    path = trained_path()
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if _read[0] != stamp:
            _read = (stamp, _understood(path, json.loads(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        _read = (None, NOTHING_TRAINED)
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.error("%s cannot be read (%r); the shipped weights count.", path, error)
        return NOTHING_TRAINED
    return _read[1]


def _logistic(values: Mapping[str, Any]) -> Logistic:
    return Logistic(float(values["intercept"]), tuple(map(float, values["coefficients"])))


def _understood(path: Path, kept: dict[str, Any]) -> Trained:
    if kept["shipped"] != shipped_hash():
        logger.warning(
            "%s was learned from other weights than are shipped now and is left aside; train_clusterer learns anew.",
            path,
        )
        return NOTHING_TRAINED
    odds = {shipped_models()[name]: _logistic(values) for name, values in kept["models"].items()}
    return Trained(odds, tuple(kept["changes"]))
