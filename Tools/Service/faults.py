"""What the machine does to a daemon that trains: disks, data, clock, descriptors, and SIGTERM at any moment.

    faults.py TOOLS [FAULT …]

TOOLS is the folder of `lopt-daemon` and `dataprep`. Without names all faults of the table at the end are made, one
after the other; each is what Documentation/operations.md says under "Faults". Exit code 77: what could run has passed,
but one could not be made here: mounts take root, the clock a C compiler.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from daemon import NOT_RUN, Daemon, check, workplace

settings = {
    "snapshot": {"every_seconds": 0.2, "free_mib": 0},
    "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}},
    "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
}


class Impossible(Exception):
    """The fault cannot be made here."""


def say(what):
    print(f"faults: {what}", flush=True)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def alarms(daemon):
    return daemon.json("/v1/status")["alarms"]


def newest(daemon):
    """The step of the newest θ, whose file is fetched and checked."""
    record = daemon.json("/v1/snapshots/latest")
    status, _, body = daemon.ask(f"/v1/snapshots/{record['name']}")
    check(
        status == 200 and hashlib.sha256(body).hexdigest() == record["sha256"], f"{record['name']} verifies: {status}"
    )
    return record["step"]


def wait_for_snapshot(daemon):
    before = newest(daemon)
    daemon.wait("a newer snapshot", lambda: newest(daemon) > before)


def goes_on_with_alarm(daemon, text):
    """It has an alarm, trains on, serves what there is, and says that it is ready."""
    daemon.wait(f"an alarm: {text}", lambda: any(text in each for each in alarms(daemon)))
    daemon.wait_for_training()
    before = newest(daemon)
    daemon.wait_for_training()
    check(newest(daemon) == before, "nothing new is given out meanwhile")
    ready = daemon.json("/readyz")
    check(ready["status"] == "ready" and ready["alarms"], "ready, with the alarm", ready)


def recovers(daemon):
    daemon.wait("no alarm any more", lambda: not alarms(daemon))
    wait_for_snapshot(daemon)
    daemon.wait("no leftovers", lambda: not list(daemon.state.glob("*/*.partial")))


def fails_to_start(daemon, code, text):
    daemon.launch()
    found = daemon.process.wait(30)
    daemon.process = None
    check(found == code and text in daemon.log(), f"a start is exit {code} ({text}): {found}", daemon.log())


@contextlib.contextmanager
def disk(folder, kibibytes):
    """A file system in memory."""
    place = folder / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        raise Impossible("mounts take root")
    run("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", place)
    try:
        yield place
    finally:
        run("umount", "--lazy", place)


def read_only(tools, folder):
    with disk(folder, 200_000) as place:
        daemon = Daemon(tools, folder, {**settings, "state": str(place / "state")}).start()
        try:
            wait_for_snapshot(daemon)
            # A second mount over the first: what is open stays writable, every other path is not.
            run("mount", "--bind", place, place)
            run("mount", "-o", "remount,bind,ro", place)
            goes_on_with_alarm(daemon, "Read-only file system")
            say("read-only: training goes on, with an alarm")
            run("umount", place)
            recovers(daemon)
            run("mount", "--bind", place, place)
            run("mount", "-o", "remount,bind,ro", place)
            step = newest(daemon)
            code = daemon.stop()
            check(code == 73, f"a stop that cannot write the last state is exit 73: {code}", daemon.log()[-1000:])
            fails_to_start(daemon, 73, "Read-only file system")
            run("umount", place)
            daemon.start()
            check(newest(daemon) >= step, "what was given out is there")
            wait_for_snapshot(daemon)
            check(daemon.stop() == 0, "exit code 0")
        finally:
            daemon.kill()
    say("read-only: stop and start are exit 73; writable again, it goes on")


def fill(place):
    """Takes all the room that a disk has left."""
    with open(place / "filler", "ab", buffering=0) as filler, contextlib.suppress(OSError):
        for size in (1 << 16, 1 << 10, 1):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(size))


def full_disk(tools, folder):
    for least, text in ((0, "No space left"), (16, "nearly full")):
        with disk(folder, 48_000) as place:
            daemon = Daemon(
                tools,
                folder,
                {
                    **settings,
                    "state": str(place / "state"),
                    "snapshot": {"every_seconds": 0.2, "free_mib": least, "keep": 5},
                },
            )
            daemon.start()
            try:
                wait_for_snapshot(daemon)
                if least:
                    (place / "filler").write_bytes(bytes((48_000 << 10) - (12 << 20)))
                else:
                    fill(place)
                goes_on_with_alarm(daemon, text)
                (place / "filler").unlink()
                recovers(daemon)
                # Fills and frees it at moments of their own, so that writing stops in the middle of a file too.
                choice = random.Random(1)
                for _ in range(20):
                    fill(place)
                    time.sleep(choice.uniform(0, 0.3))
                    newest(daemon)
                    (place / "filler").unlink()
                    time.sleep(choice.uniform(0, 0.3))
                    newest(daemon)
                recovers(daemon)
                fill(place)
                code = daemon.stop()
                check(code == 74, f"a stop that cannot write the last state is exit 74: {code}", daemon.log()[-1000:])
                fails_to_start(daemon, 74, "No space left")
                (place / "filler").unlink()
                daemon.start()
                check("refused" not in daemon.log(), "nothing is damaged", daemon.log())
                wait_for_snapshot(daemon)
                check(daemon.stop() == 0, "exit code 0")
            finally:
                daemon.kill()
        (folder / "disk").rmdir()
        say(
            f"full disk, snapshot.free_mib {least}: training goes on, with an alarm; 20 times full and free again; "
            "stop and start are exit 74"
        )


def shards_removed(tools, folder):
    daemon = Daemon(tools, folder, settings).start()
    try:
        wait_for_snapshot(daemon)
        step = newest(daemon)
        (folder / "mnist14").rename(folder / "elsewhere")
        # Each task lives for 10 steps, so that a new one begins soon.
        code = daemon.process.wait(30)
        check(
            code == 65 and "mnist14/shard-00000.lmdb: cannot be read: No such file" in daemon.log(),
            f"the next task ends it with exit 65 and the file's name: {code}",
            daemon.log()[-1000:],
        )
        fails_to_start(daemon, 78, "there is no data set in")
        (folder / "elsewhere").rename(folder / "mnist14")
        daemon.start()
        check(newest(daemon) >= step, "what was given out is there")
        wait_for_snapshot(daemon)
        check(daemon.stop() == 0, "exit code 0")
    finally:
        daemon.kill()
    say("shards removed: the next task ends it with exit 65, a start is exit 78 until they are back")


def clock_set_back(tools, folder):
    if not shutil.which("cc"):
        raise Impossible("there is no C compiler")
    library, offset, token = folder / "clock.so", folder / "offset", "a-token-of-the-test-0123456789abcdef"
    run("cc", "-O1", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("clock.c"))
    offset.write_text("0")
    (folder / "token").write_text(token)
    (folder / "token").chmod(0o600)
    daemon = Daemon(
        tools,
        folder,
        {**settings, "http": {"token_file": str(folder / "token")}},
        environment={"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(offset)},
    )
    daemon.headers = {"Authorization": f"Bearer {token}"}
    daemon.start()
    try:
        wait_for_snapshot(daemon)
        before = daemon.json("/v1/snapshots/latest")
        for days in (-1, 1):
            offset.write_text(str(days * 86_400))
            daemon.wait_for_training()
            wait_for_snapshot(daemon)
            after = daemon.json("/v1/snapshots/latest")
            check((after["created"] < before["created"]) == (days < 0), "the clock was set", before, after)
            check(after["step"] > before["step"], "the newest is the one of the highest step", before, after)
            check(not alarms(daemon), "no alarm", alarms(daemon))
        say("clock a day back, then a day ahead: training and snapshots go on by the steps")
        check(daemon.ask("/v1/pause", "POST")[0] == 200, "paused")
        time.sleep(1)
        offset.write_text("0")
        time.sleep(1)
        started = time.monotonic()
        check(daemon.stop() == 0, "exit code 0", daemon.log()[-1000:])
        check(time.monotonic() - started < 5, "it stops within 5 s, though the clock was set back while it was paused")
        daemon.start()
        check(newest(daemon) >= after["step"], "it goes on where it was")
        wait_for_snapshot(daemon)
        check(daemon.stop() == 0, "exit code 0")
    finally:
        daemon.kill()
    say("clock a day back: it pauses, stops and starts as ever")


def descriptors_exhausted(tools, folder):
    daemon = Daemon(tools, folder, settings, before=("prlimit", "--nofile=48:48")).start()
    connections = []
    try:
        wait_for_snapshot(daemon)
        steps, size, cpu = daemon.inner_steps(), len(daemon.log()), daemon.cpu_seconds()
        for _ in range(40):
            connections.append(socket.create_connection(("127.0.0.1", daemon.port), timeout=5))
        time.sleep(5)
        check(daemon.process.poll() is None, "it runs", daemon.log()[-2000:])
        more = daemon.log()[size:]
        say(
            f"descriptors: {daemon.descriptors()} of 48 open, {len(more.splitlines())} lines of log in 5 s, "
            f"{daemon.cpu_seconds() - cpu:.1f} s of CPU"
        )
        check(daemon.descriptors() == 48, "they are exhausted", daemon.descriptors())
        check("could not be written" in more and "Too many open files" in more, "the log says so", more[-1000:])
        check(len(more) < 100_000, "the log does not overflow", len(more))
        # Nobody closes them: the deadline of a request does, 30 s after each was accepted.
        daemon.wait("an answer", lambda: answers(daemon), 90)
        check(daemon.inner_steps() > steps, "training went on")
        recovers(daemon)
        daemon.wait_for_training()
        check(daemon.stop() == 0, "exit code 0", daemon.log()[-1000:])
    finally:
        for connection in connections:
            connection.close()
        daemon.kill()
    say("descriptors exhausted: training goes on; once idle connections were closed it serves and writes again")


def answers(daemon):
    with contextlib.suppress(OSError):
        return daemon.ask("/healthz", seconds=2)[0] == 200


def stopped_while_starting(tools, folder):
    """SIGTERM 0 to 2 s after the start, in steps of 10 ms; every second time without any state before."""
    daemon = Daemon(tools, folder, settings)
    slowest, ends, highest = 0, {}, 0
    try:
        for delay in range(0, 2001, 10):
            if delay % 20:
                shutil.rmtree(daemon.state, ignore_errors=True)
                highest = 0
            daemon.launch()
            time.sleep(delay / 1000)
            started = time.monotonic()
            code = daemon.stop(30)
            slowest = max(slowest, time.monotonic() - started)
            # Before its first instruction the signal has its usual effect, which systemd takes for an end in order.
            name, log = f"SIGTERM after {delay} ms", daemon.log()
            check(code == 0 or (code == -signal.SIGTERM and not log), f"{name}: exit {code}", log)
            check(slowest < 5, f"{name}: it took {slowest:.1f} s", log)
            check("refused" not in log, f"{name}: nothing was damaged", log)
            last = (log.splitlines() or ["killed before it ran"])[-1].split(" info ")[-1].rstrip(" 0123456789")
            ends[last] = ends.get(last, 0) + 1
            steps = [int(file.stem.split("-")[1]) for file in (daemon.state / "snapshots").glob("theta-*.json")]
            check(max(steps, default=0) >= highest, "no snapshot is lost", steps, highest)
            highest = max(steps, default=0)
        daemon.start()
        wait_for_snapshot(daemon)
        check(daemon.stop() == 0, "exit code 0")
    finally:
        daemon.kill()
    say(f"201 starts stopped, the slowest in {slowest:.2f} s; their last lines: {json.dumps(ends)}")


FAULTS = {
    "read-only": read_only,
    "full-disk": full_disk,
    "shards-removed": shards_removed,
    "clock": clock_set_back,
    "descriptors": descriptors_exhausted,
    "stopped-while-starting": stopped_while_starting,
}


def main(tools, names):
    missing = False
    for name in names or FAULTS:
        with workplace(tools) as folder:
            try:
                FAULTS[name](tools, folder)
            except Impossible as reason:
                print(f"faults: NOT RUN: {name}: {reason}", file=sys.stderr)
                missing = True
    if missing:
        return NOT_RUN
    print("faults: passed")
    return 0


if __name__ == "__main__":
    if os.geteuid() == 0 and "LOPT_TEST_OWN_MOUNTS" not in os.environ:
        # Mounts of its own, which end with it.
        os.environ["LOPT_TEST_OWN_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
