"""Debian's packages of fonts and pictures: fetched by name into a folder, and read without being installed."""

import fnmatch
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from failure import BAD_INPUT, UNAVAILABLE, Failure


@dataclass
class Source:
    """The files that are used of a package, or of a folder."""

    name: str
    version: str
    licence: str
    # By base name, in its order.
    files: list[tuple[str, bytes]]

    @property
    def sha256(self):
        """The digest of the files' names and contents."""
        whole = hashlib.sha256()
        for name, data in self.files:
            whole.update(f"{name} {hashlib.sha256(data).hexdigest()}\n".encode())
        return whole.hexdigest()

    def described(self):
        return {
            "name": self.name,
            "version": self.version,
            "licence": self.licence,
            "files": len(self.files),
            "sha256": self.sha256,
        }


def fetch(names, folder, say):
    """Puts NAME.deb of each package into `folder` unless it is there; returns the names that the archive does not have.

    apt-get verifies what it fetches by the archive's signature. Its lists lie in `folder` too, so that nothing of the
    system changes and nobody needs to be root. NAME.absent there says that a package was asked for in vain.
    """

    def held(ending):
        return [name for name in names if (folder / f"{name}.{ending}").exists()]

    missing = [name for name in names if name not in held("deb") + held("absent")]
    for program in ["dpkg-deb"] + (["apt-get", "apt-cache"] if missing else []):
        if shutil.which(program) is None:
            raise Failure(
                UNAVAILABLE,
                f"{program} is not on the PATH: run this on Debian or Ubuntu, or give --fonts and --photographs",
            )
    if missing:
        say(f"fetching {len(missing)} packages into {folder}")
        download(missing, folder)
    return held("absent")


def download(names, folder):
    for part in ["lists/partial", "apt/archives/partial"]:
        (folder / part).mkdir(parents=True, exist_ok=True)
    settings = [
        f"Dir::State::Lists={folder}/lists",
        f"Dir::Cache={folder}/apt",
        "APT::Sandbox::User=root",
        "APT::Update::Error-Mode=any",
        "Acquire::Languages=none",
    ]
    options = [part for setting in settings for part in ("-o", setting)]

    def apt(program, *arguments, where=folder):
        environment = os.environ | {"LC_ALL": "C"}
        command = [program, "-q", *options, *arguments]
        return subprocess.run(
            command, cwd=where, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    update = apt("apt-get", "update")
    shown = apt("apt-cache", "show", "--no-all-versions", *names)
    known = {line.split(": ", 1)[1] for line in shown.stdout.splitlines() if line.startswith("Package: ")}
    wanted = [name for name in names if name in known]
    # Of other people's archives some may not answer, as long as what is wanted is there.
    if update.returncode != 0 and len(wanted) < len(names):
        raise Failure(UNAVAILABLE, f"apt-get cannot fetch the lists of packages: is there a network?\n{last(update)}")
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as place:
        fetched = apt("apt-get", "download", *wanted, where=place) if wanted else update
        if fetched.returncode != 0:
            raise Failure(UNAVAILABLE, f"apt-get cannot download the packages\n{last(fetched)}")
        for file in Path(place).glob("*.deb"):
            os.replace(file, folder / f"{field(file, 'Package')}.deb")
    for name in names:
        if not (folder / f"{name}.deb").exists():
            (folder / f"{name}.absent").touch()


def last(process):
    """The last lines of what a program said."""
    return "\n".join((process.stderr or process.stdout).strip().splitlines()[-5:])


def field(file, name):
    """A field of a package's description, for example its version."""
    run = subprocess.run(["dpkg-deb", "--field", file, name], capture_output=True, text=True)
    if run.returncode != 0:
        raise Failure(BAD_INPUT, f"{file}: is not a whole package: remove it and run this again\n{last(run)}")
    return run.stdout.strip()


def read_package(row, folder):
    """The files of a package that its row of packages.json asks for."""
    file = folder / f"{row['name']}.deb"
    version = field(file, "Version")
    run = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True)
    if run.returncode != 0:
        raise Failure(BAD_INPUT, f"{file}: is not a whole package: remove it and run this again")
    files = []
    with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
        for entry in archive:
            if entry.isfile() and any(fnmatch.fnmatchcase(entry.name, f"*/{only}") for only in row["only"]):
                files.append((os.path.basename(entry.name), archive.extractfile(entry).read()))
    return Source(row["name"], version, row["licence"], sorted(files))


def read_folder(folder, suffixes, option):
    """The files of a folder with one of these endings, at any depth."""
    if not folder.is_dir():
        raise Failure(BAD_INPUT, f"{option}: {folder} is not a folder")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    if not paths:
        raise Failure(BAD_INPUT, f"{option}: {folder} has no file that ends in {' or '.join(suffixes)}")
    files = sorted((path.name, path.read_bytes()) for path in paths)
    return Source(f"the folder of {option}", "", "its owner's", files)
