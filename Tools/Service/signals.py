"""SIGTERM and SIGINT in the first moments of the daemon and of `lopt train`, also as the first process of a container.

    signals.py TOOLS TIMES

TOOLS is the folder of `lopt-daemon`, `lopt` and `dataprep`. Each program is started anew for each of the moments 0,
0.5, 1 … 50 ms after its start, TIMES times, and gets one of the signals then. It must end within 5 s: with 0, or, where
the signal came before the program's own first line, by that signal. As the first process of a namespace it must end
with 0 too; there the system itself throws a signal away that comes before the program has begun, so it is sent from
when the program holds back its signals on.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from daemon import NOT_RUN, check, inherited, workplace

longest = 5
as_first = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child=KILL"]


def has_namespaces():
    return subprocess.run([*as_first, "true"], capture_output=True, check=False).returncode == 0


def holds_signals(process, program):
    """Whether a process is the program, and holds SIGTERM back or handles it."""
    try:
        if Path(f"/proc/{process}/exe").resolve() != program:
            return False
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return False
    masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigBlk:", "SigCgt:"))]
    return any(mask >> (signal.SIGTERM - 1) & 1 for mask in masks)


def first_process(outer, program):
    """The process in the namespace that `unshare` made; waits until it is the program and holds its signals back."""
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    while outer.poll() is None:
        found = children.read_text().split()
        if found and holds_signals(int(found[0]), program):
            return int(found[0])
    raise AssertionError("the program ended by itself")


def end(command, moment, number, is_first):
    """Starts a command, sends it a signal after `moment` seconds, and returns its exit code."""
    with subprocess.Popen(
        [*as_first, *command] if is_first else command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=inherited,
    ) as process:
        target = first_process(process, command[0].resolve()) if is_first else process.pid
        start = time.perf_counter()
        while time.perf_counter() < start + moment:
            pass
        os.kill(target, number)
        try:
            return process.wait(longest)
        except subprocess.TimeoutExpired:
            process.kill()
            return None


def main(tools, times):
    # What a shell without job control starts in the background ignores SIGINT, and would hand that down.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with workplace(tools) as folder:
        for is_first in (False, True):
            if is_first and not has_namespaces():
                print("signals: as the first process NOT RUN: this machine makes no namespaces for this user")
                return NOT_RUN
            for name in ("lopt-daemon", "lopt"):
                settings = {"datasets": [str(folder / "mnist14")], "state": str(folder / name), "threads": 1}
                configuration = folder / f"{name}.json"
                http = {"tcp": False, "socket": str(folder / "s")}
                configuration.write_text(json.dumps({**settings, "http": http, "outer": {"pairs": 2}}))
                command = [tools / name, *(["train"] if name == "lopt" else []), "--config", configuration]
                codes, wrong = {}, []
                for half, number, _ in itertools.product(
                    range(101), (signal.SIGTERM, signal.SIGINT), range((times + 1) // 2)
                ):
                    code = end(command, half / 2000, number, is_first)
                    codes[code] = codes.get(code, 0) + 1
                    if code != 0 and (is_first or code != -number):
                        wrong.append((half / 2, number.name, code))
                counted = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items(), key=str))
                print(f"signals: {name}{' as the first process' if is_first else ''}: exit codes {counted}", flush=True)
                check(not wrong, f"{name} ends within {longest} s as stated:", wrong[:20])
    print("signals: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2])))
