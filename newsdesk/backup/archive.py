"""A backup's file: a tar with what it holds and a manifest that names each part by its hash.

Written beside its place and renamed into it, so that it is whole or not there; its owner's alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from feeds.files import OWNER_ONLY, whole_file
from newsdesk.backup.refused import BackupRefused

FORMAT = "newsdesk-backup/1"
MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 10_000_000
CHUNK_BYTES = 1 << 20
# Text shrinks to a quarter; more effort gives little and takes minutes of a large database.
COMPRESSION = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of: its format, when it was taken (ISO, UTC), which kind of database, and its migrations.

    `parts` are SHA-256 and bytes of each file in it, by name; `migrations` pairs of app and name.
    """

    format: str
    made_at: str
    database: str
    migrations: tuple[tuple[str, str], ...]
    parts: dict[str, tuple[str, int]]


def describe(path: Path) -> tuple[str, int]:
    """SHA-256 and bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def write_archive(file: Path, folder: Path, manifest: Manifest) -> None:
    """Write the manifest and the parts that it names, which stand in `folder`, as one file.

    Raises: OSError, and then nothing is left of it.
    """
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    with (
        whole_file(file, mode=OWNER_ONLY) as raw,
        tarfile.open(fileobj=raw, mode="w:gz", compresslevel=COMPRESSION) as tar,
    ):
        for name in (MANIFEST, *manifest.parts):
            tar.add(folder / name, arcname=name, filter=_as_ours)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_backup(file: Path) -> bool:
    """Whether a file is a backup, by how it begins."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            first = tar.next()
            return first is not None and first.name == MANIFEST
    except (OSError, EOFError, tarfile.TarError):
        return False


def unpack(file: Path, folder: Path) -> Manifest:
    """Put the parts of a backup into a folder, each as its hash says it was.

    Raises:
        BackupRefused: It is none, of another format, or damaged.
    """
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest = _read_manifest(file, tar)
            for name, (sha256, size) in manifest.parts.items():
                member = tar.extractfile(name)
                if Path(name).name != name or member is None or _copy(member, folder / name, size) != sha256:
                    raise BackupRefused(f"{file} is damaged: {name} is not what was put into it.")
    except (EOFError, KeyError, tarfile.TarError) as error:
        raise BackupRefused(f"{file} is no backup, or is cut short.") from error
    except OSError as error:
        if isinstance(error, FileNotFoundError) or error.errno is None:
            raise BackupRefused(f"{file} cannot be read as a backup: {error.strerror or error}.") from error
        raise
    return manifest


def _read_manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    member = tar.extractfile(MANIFEST)
    try:
        said = json.loads(member.read(MAX_MANIFEST_BYTES)) if member else {}
        parts = {str(name): (str(sha256), int(size)) for name, (sha256, size) in said["parts"].items()}
        migrations = tuple((str(app), str(name)) for app, name in said["migrations"])
        manifest = Manifest(said["format"], said["made_at"], said["database"], migrations, parts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupRefused(f"{file} is no backup: its manifest cannot be read.") from error
    if manifest.format != FORMAT:
        raise BackupRefused(f"{file} has the format {manifest.format}; this Newsdesk reads {FORMAT}.")
    return manifest


def _copy(source: IO[bytes], target: Path, size: int) -> str:
    """Copy so many bytes and not one more; their SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        while chunk := source.read(min(CHUNK_BYTES, size + 1)):
            digest.update(chunk)
            file.write(chunk)
            size -= len(chunk)
            if size < 0:
                return ""
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _as_ours(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member
