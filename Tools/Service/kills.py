"""Kills the daemon again and again while it writes and a client fetches, and damages what it wrote last.

    kills.py TOOLS KILLS DAMAGES

TOOLS is the folder of `lopt-daemon` and `dataprep`. KILLS times SIGKILL at a random moment, of the start too; after
DAMAGES more of them the newest state or snapshot, or its record, is cut or has a bit flipped. Each time it must start
again, serve no θ that does not verify, and go on from no earlier than the newest θ that it gave out; where the newest
state is damaged, from the one before it.
"""

import contextlib
import hashlib
import http.client
import json
import random
import struct
import sys
import threading
import time
from pathlib import Path

from daemon import Daemon, check, workplace

settings = {
    "snapshot": {"every_seconds": 0.05},
    "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}},
    "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
}


class Client:
    """Fetches the newest θ again and again on a thread of its own, and checks it."""

    def __init__(self, daemon):
        self.daemon, self.newest, self.fetched, self.wrong, self.isEnded = daemon, 0, 0, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.isEnded:
            # It is killed at any moment; what matters is what it answers.
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.fetch()
            time.sleep(0.01)

    def fetch(self):
        status, _, body = self.daemon.ask("/v1/snapshots/latest", seconds=5)
        if status != 200:
            return self.wrong.append(f"latest: {status} {body}")
        record = json.loads(body)
        status, _, body = self.daemon.ask(f"/v1/snapshots/{record['name']}", seconds=5)
        if status != 200 or hashlib.sha256(body).hexdigest() != record["sha256"] or len(body) != record["size"]:
            return self.wrong.append(f"{record}: {status}, {len(body)} bytes")
        self.newest = max(self.newest, record["step"])
        self.fetched += 1

    def end(self):
        self.isEnded = True
        self.thread.join()


def metadata(file):
    """The text in a safetensors file's header."""
    with open(file, "rb") as data:
        return json.loads(data.read(struct.unpack("<Q", data.read(8))[0]))["__metadata__"]


def is_sound(file):
    record = json.loads(file.with_suffix(".json").read_text())
    return hashlib.sha256(file.read_bytes()).hexdigest() == record["sha256"]


def recorded(folder, prefix):
    """The files that have a record, the oldest first."""
    return sorted(file.with_suffix(".safetensors") for file in folder.glob(f"{prefix}-*.json"))


def damage(file, choice):
    """Cuts a file or flips a bit of it; how."""
    data = bytearray(file.read_bytes())
    if choice.random() < 0.5:
        length = choice.randrange(len(data))
        file.write_bytes(data[:length])
        return f"{file.name} cut to {length} of {len(data)} bytes"
    bit = choice.randrange(8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    file.write_bytes(data)
    return f"{file.name} has bit {bit} of {8 * len(data)} flipped"


def resumed(daemon):
    """The outer-iteration that it went on from."""
    line = next(line for line in daemon.log().splitlines() if "from outer-iteration" in line)
    return int(line.split("from outer-iteration ")[1].split(",")[0])


def kill(daemon, choice):
    """Starts it and kills it, one time in four before it serves; the newest step that was given out."""
    if choice.random() < 0.25:
        daemon.launch()
        time.sleep(choice.uniform(0, 0.3))
        daemon.kill()
        return 0
    daemon.start()
    client = Client(daemon)
    time.sleep(choice.uniform(0, 0.8))
    daemon.kill()
    client.end()
    check(not client.wrong, "only what verifies is served", client.wrong[:3])
    daemon.fetched += client.fetched
    return client.newest


def survive(daemon, served, choice):
    """Starts it after a kill that damaged nothing."""
    on_disk = [metadata(file)["outer_iteration"] for file in recorded(daemon.state / "snapshots", "theta")]
    newest = max([served, *map(int, on_disk)])
    daemon.start()
    check(resumed(daemon) >= newest, f"it goes on from {resumed(daemon)}, and a snapshot has step {newest}")
    check("refused" not in daemon.log(), "nothing is damaged by a kill", daemon.log())
    daemon.kill()


def survive_damage(daemon, choice):
    """Damages the newest file after a kill, and starts it again; what was damaged."""
    kind = choice.choice(["theta", "training"])
    folder = daemon.state / ("snapshots" if kind == "theta" else "training")
    files = recorded(folder, kind)
    if len(files) < 2:
        return None
    newest, before = files[-1], files[-2]
    goes_on = metadata(before if kind == "training" else recorded(daemon.state / "training", "training")[-1])
    target = newest if choice.random() < 0.7 else newest.with_suffix(".json")
    how = damage(target, choice)
    daemon.start()
    check(resumed(daemon) >= int(goes_on["outer_iteration"]), f"{how}: it goes on from {resumed(daemon)}", goes_on)
    client = Client(daemon)
    time.sleep(0.3)
    client.end()
    check(not client.wrong and client.fetched > 0, f"{how}: a sound θ is served", client.wrong[:3])
    daemon.fetched += client.fetched
    if kind == "theta":
        status, _, body = daemon.ask(f"/v1/snapshots/{newest.name}")
        # A flipped bit of a record may leave it as good as it was.
        is_good = status == 200 and target != newest and is_sound(newest)
        check(status in (404, 500) or is_good, f"{how}: it is not served: {status}")
    daemon.kill()
    return how


def main(tools, kills, damages):
    choice = random.Random()
    seed = choice.randrange(1 << 32)
    choice.seed(seed)
    print(f"kills: seed {seed}", flush=True)
    with workplace(tools) as folder:
        daemon = Daemon(tools, folder, settings)
        daemon.fetched = 0
        try:
            daemon.start()
            daemon.wait_for_training()
            daemon.kill()
            for _ in range(kills):
                survive(daemon, kill(daemon, choice), choice)
            print(
                f"kills: {kills} of {kills} kills survived, {daemon.fetched} snapshots fetched and verified", flush=True
            )
            survived = 0
            while survived < damages:
                kill(daemon, choice)
                if how := survive_damage(daemon, choice):
                    survived += 1
                    print(f"kills: survived: {how}", flush=True)
            print(f"kills: {damages} of {damages} damages survived, {daemon.fetched} snapshots fetched and verified")
            daemon.start()
            daemon.wait_for_training()
            check(daemon.stop() == 0, "exit code 0", daemon.log()[-2000:])
        finally:
            daemon.kill()
    print(f"kills: {kills + damages} faults survived")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])))
