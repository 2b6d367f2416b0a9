"""Read every feed document of a folder and compare the entries found with those counted by others.

    python bench/parse_feeds.py FOLDER

FOLDER holds feed documents and `index.csv` (columns file, items_counted, wellformed, format). Prints how many
documents were read, refused, how many agree, and each that does not; exits 1 if any made the reader crash.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from feeds.parsing.parse import NotAFeed, parse


def main(folder: Path) -> int:
    with (folder / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counted = agreed = refused = crashed = problems = entries = 0
    slowest, slowest_file = 0.0, ""
    for row in rows:
        started = time.perf_counter()
        note, found = "", 0
        try:
            feed = parse((folder / row["file"]).read_bytes(), {}, "https://feed.example/feed")
            found, note = len(feed.entries), feed.problem
            entries += found
            problems += bool(note)
        except NotAFeed as error:
            refused += 1
            note = f"refused: {error}"
        except Exception as error:  # noqa: BLE001
            crashed += 1
            note = f"CRASH {error!r}"
            print(f"{row['file']}: {note}")
        if (spent := time.perf_counter() - started) > slowest:
            slowest, slowest_file = spent, row["file"]
        if row["items_counted"]:
            counted += 1
            agreed += found == int(row["items_counted"])
            if found != int(row["items_counted"]):
                print(f"{row['file']}: {found} entries, {row['items_counted']} counted; {note}")
        elif refused and note.startswith("refused"):
            print(f"{row['file']} ({row['format']}): {note}")
    print(f"documents {len(rows)}  refused {refused}  with problems {problems}  crashed {crashed}  entries {entries}")
    print(f"agree with the count given {agreed} of {counted}  slowest {slowest:.2f} s {slowest_file}")
    return 1 if crashed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    raise SystemExit(main(Path(sys.argv[1])))
