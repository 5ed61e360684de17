"""Runs a program and prints its exit code and the most memory that it ever had, in KiB.

peak_memory.py PROGRAM ARGUMENTS…
"""

import resource
import subprocess
import sys

result = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(result.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
