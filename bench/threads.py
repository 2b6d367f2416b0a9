"""Say how many threads and repeats are found in labelled days, and how many of them rightly.

    python bench/threads.py labelled/day-*.jsonl [--left-out] [--show]

Stories are those that the line makes of each file. A thread is right where the label `thread` of a story's reports
names the other's story, or both follow one; a repeat is right where both are of one labelled story. With --left-out
each file is measured with the thresholds of `thread.py` that did best on the others.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")

import django  # noqa: E402

django.setup()

from feeds.recording import Record  # noqa: E402
from newsdesk.stories.classifying.classify import JUDGED_REPORTS  # noqa: E402
from newsdesk.stories.evaluation.labelled import label, read_labelled, text_of  # noqa: E402
from newsdesk.stories.evaluation.line import place_all  # noqa: E402
from newsdesk.stories.ranking.novelty import Account, Kind, Memory, report_of  # noqa: E402
from newsdesk.stories.threads import follow_up as thread_module  # noqa: E402
from newsdesk.stories.threads.follow_up import Threader, ToldStory, core_terms, is_development, story_terms  # noqa: E402

CUT_OFF = timedelta(hours=7)
DAYS_REMEMBERED = 4
GRID = {
    "FOLLOWS": (0.14, 0.16),
    "FOLLOWS_IN_DISPUTE": (0.05, 0.07),
    "FOLLOWS_BY_NAMES": (0.08, 0.12),
    "FOLLOWS_BESIDE_OTHERS": (0.22, 0.25, 0.3),
    "TOGETHER": (0.1, 0.12, 0.15),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A story of the line with the label that most of its reports have."""

    id: int
    reports: tuple[Record, ...]
    story: str
    thread: str


def read(path: Path) -> list[Found]:
    """The relevant stories of a file, in the order first seen."""
    records = read_labelled(path)
    members: dict[str, list[Record]] = defaultdict(list)
    for record, placed in zip(records, place_all(records), strict=True):
        if placed.role == "report":
            members[placed.story].append(record)
    found = []
    for number, reports in enumerate(members.values()):
        if label(reports[0], "relevant") != "True":
            continue
        story = Counter(label(r, "story") or r.id for r in reports).most_common(1)[0][0]
        threads = [label(r, "thread") for r in reports if label(r, "story") == story]
        found.append(Found(number, tuple(reports), story, next((t for t in threads if t), "")))
    return found


def threads(found: Sequence[Found]) -> Iterator[tuple[Found, Found, bool]]:
    """Each proposed (follow-up, root, whether it is right)."""
    told = {}
    for one in found:
        titles = [r.title for r in one.reports[:JUDGED_REPORTS]]
        first, last = one.reports[0].first_seen, one.reports[-1].first_seen
        told[one.id] = ToldStory(
            one.id,
            one.id,
            first,
            last,
            len(one.reports),
            story_terms(titles),
            is_development(titles),
            core_terms(titles),
        )
    threader, by_id, roots = Threader(list(told.values())), {one.id: one for one in found}, dict[int, int]()
    for one in sorted(found, key=lambda f: (f.reports[0].first_seen, f.id)):
        root = None if one.id in roots.values() else threader.root_for(told[one.id])
        if root is not None:
            roots[one.id] = roots.get(root, root)
            earlier = by_id[roots[one.id]]
            yield one, earlier, one.story == earlier.story or one.thread in {earlier.story, earlier.thread} - {""}


def repeats(found: Sequence[Found]) -> Iterator[tuple[Found, Found, bool]]:
    """Each new story of a day that is taken to repeat one of the days before, with that, and whether it is right."""
    by_id = {one.id: one for one in found}

    def accounts(days: range) -> list[Account]:
        told = {f.id: [r for r in f.reports if (r.first_seen - CUT_OFF).toordinal() in days] for f in found}
        return [Account(n, tuple(report_of(r.title, text_of(r)) for r in said)) for n, said in told.items() if said]

    days = sorted({(r.first_seen - CUT_OFF).toordinal() for one in found for r in one.reports})
    for day in days:
        memory, before = Memory(accounts(range(day - DAYS_REMEMBERED, day))), range(day)
        for account in accounts(range(day, day + 1)):
            one = by_id[account.story]
            novelty = memory.judge(account)
            if novelty.kind == Kind.REPEATS and novelty.of not in (None, one.id):
                assert (one.reports[0].first_seen - CUT_OFF).toordinal() not in before
                yield one, by_id[novelty.of], by_id[novelty.of].story == one.story


def choose(files: Sequence[Sequence[Found]]) -> dict[str, float]:
    """The thresholds of the grid with the most right threads less wrong ones in the files."""
    best: tuple[int, dict[str, float]] | None = None
    for values in itertools.product(*GRID.values()):
        tried = dict(zip(GRID, values, strict=True))
        apply(tried)
        right = [ok for found in files for _, _, ok in threads(found)]
        gain = sum(right) - sum(not ok for ok in right)
        if best is None or gain > best[0]:
            best = gain, tried
    assert best is not None
    return best[1]


def apply(thresholds: dict[str, float]) -> None:
    for name, value in thresholds.items():
        setattr(thread_module, name, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--left-out", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    files = {path: read(path) for path in options.files}
    totals = Counter[str]()
    for path, found in files.items():
        if options.left_out:
            apply(choose([other for name, other in files.items() if name != path]))
        totals["labelled"] += sum(bool(one.thread) for one in found)
        for kind, pairs in (("threads", list(threads(found))), ("repeats", list(repeats(found)))):
            totals[kind] += len(pairs)
            totals[f"{kind} right"] += sum(ok for _, _, ok in pairs)
            for one, other, ok in pairs if options.show else ():
                print(f"{path.stem} {kind} {'right' if ok else 'WRONG'}: {one.reports[0].title}", file=sys.stderr)
                print(f"    after: {other.reports[0].title}", file=sys.stderr)
    print(
        f"threads: {totals['threads']} proposed, {totals['threads right']} right, {totals['labelled']} labelled; "
        f"repeats: {totals['repeats']} found, {totals['repeats right']} right"
    )


if __name__ == "__main__":
    main()
