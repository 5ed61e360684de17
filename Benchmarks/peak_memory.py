"""Runs a command and says how much anonymous memory (RssAnon) it took at most.

    peak_memory.py COMMAND…

Looks every 5 ms. Prints MiB to standard error when the command has ended.
"""

import re
import subprocess
import sys
import time
from pathlib import Path


def anonymous_mib(process):
    """Of a process now; 0 where it has just ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0


def main():
    process = subprocess.Popen(sys.argv[1:])
    peak = 0
    while process.poll() is None:
        peak = max(peak, anonymous_mib(process.pid))
        time.sleep(0.005)
    print(f"peak RssAnon: {peak:.0f} MiB", file=sys.stderr)
    sys.exit(process.returncode)


main()
