"""Compares `dataprep build shards` on one core with Pillow and OpenCV on the same JPEGs.

    decoding.py DATAPREP FOLDER REDUCTION [RUNS]

FOLDER is what make_jpegs.py made; REDUCTION is what `--decode scaled` chooses for it (500×375 at 32×32: 4). Everything
runs under `taskset` on core 0, the three in turn, RUNS (7) times, from the page cache. Prints images/s, the median and
the extremes of each, and the ratios of the medians.
"""

import sys
from pathlib import Path

from dataprep import build_rate
from interleaved import interleaved, output, report, report_ratio


def peer(library, folder, reduction):
    script = Path(__file__).with_name("decoding_peers.py")
    return float(output("taskset", "-c", "0", sys.executable, script, library, folder, reduction)[0])


def main():
    program, folder, reduction = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 7
    results = interleaved(
        {
            "dataprep": lambda: build_rate(program, folder, cores="0"),
            "OpenCV": lambda: peer("opencv", folder, reduction),
            "Pillow": lambda: peer("pillow", folder, reduction),
        },
        runs,
    )
    report(results, "images/s")
    for other in ("OpenCV", "Pillow"):
        report_ratio(results, "dataprep", other)


main()
