"""A booted systemd: a container over an overlay of this machine's root, thrown away at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "SYSTEMD_PAGER": "cat",
    "SYSTEMD_COLORS": "0",
}


class CannotRun(Exception):
    """What keeps a container from running on this machine."""


class Container:
    """Within `with`: booted, without network, with nothing in the folders `hidden`."""

    def __init__(self, hidden):
        self.hidden = hidden
        self.leader = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise CannotRun("only root can boot a container")
        if shutil.which("systemd-nspawn") is None:
            raise CannotRun("systemd-nspawn is missing: install the package systemd-container")
        self.folder = Path(tempfile.mkdtemp(prefix="lopt-container-"))
        self.root = self.folder / "root"
        self.nspawn = None
        try:
            self._mount()
            self._boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _mount(self):
        def mount(*arguments):
            done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
            if done.returncode != 0:
                raise CannotRun(done.stderr.strip())

        # In memory, because an overlay's upper folder cannot lie below its lower one.
        mount("-t", "tmpfs", "-o", "size=4g,mode=755", "tmpfs", str(self.folder))
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir()
        layers = f"lowerdir=/,upperdir={self.folder}/upper,workdir={self.folder}/work"
        mount("-t", "overlay", "-o", layers, "overlay", str(self.root))
        # What this machine starts is not what is tested.
        (self.root / "etc/fstab").write_text("")
        # Images for containers say here that packages may start and stop nothing.
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        (self.root / "etc/hostname").write_text("lopt-test\n")

    def _boot(self):
        self.console = self.folder / "console"
        command = [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            "--directory",
            str(self.root),
            "--machine=lopt-test",
            "--settings=no",
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--console=pipe",
            *(f"--tmpfs={path}" for path in self.hidden),
        ]
        with open(self.console, "wb") as console:
            self.nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.nspawn.poll() is not None:
                raise CannotRun(f"systemd-nspawn has ended with {self.nspawn.returncode}: {self._console()}")
            self.leader = self.leader or self._find_leader()
            if self.leader:
                state = self.run("systemctl", "is-system-running", check=False)
                if state.stdout.strip() in ("running", "degraded"):
                    return
            time.sleep(0.5)
        raise CannotRun(f"systemd has not booted within 120 s: {self._console()}")

    def _console(self):
        return self.console.read_text(errors="replace")[-2000:]

    def _find_leader(self):
        """The process below systemd-nspawn that is number 1 in the container."""
        below = {str(self.nspawn.pid)}
        processes = {}
        for file in Path("/proc").glob("[0-9]*/status"):
            try:
                fields = dict(line.split(":", 1) for line in file.read_text().splitlines())
                processes[fields["Pid"].strip()] = (fields["PPid"].strip(), fields["NSpid"].split())
            except (OSError, KeyError):
                continue
        while found := {number for number, (parent, _) in processes.items() if parent in below} - below:
            below |= found
        return next((number for number in below if processes[number][1][1:] == ["1"]), None)

    def __exit__(self, *_):
        if self.nspawn is not None and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)
            try:
                self.nspawn.wait(60)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        for path in (self.root, self.folder):
            subprocess.run(["umount", "--recursive", str(path)], stderr=subprocess.DEVNULL)
        if not os.path.ismount(self.folder):
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command, user=None, check=True, timeout=300):
        """The ended process of a command in the container; `user` in place of root."""
        if user:
            command = ("runuser", "-u", user, "--", *command)
        enter = [
            "nsenter",
            "--target",
            self.leader,
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
            "--cgroup",
            "--root",
            "--wd",
        ]
        done = subprocess.run(
            [*enter, *command],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} has ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def write(self, path, text):
        """A file as root writes it."""
        file = Path(f"/proc/{self.leader}/root{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def copy(self, source, path):
        """A file or folder of this machine, readable for everybody in the container."""
        target = f"/proc/{self.leader}/root{path}"
        if Path(source).is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
        self.run("chmod", "-R", "a+rX", path)
