"""The folders of the user, and files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

#: The ending of the names of files that are being written.
PARTIAL = ".partial"


def user_folder(variable: str, otherwise: str) -> Path:
    """Returns the folder ``lopt`` in the one that a variable of the environment names (XDG Base Directory).

    Args:
        variable: such as XDG_CACHE_HOME. It counts where it is an absolute path.
        otherwise: the folder below the user's home that is taken where it does not.
    """
    base = os.environ.get(variable, "")
    if not base.startswith("/"):
        home = os.environ.get("HOME", "")
        if not home.startswith("/"):
            import pwd  # which not every system has

            home = pwd.getpwuid(os.getuid()).pw_dir
        base = os.path.join(home, otherwise)
    return Path(base, "lopt")


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it, where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file durably and in one step; after an error there is what there was.

    Raises:
        OSError: where that fails, for example on a full disk.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4).upper()}{PARTIAL}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
