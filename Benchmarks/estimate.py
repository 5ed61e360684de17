"""Estimates how long `dataprep build shards --source imagenet` takes for ILSVRC2012_img_train.tar on this machine.

    estimate.py DATAPREP FOLDER FILE

FOLDER is what make_jpegs.py made. Measures a build of it on all cores, in bytes of JPEG a second, as the tar's pictures
are about half as large again; and how fast up to 2 GiB of FILE are read, the tar or another large file of the same disk
that nobody has read lately: it is put out of the page cache first. The slower of the two bounds the build; writing is
left out, as it is 5 GB.
"""

import os
import sys
import time
from pathlib import Path

from dataprep import build_rate

TAR_BYTES, TAR_IMAGES = 138 << 30, 1_281_167


def decoding(program, folder):
    """Bytes/s of the second of two builds: the first fills the page cache."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    mean = sum(path.stat().st_size for path in files) / len(files)
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    return [mean * build_rate(program, folder, cores) for _ in range(2)][1]


def reading(path):
    """Bytes/s."""
    with open(path, "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        started = time.perf_counter()
        count = 0
        while count < 2 << 30 and (piece := file.read(16 << 20)):
            count += len(piece)
        return count / (time.perf_counter() - started)


def main():
    program, folder, file = sys.argv[1:4]
    rates = {"decoding": decoding(program, folder), "the disk": reading(file)}
    for name, rate in rates.items():
        print(f"{name}: {rate / 1e6:.0f} MB/s, {TAR_BYTES / rate / 3600:.2f} hours")
    bound = min(rates, key=rates.get)
    seconds = TAR_BYTES / rates[bound]
    print(f"{TAR_IMAGES} images, 138 GiB: {seconds / 3600:.2f} hours, bound by {bound}")


main()
