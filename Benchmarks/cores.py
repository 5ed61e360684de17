"""Compares `dataprep build shards` on both cores with two builds on one core each.

    cores.py DATAPREP FOLDER [RUNS]

FOLDER is what make_jpegs.py made. Both ways in turn, RUNS (7) times, from the page cache; of the two builds, which run
at the same time, each reads all of FOLDER, and their rates are added. Prints images/s and the ratio.
"""

import sys

from dataprep import Build, build_rate
from interleaved import interleaved, report, report_ratio


def main():
    program, folder = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 7

    def two_builds():
        builds = [Build(program, folder, cores) for cores in ("0", "1")]
        return sum(build.rate() for build in builds)

    results = interleaved(
        {
            "one build on two cores": lambda: build_rate(program, folder, "0-1"),
            "two builds on one core each": two_builds,
        },
        runs,
    )
    report(results, "images/s")
    report_ratio(results, "one build on two cores", "two builds on one core each")


main()
