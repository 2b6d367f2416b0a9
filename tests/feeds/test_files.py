"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.files import OWNER_ONLY, whole_file, write_whole

# A disk with room for 4 kB, as one process sees it.
WRITE = """
import sys
from pathlib import Path
from feeds.files import write_whole

write_whole(Path(sys.argv[1]), "x" * 9000)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_at_once_with_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with whole_file(path, mode=OWNER_ONLY) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert path.stat().st_mode & 0o777 == OWNER_ONLY
    assert names(tmp_path) == ["key"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    write_whole(path, "old")
    with pytest.raises(RuntimeError), whole_file(path) as file:
        file.write(b"new")
        raise RuntimeError
    assert (path.read_text(encoding="utf-8"), names(tmp_path)) == ("old", ["kept"])


@pytest.mark.parametrize("before", ["", "old"])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, before: str) -> None:
    path = tmp_path / "kept"
    if before:
        path.write_text(before, encoding="utf-8")

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(path)], preexec_fn=fill, capture_output=True, encoding="utf-8"
    )
    assert "OSError" in done.stderr
    assert names(tmp_path) == (["kept"] if before else [])
    assert not before or path.read_text(encoding="utf-8") == before


def test_one_that_is_new_never_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_whole(path, "first", is_new=True)
    with pytest.raises(FileExistsError):
        write_whole(path, "second", is_new=True)
    assert (path.read_text(encoding="utf-8"), names(tmp_path)) == ("first", ["key"])


def test_a_device_is_written_to_and_a_link_followed(tmp_path: Path) -> None:
    write_whole(Path(os.devnull), "x")
    assert Path(os.devnull).is_char_device()
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_whole(link, "new")
    assert (link.is_symlink(), target.read_text(encoding="utf-8")) == (True, "new")
