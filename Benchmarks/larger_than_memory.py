"""Streams tasks from a dataset of 10 GiB in a control group of 4 GiB, and without that limit.

    larger_than_memory.py STREAM-BENCH FOLDER [RUNS [BATCHES]]

Makes the dataset in FOLDER, 2,020 classes of 1,300 images, unless it is there; it is not removed. Then, RUNS (3) times
in turn, streams 50 tasks of 10 classes drawn from all of it, BATCHES (1,000) of 128 images each: with the limit after
the shards were put out of the page cache and 100 tasks filled it again, without after they were read whole. Prints
images/s and the ratio; fails below a half. Without the right to make a control group it says so and ends with 77.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from control_group import MemoryLimit
from interleaved import report, report_ratio

WARM_UP, TASKS = 100, 50


def forget(shards):
    """Puts files out of the page cache."""
    os.sync()
    for shard in shards:
        with open(shard, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(shards):
    for shard in shards:
        with open(shard, "rb", buffering=0) as file:
            while file.read(1 << 24):
                pass


def main():
    program, folder = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    batches = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    if not Path(folder).exists():
        subprocess.run([program, "generate", folder, "--classes", "2020"], check=True)
    shards = sorted(Path(folder).glob("*.lmdb"))

    def command(warm_up):
        options = {"--warm-up": warm_up, "--tasks": TASKS, "--batches": batches}
        return [program, "tasks", folder, *(str(word) for option in options.items() for word in option)]

    # Opening a dataset the first time reads all of it to check it: that is not streaming.
    subprocess.run([program, "tasks", folder, "--tasks", "1"], check=True, stdout=subprocess.DEVNULL)
    results = {"in 4 GiB": [], "without a limit": []}
    for _ in range(runs):
        forget(shards)
        try:
            with MemoryLimit(4096) as limit:
                limited = limit.run(command(WARM_UP))
        except OSError as error:
            print(f"NOT RUN: no control group can be made here: {error}", file=sys.stderr)
            sys.exit(77)
        read(shards)
        free = subprocess.run(command(WARM_UP), check=True, capture_output=True, text=True).stdout
        for name, output in zip(results, (limited, free), strict=True):
            results[name].append(json.loads(output)["imagesPerSecond"])
    report(results, "images/s")
    ratio = report_ratio(results, "in 4 GiB", "without a limit")
    sys.exit(0 if ratio >= 0.5 else "less than half the rate")


main()
