"""Runs `dataprep build shards` on a folder of JPEGs."""

import re
import subprocess
import sys
import tempfile


class Build:
    """A build at 32×32 that runs on some cores, a list as `taskset` takes it, with a thread for each of them."""

    def __init__(self, program, folder, cores):
        self.temporary = tempfile.TemporaryDirectory()
        command = ["taskset", "-c", cores, program, "build", "shards", "--source", "folder", "--input", folder]
        command += ["--size", "32", "--output", self.temporary.name + "/dataset"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def rate(self):
        """Images/s, as the tool says when it is done; opening and closing the dataset do not count."""
        with self.temporary:
            errors = self.process.communicate()[1]
        if self.process.returncode != 0:
            sys.exit(errors)
        return float(re.search(r"([\d.]+) images/s", errors).group(1))


def build_rate(program, folder, cores):
    return Build(program, folder, cores).rate()
