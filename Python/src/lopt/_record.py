"""Records of snapshots, the signatures of records, and the memory of the newest record of each key.

A daemon gives out a record with each snapshot: its name, step, SHA-256, size and time, and its signature where the
daemon has a key. The program ``lopt fetch`` keeps the same memory, in the same files.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from lopt._files import make_folder, user_folder
from lopt.errors import SnapshotError
from lopt.theta import MOST_BYTES

_NAME = re.compile(r"(theta|average)-([0-9]{9,18})\.safetensors", re.ASCII)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
#: The most bytes of a key's file, which is a line, and of a file of steps.
_MOST_OF_KEY = 64 << 10
_MOST_OF_STEPS = 64 << 20


def is_snapshot_name(name: str) -> bool:
    """Tells whether a name, perhaps a stranger's, is that of a snapshot, such as ``theta-000000012.safetensors``."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class Record:
    """The record of a snapshot. All parts have the form that a daemon gives them."""

    #: The name of the file.
    name: str
    #: The number of outer-iterations behind the snapshot, which its name has too.
    step: int
    #: The SHA-256 of the file, 64 hexadecimal digits.
    sha256: str
    #: The size of the file in bytes.
    size: int
    #: The time of writing, such as 2026-01-05T11:02:40Z.
    created: str
    #: The Ed25519 signature of the rest, in Base64; None where the daemon has no key.
    signature: str | None = None

    @classmethod
    def parsed(cls, value: object) -> Record | None:
        """Makes a record of a value of JSON, perhaps a stranger's; None where it is none."""
        if not isinstance(value, dict):
            return None
        types = {"name": str, "step": int, "sha256": str, "size": int, "created": str}
        if any(type(value.get(key)) is not kind for key, kind in types.items()):
            return None
        if not isinstance(value.get("signature"), str | None):
            return None
        record = cls(**{key: value[key] for key in types}, signature=value.get("signature"))
        match = _NAME.fullmatch(record.name)
        is_sound = (
            match is not None
            and int(match[2]) == record.step
            and re.fullmatch("[0-9a-f]{64}", record.sha256) is not None
            and 0 <= record.size <= MOST_BYTES
            and _is_time(record.created)
            and re.fullmatch("[!-~]*", record.signature or "") is not None
        )
        return record if is_sound else None

    @property
    def kind(self) -> str:
        """``theta``, or ``average`` for the average of θ over the run."""
        return self.name.partition("-")[0]

    @property
    def values(self) -> dict[str, object]:
        """The record as a value of JSON."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @property
    def signed_bytes(self) -> bytes:
        """What a signature is of: the record without it, as JSON in one line, keys sorted, without spaces."""
        values = {key: value for key, value in self.values.items() if key != "signature"}
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def _is_time(text: str) -> bool:
    try:
        return datetime.strptime(text, _TIME).strftime(_TIME) == text
    except ValueError:
        return False


class VerificationKey:
    """The public half of the key with which a daemon signs records.

    Args:
        path: its file, which ``lopt key generate`` made with ``.pub`` behind its name.

    Raises:
        SnapshotError: where the file cannot be read or holds no such key.
        ImportError: where the package ``cryptography`` is not there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            raise ImportError(
                "public_key needs the package cryptography to check signatures: pip install cryptography"
            ) from None
        name = os.fspath(path)
        try:
            with open(path, "rb") as file:
                words = file.read(_MOST_OF_KEY).split()
        except OSError as error:
            raise SnapshotError(f"{name}: the public key cannot be read: {error.strerror}") from error
        if words[:1] == [b"lopt-signing-key"]:
            raise SnapshotError(
                f"{name}: is not a public key but the signing one: give its public half, the file with .pub behind, "
                "and keep this one"
            )
        key = _base64(words[1]) if len(words) == 2 and words[0] == b"lopt-public-key" else None
        if key is None or len(key) != 32:
            raise SnapshotError(
                f"{name}: is not a public key, as lopt key generate makes it: lopt-public-key, and 32 bytes in Base64"
            )
        self._key = Ed25519PublicKey.from_public_bytes(key)
        #: A short name of the key: the first 16 hexadecimal digits of its SHA-256.
        self.fingerprint = hashlib.sha256(key).hexdigest()[:16]

    def verify(self, record: Record) -> None:
        """Checks that this key signed a record.

        Raises:
            SnapshotError: where it did not.
        """
        from cryptography.exceptions import InvalidSignature

        if record.signature is None:
            raise SnapshotError(f"{record.name}: is not signed, and a public key was given; does the daemon have one?")
        try:
            self._key.verify(_base64(record.signature) or b"", record.signed_bytes)
        except InvalidSignature:
            raise SnapshotError(
                f"{record.name}: its signature is not of the key {self.fingerprint}; is public_key the daemon's?"
            ) from None


def _base64(text: str | bytes) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_there(path: Path) -> bool:
    """Returns whether there is a file.

    Where this user may not look there is none, for without a home of its own it can keep nothing.

    Raises:
        OSError: where that cannot be told, as a link on the way leads nowhere: what it led to may come back.
    """
    for place in (path, *path.parents):
        try:
            os.lstat(place)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        os.stat(place)
        return place == path
    return False


class Trust:
    """What is asked of a record before it is believed: a signature, and that it is not older than one seen before.

    The highest step of each key is remembered in a file of the user's, ``lopt/keys/FINGERPRINT.steps`` in the folder of
    XDG_STATE_HOME, a step a line. Whoever gives out an old record in the place of the newest is found out so.

    Args:
        public_key: the file of the key that must have signed; None where no signature is asked for.
        allow_older: whether the newest may be older than what was seen.
    """

    def __init__(self, public_key: str | os.PathLike[str] | None, allow_older: bool) -> None:
        self._key = None if public_key is None else VerificationKey(public_key)
        self._allow_older = allow_older

    @property
    def _memory(self) -> Path:
        assert self._key is not None
        return user_folder("XDG_STATE_HOME", ".local/state") / "keys" / f"{self._key.fingerprint}.steps"

    def _highest_step(self) -> int:
        """Returns the highest step that is remembered; −1 where there is none."""
        try:
            if not _is_there(self._memory):
                return -1
            with open(self._memory, "rb") as file:
                lines = file.read(_MOST_OF_STEPS).split(b"\n")
        except OSError as error:
            raise SnapshotError(
                f"{self._memory}: cannot be read, and it says which step of the key was seen: {error.strerror}; mend "
                "its permissions, or remove it to forget what was"
            ) from error
        return max((int(line) for line in lines if re.fullmatch(rb"[0-9]{1,18}", line)), default=-1)

    def check(self, record: Record, is_newest: bool) -> None:
        """Checks a record.

        Args:
            record: the record.
            is_newest: whether it was given as the newest that there is.

        Raises:
            SnapshotError: where it is not to be trusted.
        """
        if self._key is None:
            return
        self._key.verify(record)
        if is_newest and not self._allow_older and (highest := self._highest_step()) > record.step:
            raise SnapshotError(
                f"{record.name}: step {highest} of the key {self._key.fingerprint} was fetched before, and this is "
                f"older; if that is right, take it by allow_older=True, or remove {self._memory} to forget what was"
            )

    def remember(self, record: Record) -> None:
        """Remembers the step of a record that was checked.

        Raises:
            OSError: where it cannot be written.
        """
        if self._key is None or self._highest_step() >= record.step:
            return
        make_folder(self._memory.parent)
        with open(self._memory, "ab+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    file.write(b"\n")  # ends a line that a process that was stopped has cut
            file.write(b"%d\n" % record.step)
            os.fsync(file.fileno())
