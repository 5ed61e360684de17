"""Lets Prometheus' own promtool check what the daemon says at /metrics, and the alerts in Examples/prometheus.

    metrics.py TOOLS

TOOLS is the folder of `lopt-daemon` and `dataprep`. Exit code 77: there is no promtool.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from daemon import NOT_RUN, Daemon, check, workplace

EXAMPLES = Path(__file__).resolve().parents[2] / "Examples/prometheus"


def main():
    if shutil.which("promtool") is None:
        print("metrics: NOT RUN: there is no promtool (Debian's package prometheus)", file=sys.stderr)
        sys.exit(NOT_RUN)
    tools = Path(sys.argv[1])
    with workplace(tools) as folder:
        daemon = Daemon(tools, folder).start()
        try:
            deadline = time.monotonic() + 60
            while b"lopt_outer_loss" not in (text := daemon.ask("/metrics")[2]):
                check(time.monotonic() < deadline, "there is no outer-loss:", text)
                time.sleep(0.1)
        finally:
            daemon.kill()
    promtool("check", "metrics", input=text)
    promtool("check", "config", "--syntax-only", EXAMPLES / "scrape.yml")
    promtool("check", "rules", EXAMPLES / "alerts.yml")
    promtool("test", "rules", EXAMPLES / "alerts_test.yml")
    print(f"metrics: passed: {text.count(b'# TYPE')} metrics")


def promtool(*words, **options):
    found = subprocess.run(["promtool", *words], capture_output=True, **options)
    print((found.stdout + found.stderr).decode(), end="")
    check(found.returncode == 0, f"promtool {words[0]} {words[1]} finds faults")


main()
