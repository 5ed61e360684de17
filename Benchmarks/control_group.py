"""A control group that bounds the memory of a command, its page cache included."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


class MemoryLimit:
    """For its duration, processes started through `run` share `mib` MiB. Needs root, or systemd for the user.

    Raises OSError where the machine allows neither.
    """

    def __init__(self, mib):
        self.mib = mib
        self.group = None
        self.systemd = Path("/run/systemd/system").exists() and shutil.which("systemd-run") is not None

    def __enter__(self):
        if self.systemd:
            return self
        version2 = (ROOT / "cgroup.controllers").exists()
        if version2:
            (ROOT / "cgroup.subtree_control").write_text("+memory")
        self.group = (ROOT if version2 else ROOT / "memory") / f"lopt-benchmark-{os.getpid()}"
        self.group.mkdir()
        limit = self.group / ("memory.max" if version2 else "memory.limit_in_bytes")
        limit.write_text(str(self.mib << 20))
        return self

    def __exit__(self, *_):
        if self.group:
            self.group.rmdir()

    def run(self, command):
        """The standard output of a command inside."""
        if self.systemd:
            user = [] if os.getuid() == 0 else ["--user"]
            command = ["systemd-run", *user, "--scope", "--quiet", "-p", f"MemoryMax={self.mib}M", *command]
        return subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=self._enter).stdout

    def _enter(self):
        if self.group:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))
