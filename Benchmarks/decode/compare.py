"""Compares `dataprep build` on one core with Pillow and OpenCV on the same JPEGs.

    compare.py DATAPREP FOLDER REDUCTION [RUNS]

FOLDER is what make_jpegs.py made; REDUCTION is what `--decode scaled` chooses for it (500×375 at 32×32: 4). Everything
runs under `taskset` on core 0, the three in turn, RUNS (7) times, from the page cache. Prints images/s, the median and the
extremes of each, and the ratios of the medians.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path


def one_core(*command):
    result = subprocess.run(["taskset", "-c", "0", *command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return result


def dataprep(program, folder):
    with tempfile.TemporaryDirectory() as temporary:
        output = str(Path(temporary) / "dataset")
        arguments = ["build", "shards", "--source", "folder", "--input", folder, "--size", "32", "--output", output]
        errors = one_core(program, *arguments).stderr
    return float(re.search(r"([\d.]+) images/s", errors).group(1))


def peer(library, folder, reduction):
    script = str(Path(__file__).with_name("peers.py"))
    return float(one_core(sys.executable, script, library, folder, reduction).stdout)


def main():
    program, folder, reduction = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 7
    rates = {"dataprep": [], "opencv": [], "pillow": []}
    for run in range(runs + 1):
        measured = {"dataprep": dataprep(program, folder)}
        measured |= {library: peer(library, folder, reduction) for library in ("opencv", "pillow")}
        for name, rate in measured.items():
            if run > 0:  # the first one fills the page cache
                rates[name].append(rate)
    for name, values in rates.items():
        print(f"{name}: {statistics.median(values):.0f} images/s ({min(values):.0f} to {max(values):.0f})")
    for name in ("opencv", "pillow"):
        print(f"dataprep / {name}: {statistics.median(rates['dataprep']) / statistics.median(rates[name]):.2f}")


main()
