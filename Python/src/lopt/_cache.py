"""The user's cache of snapshots that were fetched, which the program ``lopt fetch`` shares."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from lopt._files import make_folder, user_folder, write_atomically
from lopt._record import Record

_MOST_OF_ENTRY = 1 << 20
_DAY = 86_400
#: The names of the files of a cache, finished or not. What has another name is not the cache's to remove.
_OWN_NAME = re.compile(
    r"(theta|average)-[0-9]{9,18}-[0-9a-f]{64}\.(safetensors|json)(\.[0-9A-F]{8}\.partial)?", re.ASCII
)


@dataclass
class _Entry:
    """What is kept beside a file: its record, and who gave it."""

    record: Record
    #: Each with ``server``, the address; ``word``, what it was asked for; ``fetched``, seconds since 1970; and mostly
    #: ``record``, as this server gave it.
    sources: list[dict]

    @property
    def fetched(self) -> float:
        return max((source["fetched"] for source in self.sources), default=0.0)

    def record_of(self, source: dict) -> Record | None:
        """Returns the record that a source gave. Entries of older versions have only one, that of the last source."""
        if source.get("record") is None:
            return self.record if source["fetched"] == self.fetched else None
        record = Record.parsed(source["record"])
        is_of_file = record is not None and (record.name, record.sha256) == (self.record.name, self.record.sha256)
        return record if is_of_file else None


class Cache:
    """Files that were fetched, each with its record and the servers that gave it.

    A file from the cache is checked like one that a server sends. The folder is bounded: what was fetched longest ago
    goes first. Processes may share it.

    Args:
        folder: the folder; None for ``lopt/snapshots`` in that of XDG_CACHE_HOME.
        most_files: the most snapshots that are kept.
        most_bytes: the most bytes of snapshots that are kept.
    """

    def __init__(
        self, folder: str | os.PathLike[str] | None = None, *, most_files: int = 64, most_bytes: int = 256 << 20
    ) -> None:
        self._folder = user_folder("XDG_CACHE_HOME", ".cache") / "snapshots" if folder is None else Path(folder)
        self._most_files, self._most_bytes = most_files, most_bytes

    def _file(self, record: Record) -> Path:
        return self._folder / f"{record.name.removesuffix('.safetensors')}-{record.sha256}.safetensors"

    def read(self, record: Record) -> bytes | None:
        """Returns the bytes of a snapshot; None where it is not there. A damaged file is removed."""
        try:
            with open(self._file(record), "rb") as file:
                data = file.read(record.size + 1)
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() == record.sha256:
            return data
        self._remove(record)
        return None

    def digests(self, name: str) -> list[str]:
        """Returns the SHA-256 of each file of a name that is there."""
        return [entry.record.sha256 for entry in self._entries() if entry.record.name == name]

    def keep(self, record: Record, data: bytes, server: str, word: str) -> None:
        """Keeps a file that was checked, and notes the server that gave it.

        Args:
            record: the record that the server gave.
            data: the bytes of the file.
            server: the address of the server.
            word: what the server was asked for: ``latest`` for example, or the name.

        Raises:
            OSError: where the cache cannot be written.
        """
        if record.size > self._most_bytes:
            return
        make_folder(self._folder)
        file = self._file(record)
        if not file.exists():
            write_atomically(file, data)
        entry = self._entry(file.with_suffix(".json")) or _Entry(record, [])
        sources = [source for source in entry.sources if (source["server"], source["word"]) != (server, word)]
        sources.append({"server": server, "word": word, "fetched": time.time(), "record": record.values})
        text = json.dumps(
            {"record": record.values, "sources": sources}, indent=2, sort_keys=True, separators=(",", " : ")
        )
        write_atomically(file.with_suffix(".json"), f"{text}\n".encode())
        self._shrink()

    def record(self, word: str, server: str) -> Record | None:
        """Returns the record of what a server gave last for a word.

        For ``latest`` it is that of the highest step of θ that the server ever gave, for ``latest-average`` of the
        average. It is None where the server gave nothing.
        """
        given = []
        for entry in self._entries():
            for source in entry.sources:
                record = entry.record_of(source)
                if source["server"] != server or record is None:
                    continue
                if word in ("latest", "latest-average"):
                    if record.kind == ("theta" if word == "latest" else "average"):
                        given.append((record.step, source["fetched"], record))
                elif word in (source["word"], record.name):
                    given.append((0, source["fetched"], record))
        return max(given, key=lambda found: found[:2])[2] if given else None

    def _entries(self) -> list[_Entry]:
        try:
            names = sorted(os.listdir(self._folder))
        except OSError:
            return []
        entries = [self._entry(self._folder / name) for name in names if name.endswith(".json")]
        return [entry for entry in entries if entry is not None and self._file(entry.record).exists()]

    def _entry(self, path: Path) -> _Entry | None:
        """Reads what is kept beside a file; None where that is no whole entry of the cache."""
        try:
            with open(path, "rb") as file:
                value = json.loads(file.read(_MOST_OF_ENTRY))
        except (OSError, ValueError, RecursionError):
            return None
        record = Record.parsed(value.get("record")) if isinstance(value, dict) else None
        if record is None or self._file(record).with_suffix(".json").name != path.name:
            return None
        sources = value.get("sources")
        if not isinstance(sources, list):
            return None
        for source in sources:
            texts = isinstance(source, dict) and [source.get("server"), source.get("word")]
            if not texts or not all(isinstance(text, str) for text in texts):
                return None
            if not isinstance(source.get("fetched"), int | float):
                return None
        return _Entry(record, sources)

    def _remove(self, record: Record) -> None:
        for path in (self._file(record).with_suffix(".json"), self._file(record)):
            with contextlib.suppress(OSError):
                path.unlink()

    def _shrink(self) -> None:
        """Removes what is beyond the bounds, and what a process that was stopped left more than a day ago."""
        size = 0
        kept = set()
        newest_first = sorted(self._entries(), key=lambda entry: -entry.fetched)
        for files, entry in enumerate(newest_first, start=1):
            size += entry.record.size
            if files > self._most_files or size > self._most_bytes:
                self._remove(entry.record)
            else:
                file = self._file(entry.record)
                kept |= {file.name, file.with_suffix(".json").name}
        for path in self._folder.iterdir():
            if path.name in kept or not _OWN_NAME.fullmatch(path.name):
                continue
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _DAY:
                    path.unlink()
