"""Lets the daemon train for long while somebody looks at it, and sees whether it stays as it is.

    soak.py TOOLS SECONDS

TOOLS is the folder of `lopt-daemon` and `dataprep`. Asked every 2 s are status, metrics, history, the list of snapshots
and a file of it; sampled every 10 s the resident set and the open descriptors. After a warm-up of 2 minutes (a fifth of
a shorter time) the median of the last third must be that of the first: the resident set within 5 %, the descriptors
exactly. Kept must be the snapshots that the configuration says.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path

from daemon import Daemon, check, workplace

keep, stretch = 20, 600


def poll(daemon, seen, choice):
    """Asks for everything once; notes which snapshots there were."""
    for path in ("/v1/status", "/v1/history"):
        daemon.json(path)
    status, _, body = daemon.ask("/metrics")
    check(status == 200 and b"lopt_" in body, f"/metrics: {status}")
    records = daemon.json("/v1/snapshots")["snapshots"]
    seen.update((each["name"], each["created"]) for each in records)
    # One that is not about to be removed.
    record = choice.choice(records[:keep])
    status, _, body = daemon.ask(f"/v1/snapshots/{record['name']}")
    check(status == 200 and len(body) == record["size"], f"{record['name']}: {status}, {len(body)} bytes")


def thirds(values):
    """The medians of the first and the last third."""
    third = max(1, len(values) // 3)
    return statistics.median(values[:third]), statistics.median(values[-third:])


def expected(seen):
    """The names to be kept of those that ever were: step 0, the newest, the first of each stretch of time."""
    names = set()
    for kind in ("theta", "average"):
        ours = sorted(name for name in seen if name.startswith(kind))
        names.update(ours[:1] + ours[-keep:])
        firsts = {}
        for name in ours:
            created = time.strptime(seen[name], "%Y-%m-%dT%H:%M:%SZ")
            firsts.setdefault(int(time.mktime(created) - time.timezone) // stretch, name)
        names.update(firsts.values())
    return names


def main(tools, seconds):
    with workplace(tools) as folder:
        daemon = Daemon(
            tools,
            folder,
            {"snapshot": {"every_seconds": 5, "keep": keep, "keep_every_seconds": stretch}, "evaluation": {"every": 0}},
        )
        daemon.start()
        try:
            return soak(daemon, seconds)
        finally:
            daemon.kill()


def soak(daemon, seconds):
    seen, resident, descriptors, polls, choice = {}, [], [], 0, random.Random(1)
    start = time.monotonic()
    sample = start + min(120, seconds / 5)
    while time.monotonic() < start + seconds:
        # Before this round's connections, when those of the last are long closed.
        if time.monotonic() >= sample:
            resident.append(daemon.resident_kib())
            descriptors.append(daemon.descriptors())
            sample += 10
            print(
                f"soak: {time.monotonic() - start:.0f} s: resident {resident[-1]} KiB, "
                f"{descriptors[-1]} descriptors, {polls} rounds of questions",
                flush=True,
            )
        poll(daemon, seen, choice)
        polls += 1
        time.sleep(2)
    status = daemon.json("/v1/status")
    check(status["alarms"] == [], "alarms", status["alarms"])
    check(daemon.stop() == 0, "exit code 0", daemon.log()[-2000:])

    folder = daemon.state / "snapshots"
    records = [json.loads(file.read_text()) for file in [*folder.glob("theta-*.json"), *folder.glob("average-*.json")]]
    seen.update((each["name"], each["created"]) for each in records)
    kept = {file.name for file in folder.glob("*.safetensors")}
    first, last = thirds(resident)
    fewest, most = thirds(descriptors)
    print(
        f"soak: {seconds} s, {status['outer_iteration']} outer-iterations, {status['inner_steps']} inner steps, "
        f"{polls} rounds of questions"
    )
    print(
        f"soak: resident set {first:.0f} KiB in the first third, {last:.0f} in the last ({last / first - 1:+.1%}); "
        f"least {min(resident)}, most {max(resident)}"
    )
    print(f"soak: descriptors {fewest:.0f} and {most:.0f}; least {min(descriptors)}, most {max(descriptors)}")
    print(f"soak: {len(seen)} snapshots written, {len(kept)} kept")
    check(kept == expected(seen), "snapshots kept as configured", sorted(kept ^ expected(seen)))
    check(not list(folder.glob("*.partial")), "no leftovers", list(folder.glob("*.partial")))
    check(abs(last / first - 1) <= 0.05, "the resident set is flat within 5 %")
    check(fewest == most, "the descriptors stay as many")
    print("soak: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), float(sys.argv[2])))
