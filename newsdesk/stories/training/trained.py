"""Weights that `train_clusterer` learned on this desk, kept in the data directory; without, the shipped ones count."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from feeds.files import write_whole
from newsdesk.stories.clustering.comparing.learned import Logistic
from newsdesk.stories.clustering.comparing.own_odds import Odds, shipped_hash, shipped_models, trained_path

CURVATURE = Path(__file__).with_name("clusterer_curvature.json")


class NoCurvature(Exception):
    """The shipped weights came without the curvature that belongs to them."""


def write_trained(odds: Odds, changes: Sequence[int]) -> None:
    """Keep the weights, all of them at once: who reads meanwhile has the old ones or the new ones."""
    models = {name: asdict(odds[shipped]) for name, shipped in shipped_models().items() if shipped in odds}
    kept = {"shipped": shipped_hash(), "changes": list(changes), "models": models}
    write_whole(trained_path(), json.dumps(kept, indent=0) + "\n")


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
        NoCurvature: there is none that belongs to them.
    """
    try:
        kept = json.loads(CURVATURE.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoCurvature from error
    if kept["shipped"] != shipped_hash():
        raise NoCurvature
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
