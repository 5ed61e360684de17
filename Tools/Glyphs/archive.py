"""Writing the archive: a tar of a tar for each class, which has its pictures."""

import fcntl
import hashlib
import io
import os
import sys
import tarfile
import time
from contextlib import contextmanager

import alphabets
from draws import Draws
from failure import CANNOT_CREATE, Failure
from processes import processes

# The pictures of a class that a process draws at a time.
AT_A_TIME = 30
# Who draws, and with which seed: what the processes have of the one that started them.
artist, seed = None, 0


def drawn(index, first, end):
    """The files of some pictures of a class."""
    wnid = alphabets.wnid(artist.characters[index])
    return [artist.jpeg(index, Draws(seed, wnid, number)) for number in range(first, end)]


def write(file, drawing_artist, options):
    """Draws all pictures and writes them, classes in the order of their characters."""
    global artist, seed
    artist, seed = drawing_artist, options.seed
    characters, count = options.characters, options.pictures
    chunks = [
        (index, first, min(first + AT_A_TIME, count))
        for index in range(len(characters))
        for first in range(0, count, AT_A_TIME)
    ]
    # Few more wait than are drawn at once, so that memory stays small.
    ahead = 3 * options.jobs
    progress = Progress(len(characters) * count)
    pictures = []
    with processes(options.jobs) as pool, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        waiting = [pool.submit(drawn, *chunk) for chunk in chunks[:ahead]]
        for number, (index, _, end) in enumerate(chunks):
            pictures += waiting.pop(0).result()
            if number + ahead < len(chunks):
                waiting.append(pool.submit(drawn, *chunks[number + ahead]))
            if end == count:
                wnid = alphabets.wnid(characters[index])
                add(archive, f"{wnid}.tar", class_archive(wnid, pictures))
                pictures = []
            progress.show(index * count + end)


def class_archive(wnid, pictures):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for number, picture in enumerate(pictures):
            add(archive, f"{wnid}_{number}.JPEG", picture)
    return data.getvalue()


def add(archive, name, data):
    entry = tarfile.TarInfo(name)  # Of no time and no owner: the same pictures are the same bytes.
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


@contextmanager
def published(output):
    """A file that gets its name when the block ends well; otherwise it is removed, and nothing has its name.

    Until then it is called OUT.tar.partial, and locked. One that nobody holds was left by a run that was killed.
    """
    partial = output.with_name(f"{output.name}.partial")
    with open(partial, "ab+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(CANNOT_CREATE, f"{partial}: another run is writing it") from None
        try:
            is_same = os.path.samestat(os.fstat(file.fileno()), os.stat(partial))
        except FileNotFoundError:
            is_same = False
        if not is_same:
            raise Failure(CANNOT_CREATE, f"{partial}: another run has only just ended")
        try:
            file.truncate(0)
            file.seek(0)
            yield file
            file.flush()
            os.fsync(file.fileno())
            require_absent(output)
            os.rename(partial, output)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def require_absent(output):
    if os.path.lexists(output):
        raise Failure(CANNOT_CREATE, f"{output}: is there already; remove it, or give another name")


def sha256_of(file):
    file.flush()
    file.seek(0)
    whole = hashlib.sha256()
    while data := file.read(1 << 20):
        whole.update(data)
    return whole.hexdigest()


class Progress:
    """Says how far it is: on a terminal in one line, else every ten seconds and at the end."""

    def __init__(self, total):
        self.total, self.begin = total, time.monotonic()
        self.is_terminal = sys.stderr.isatty()
        self.said = self.begin

    def show(self, done):
        now = time.monotonic()
        if done < self.total and now - self.said < (0.2 if self.is_terminal else 10):
            return
        self.said = now
        rate = done / max(now - self.begin, 1e-3)
        left = round((self.total - done) / rate)
        text = f"make-glyphs: {done:,} of {self.total:,} pictures, {rate:,.0f} a second"
        text += f", {left // 60} min {left % 60} s left" if left else ""
        if self.is_terminal:
            print(f"\r{text}\033[K", end="\n" if done == self.total else "", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
