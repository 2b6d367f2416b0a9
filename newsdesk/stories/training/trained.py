"""Weights that `train_clusterer` learned on this desk, kept in the data directory; without, the shipped ones count."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from newsdesk.stories.clustering.comparing.learned import SHIPPED, Logistic

logger = logging.getLogger(__name__)

CURVATURE = Path(__file__).with_name("clusterer_curvature.json")

# What was learned from collections without times does not come from a desk and is not learned there.
OF_STREAMS = "stream"

Odds = Mapping[Logistic, Logistic]


class NoCurvatureError(Exception):
    """The shipped weights came without the curvature that belongs to them."""


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


def write_trained(odds: Odds, changes: Sequence[int]) -> None:
    """Keep the weights, all of them at once: who reads meanwhile has the old ones or the new ones."""
    models = {name: asdict(odds[shipped]) for name, shipped in shipped_models().items() if shipped in odds}
    kept = {"shipped": shipped_hash(), "changes": list(changes), "models": models}
    path = trained_path()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(kept, indent=0) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def forget_trained() -> bool:
    """Go back to the shipped weights; whether there were others."""
    try:
        trained_path().unlink()
    except FileNotFoundError:
        return False
    return True


def shipped_curvatures() -> dict[Logistic, list[list[float]]]:
    """The curvature of the training loss of each shipped formula that has one.

    Raises:
        NoCurvatureError: there is none that belongs to them.
    """
    try:
        kept = json.loads(CURVATURE.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoCurvatureError from error
    if kept["shipped"] != shipped_hash():
        raise NoCurvatureError
    return {shipped_models()[name]: _whole(half) for name, half in kept["curvatures"].items()}


def curvatures_text(curvatures: Mapping[str, Sequence[Sequence[float]]], shipped: bytes) -> str:
    """The file that `shipped_curvatures` reads: lower halves by the formulas' names, and the hash of the weights."""
    halves = {
        name: [[float(f"{value:.8g}") for value in row[: n + 1]] for n, row in enumerate(rows)]
        for name, rows in curvatures.items()
    }
    return json.dumps({"shipped": hashlib.sha256(shipped).hexdigest(), "curvatures": halves}) + "\n"


def _whole(half: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[half[max(n, m)][min(n, m)] for m in range(len(half))] for n in range(len(half))]


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
