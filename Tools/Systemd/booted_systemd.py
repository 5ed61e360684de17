#!/usr/bin/env python3
"""Installs the Debian package in a booted systemd and looks after it as an administrator would.

    booted_systemd.py PACKAGE NEWER-PACKAGE

What Documentation/operations.md tells an administrator to type is run from there: its blocks that are marked `boot`.
Ends with 77 where this machine cannot boot a container, and says why.
"""

import json
import re
import sys
import time
from pathlib import Path

from container import CannotRun, Container
from page import Page
from unit import Unit

REPOSITORY = Path(__file__).resolve().parents[2]
DATASETS = "/var/lib/lopt/datasets"
# Outer-iterations that take milliseconds, and a snapshot every other second. MNIST has no classes for an evaluation.
CONFIGURATION = {
    "datasets": [f"{DATASETS}/default"],
    "evaluation": {"every": 0},
    "snapshot": {"every_seconds": 2},
    "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}},
    "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
}
GET = """
import sys, urllib.request
print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], method=sys.argv[2]), timeout=10).read().decode())
"""


def say(text):
    print(f"booted systemd: {text}", flush=True)


class Journey:
    """The steps, in the order in which they stand here."""

    def __init__(self, container, package, newer):
        self.container = container
        self.packages = [package, newer]
        self.unit = Unit(container, "lopt-daemon.service")
        self.page = Page(REPOSITORY / "Documentation/operations.md", container)

    def configure(self, **more):
        self.container.write("/etc/lopt/lopt.json", json.dumps({**CONFIGURATION, **more}))

    def http(self, path, method="GET"):
        return self.container.run("python3", "-c", GET, f"http://127.0.0.1:8417{path}", method).stdout

    def install(self, package):
        self.container.copy(package, f"/root/{Path(package).name}")
        return self.container.run("apt-get", "install", "--yes", f"/root/{Path(package).name}").stdout

    def step_of_state(self):
        """The outer-iteration from which the last start has gone on."""
        return int(re.findall(r"from outer-iteration (\d+)", self.unit.journal())[-1])

    def installing_starts_nothing(self):
        self.container.copy(self.packages[0], f"/root/{Path(self.packages[0]).name}")
        said = self.page.run("install").stdout
        assert "dataprep build shards" in said and "systemctl enable --now lopt-daemon" in said, said
        assert self.unit.ActiveState == "inactive", self.unit.ActiveState
        assert self.unit.UnitFileState == "disabled", self.unit.UnitFileState

    def units_are_sound(self):
        for name in ("lopt-daemon.service", "lopt-daemon@.service"):
            verified = self.container.run("systemd-analyze", "verify", f"/lib/systemd/system/{name}")
            assert verified.stdout + verified.stderr == "", verified.stdout + verified.stderr
            rated = self.container.run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--threshold=15",
                "--no-pager",
                f"/lib/systemd/system/{name}",
                check=False,
            )
            level = re.search(r"Overall exposure level for \S+ ([\d.]+)", rated.stdout.replace(":", ""))
            assert level, rated.stdout + rated.stderr
            say(f"exposure of {name}: {level[1]}")
            assert float(level[1]) <= 1.5, rated.stdout

    def without_shards_it_fails_once_and_says_what_to_do(self):
        assert self.unit.systemctl("start", check=False).returncode != 0
        self.stays_failed()
        assert f"--output {DATASETS}/default" in self.unit.journal(), self.unit.journal()

    def stays_failed(self):
        """Failed with exit code 78, and still so after the time of two restarts."""
        restarts = self.unit.NRestarts
        time.sleep(12)
        found = (self.unit.ActiveState, self.unit.Result, self.unit.ExecMainStatus, self.unit.NRestarts)
        assert found == ("failed", "exit-code", "78", restarts), (found, self.unit.journal())

    def a_user_prepares_shards(self):
        self.container.copy(REPOSITORY / "Examples/mnist", "/srv/mnist")
        self.container.run("useradd", "--create-home", "--groups", "lopt-data", "researcher")
        command = f"dataprep build shards --source mnist --input /srv/mnist --size 14 --output {DATASETS}/default"
        # Others may not read it: the daemon does so by its group.
        self.container.run("sh", "-c", f"umask 027; {command}", user="researcher")

    def start_returns_when_ready(self):
        self.configure()
        assert "Active: active" in self.page.run("start").stdout
        assert self.unit.UnitFileState == "enabled", self.unit.UnitFileState
        assert json.loads(self.http("/readyz"))["status"] == "ready"
        self.unit.wait("outer-iterations", lambda: json.loads(self.http("/v1/status"))["outer_iteration"] > 10)

    def status_shows_the_numbers(self):
        def shown():
            return re.search(
                r'Status: "outer-iteration \d+, outer-loss [\d.]+, \d+ inner steps/s"',
                self.unit.systemctl("status").stdout,
            )

        self.unit.wait("numbers in systemctl status", shown, 30)
        say(f"systemctl status: {shown()[0]}")

    def fetch(self):
        """The step of the θ that a user gets."""
        fetched = self.container.run("lopt", "fetch", "latest", "--output", "/home/researcher", user="researcher")
        path = fetched.stdout.strip()
        assert path.startswith("/home/researcher/") and path.endswith(".safetensors"), fetched.stdout
        assert self.container.run("head", "-c", "8", path, user="researcher").stdout
        return int(re.search(r"(\d{9})\.safetensors", path)[1])

    def fetching_gives_theta(self):
        assert self.fetch() >= 0

    def a_killed_daemon_goes_on(self):
        self.unit.wait("a snapshot of training", lambda: self.fetch() > 0)
        before = self.fetch()
        process = self.unit.MainPID
        self.container.run("kill", "-9", process)
        self.unit.wait_for_restart(process)
        assert self.step_of_state() >= before, (self.step_of_state(), before)
        assert self.fetch() >= before

    def a_stopped_process_is_restarted_by_the_watchdog(self):
        process = self.unit.MainPID
        before = time.monotonic()
        self.container.run("kill", "-STOP", process)
        self.unit.wait_for_restart(process, 150)
        say(f"restarted {time.monotonic() - before:.0f} s after SIGSTOP")
        assert "Watchdog timeout" in self.unit.journal(), self.unit.journal()

    def reload_takes_what_it_can(self):
        process = self.unit.MainPID
        self.configure(snapshot={"every_seconds": 3}, seed=7)
        self.unit.systemctl("reload")
        self.unit.wait("a line about seed", lambda: re.search(r"\bseed\b", self.unit.journal()), 20)
        assert "snapshot.every_seconds" in self.unit.journal(), self.unit.journal()
        assert (self.unit.ActiveState, self.unit.MainPID) == ("active", process)
        self.configure()

    def instances_do_not_meet(self):
        second = Unit(self.container, "lopt-daemon@cifar.service")
        self.container.write("/etc/lopt/cifar.json", json.dumps(CONFIGURATION))
        assert "outer-iteration" in self.page.run("instance").stdout
        socket = self.container.run("stat", "-c", "%a %U %G %F", "/run/lopt/cifar/daemon.sock").stdout.strip()
        assert socket == "660 lopt lopt socket", socket
        listening = self.container.run("ss", "--no-header", "--listening", "--tcp", "--numeric").stdout
        assert listening.count(":8417") == 1, listening
        second.systemctl("stop")
        self.container.run("test", "-S", "/run/lopt/default/daemon.sock")
        assert self.fetch() >= 0
        second.systemctl("start")
        self.unit.systemctl("stop")
        self.container.run("test", "-S", "/run/lopt/cifar/daemon.sock")
        # Its configuration decides on TCP.
        port = {**CONFIGURATION, "http": {"tcp": True, "port": 8418}}
        self.container.write("/etc/lopt/cifar.json", json.dumps(port))
        second.systemctl("restart")
        listening = self.container.run("ss", "--no-header", "--listening", "--tcp", "--numeric").stdout
        assert ":8418" in listening and ":8417" not in listening, listening
        self.container.run("systemctl", "disable", "--now", second.name)
        self.container.run("test", "-d", "/var/lib/lopt/state/cifar/snapshots")
        assert self.container.run("systemctl", "start", "lopt-daemon@default", check=False).returncode != 0
        self.unit.systemctl("start")

    def a_token_comes_as_a_credential(self):
        self.page.run("credentials")
        assert self.container.run("stat", "-c", "%a %U", "/etc/lopt/token").stdout == "600 root\n"
        file = "/etc/systemd/system/lopt-daemon.service.d/credentials.conf"
        drop_in = self.container.run("cat", file).stdout.partition("[Service]")[2]
        self.container.write(file, "[Service]" + re.sub(r"^#(.*)$", r"\1", drop_in, flags=re.M))
        self.page.run("restart")
        self.http("/healthz")
        refused = self.container.run("python3", "-c", GET, "http://127.0.0.1:8417/v1/status", "GET", check=False)
        assert "401" in refused.stderr, refused.stderr
        fetch = ["lopt", "fetch", "latest", "--output", "/root", "--token-file", "/etc/lopt/token"]
        fetch += ["--public-key", "/etc/lopt/signing-key.pub"]
        # The newest one may be of before the key, and not be signed.
        self.unit.wait("a signed snapshot", lambda: self.container.run(*fetch, check=False).returncode == 0)
        self.container.run("rm", file)
        self.container.run("systemctl", "daemon-reload")
        self.unit.systemctl("restart")

    def a_bad_configuration_fails_once(self):
        self.configure(seeed=1)
        assert self.unit.systemctl("restart", check=False).returncode != 0
        self.stays_failed()
        assert "unknown key seeed" in self.unit.journal(), self.unit.journal()
        self.configure()
        self.page.run("check")
        self.unit.systemctl("start")

    def an_upgrade_keeps_state_and_restarts(self):
        before = self.fetch()
        process = self.unit.MainPID
        said = self.install(self.packages[1])
        assert "is not started" not in said, said
        self.unit.wait_for_restart(process)
        assert self.step_of_state() >= before, (self.step_of_state(), before)
        assert json.loads(self.container.run("cat", "/etc/lopt/lopt.json").stdout) == CONFIGURATION

    def stopping_leaves_the_last_state(self):
        before = json.loads(self.http("/v1/status"))["outer_iteration"]
        self.unit.systemctl("stop")
        assert (self.unit.ActiveState, self.unit.Result) == ("inactive", "success"), self.unit.journal()
        last = int(re.findall(r"stopped after outer-iteration (\d+)", self.unit.journal())[-1])
        assert last >= before, (last, before)
        self.unit.systemctl("start")
        assert self.step_of_state() == last, (self.step_of_state(), last)
        # A snapshot of it too.
        self.container.run("test", "-f", f"/var/lib/lopt/state/default/snapshots/theta-{last:09}.safetensors")

    def names(self):
        """Every path of the system that has to do with lopt."""
        found = self.container.run(
            "find",
            "/etc",
            "/usr",
            "/var",
            "/run",
            "(",
            "-path",
            "/var/log",
            "-o",
            "-path",
            "/var/cache",
            ")",
            "-prune",
            "-o",
            "-name",
            "*lopt*",
            "-print",
        )
        return set(found.stdout.split("\n")) - {""}

    def purging_leaves_data_sets(self, before):
        said = self.container.run("apt-get", "purge", "--yes", "lopt").stdout
        assert f"{DATASETS}: default" in said, said
        left = self.names() - before
        assert left == {"/var/lib/lopt"}, left
        content = set(self.container.run("find", "/var/lib/lopt", "-maxdepth", "2").stdout.split())
        assert content == {"/var/lib/lopt", DATASETS, f"{DATASETS}/default"}, content
        assert "manifest.json" in self.container.run("ls", f"{DATASETS}/default").stdout
        assert self.container.run("id", "lopt", check=False).returncode != 0
        failed = self.container.run("systemctl", "list-units", "--all", "--no-legend", "lopt-daemon*").stdout
        assert failed == "", failed

    def purging_without_data_sets_leaves_nothing(self, before):
        self.install(self.packages[1])
        self.container.run("rm", "-r", f"{DATASETS}/default")
        said = self.container.run("apt-get", "purge", "--yes", "lopt").stdout
        assert "data sets are left" not in said, said
        assert self.names() - before == set(), self.names() - before
        assert self.container.run("getent", "group", "lopt-data", check=False).returncode != 0

    def run(self):
        before = self.names()
        for step in (
            self.installing_starts_nothing,
            self.units_are_sound,
            self.without_shards_it_fails_once_and_says_what_to_do,
            self.a_user_prepares_shards,
            self.start_returns_when_ready,
            self.status_shows_the_numbers,
            self.fetching_gives_theta,
            self.a_killed_daemon_goes_on,
            self.a_stopped_process_is_restarted_by_the_watchdog,
            self.reload_takes_what_it_can,
            self.instances_do_not_meet,
            self.a_token_comes_as_a_credential,
            self.a_bad_configuration_fails_once,
            self.an_upgrade_keeps_state_and_restarts,
            self.stopping_leaves_the_last_state,
        ):
            step()
            say(step.__name__.replace("_", " "))
        assert not self.page.left, self.page.left
        self.purging_leaves_data_sets(before)
        say("purging leaves data sets alone")
        self.purging_without_data_sets_leaves_nothing(before)
        say("purging without data sets leaves nothing")


def main(package, newer):
    try:
        # A machine without Swift and without the sources.
        with Container(hidden=["/opt/swift", str(REPOSITORY)]) as container:
            journey = Journey(container, package, newer)
            try:
                journey.run()
            except AssertionError:
                print(journey.unit.journal()[-4000:], file=sys.stderr)
                raise
    except CannotRun as error:
        print(f"booted systemd: NOT RUN: {error}", file=sys.stderr)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
