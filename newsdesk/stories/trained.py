"""Weights that `train_clusterer` learned on this desk, kept in the data directory; without, the shipped ones count."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from newsdesk.stories.learned import LIKENESS, Logistic

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("weights") / "clusterer.json"
CURVATURE = SHIPPED.with_name("clusterer_curvature.json")


class NoCurvatureError(Exception):
    """The shipped weights came without the curvature that belongs to them."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, the hash of the shipped ones that they were learned from, and the edits that they have learned from."""

    intercept: float
    coefficients: tuple[float, ...]
    shipped: str
    changes: tuple[int, ...]

    @property
    def likeness(self) -> Logistic:
        return Logistic(self.intercept, self.coefficients)


# What was read last, and the file's stamp then.
_read: tuple[tuple[int, int, int] | None, Trained | None] = (None, None)


def trained_path() -> Path:
    """Where this desk's own weights are kept."""
    return Path(settings.DATA_DIR) / "clusterer.json"


@cache
def shipped_hash() -> str:
    """What names the shipped weights: the sha256 of their file."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def current_likeness() -> Logistic | None:
    """This desk's own weights as they are now, None where the shipped ones count.

    Looks at the file's stamp at every call and reads it again when that has changed: so a running process takes up
    what was trained meanwhile, the next time it asks.
    """
    trained = read_trained()
    return trained.likeness if trained else None


def read_trained() -> Trained | None:
    """The desk's own weights; none, and a line in the log, if they belong to other shipped ones or cannot be read."""
    global _read
    path = trained_path()
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if _read[0] != stamp:
            _read = (stamp, _understood(path, json.loads(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        _read = (None, None)
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.error("%s cannot be read (%r); the shipped weights count.", path, error)
        return None
    return _read[1]


def write_trained(model: Logistic, changes: Sequence[int]) -> None:
    """Keep the weights, all of them at once: who reads meanwhile has the old ones or the new ones."""
    kept = Trained(model.intercept, model.coefficients, shipped_hash(), tuple(changes))
    path = trained_path()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(kept), indent=0) + "\n")
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


def shipped_curvature() -> list[list[float]]:
    """The curvature of the shipped weights' training loss.

    Raises:
        NoCurvatureError: there is none that belongs to them.
    """
    try:
        kept = json.loads(CURVATURE.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoCurvatureError from error
    half: list[list[float]] = kept["curvature"]
    if kept["shipped"] != shipped_hash() or len(half) != len(LIKENESS.coefficients) + 1:
        raise NoCurvatureError
    return [[half[max(n, m)][min(n, m)] for m in range(len(half))] for n in range(len(half))]


def curvature_text(curvature: Sequence[Sequence[float]], shipped: bytes) -> str:
    """The file that `shipped_curvature` reads: its lower half, and the hash of the weights' file that it belongs to."""
    half = [[float(f"{value:.8g}") for value in row[: n + 1]] for n, row in enumerate(curvature)]
    return json.dumps({"shipped": hashlib.sha256(shipped).hexdigest(), "curvature": half}) + "\n"


def _understood(path: Path, kept: dict[str, Any]) -> Trained | None:
    trained = Trained(
        float(kept["intercept"]), tuple(map(float, kept["coefficients"])), str(kept["shipped"]), tuple(kept["changes"])
    )
    if trained.shipped != shipped_hash() or len(trained.coefficients) != len(LIKENESS.coefficients):
        logger.warning(
            "%s was learned from other weights than are shipped now and is left aside; train_clusterer learns anew.",
            path,
        )
        return None
    return trained
