"""Lets Prometheus' own promtool check what the daemon says at /metrics.

    metrics.py TOOLS

TOOLS is the folder of `lopt-daemon` and `dataprep`. Exit code 77: there is no promtool.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from daemon import NOT_RUN, Daemon, check, workplace


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
    found = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    print((found.stdout + found.stderr).decode(), end="")
    check(found.returncode == 0, "promtool finds faults")
    print(f"metrics: passed: {text.count(b'# TYPE')} metrics")


main()
