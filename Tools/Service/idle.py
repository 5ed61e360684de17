"""How much an idle HTTP server takes from training: its rate with and without connections and questions, in turn.

    idle.py TOOLS PAIRS

TOOLS is the folder of `lopt-daemon` and `dataprep`. In one half of each pair 20 connections lie open and the status is
asked for every 2 s, in the other nobody is there; which half comes first changes. The rate is inner steps per second of
CPU time of the whole process, server included, so that what else the machine does counts little; inner steps are those
of the log's rows. Prints the mean of the pairs' ratios with the 95 % interval of the bootstrap, which must contain 1
and be narrower than ± 2 %.
"""

import http.client
import json
import random
import statistics
import sys
import time
from pathlib import Path

from daemon import Daemon, check, workplace

connections, seconds = 20, 4


def steps(daemon, since):
    """The inner steps of the rows that the log got since it had so many bytes; its bytes now."""
    with open(daemon.state / "log.jsonl", "rb") as log:
        log.seek(since)
        text = log.read()
    whole = text[: text.rfind(b"\n") + 1]
    return sum(json.loads(line)["inner_steps"] for line in whole.splitlines()), since + len(whole)


def rate(daemon, visit):
    """Inner steps per second of CPU time, and of the clock, while `visit` is called every 2 s."""
    _, size = steps(daemon, 0)
    cpu, start = daemon.cpu_seconds(), time.monotonic()
    while time.monotonic() < start + seconds:
        visit()
        time.sleep(2)
    done, _ = steps(daemon, size)
    return done / (daemon.cpu_seconds() - cpu), done / (time.monotonic() - start)


def visited(daemon):
    open_ones = [http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30) for _ in range(connections)]
    try:
        for connection in open_ones:
            connection.connect()
        return rate(daemon, lambda: daemon.json("/v1/status"))
    finally:
        for connection in open_ones:
            connection.close()


def interval(values, draws=10_000):
    """The middle 95 % of the means of resampled values."""
    choice = random.Random(1)
    means = sorted(statistics.fmean(choice.choices(values, k=len(values))) for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws)]


def main(tools, pairs):
    by_cpu, by_clock = [], []
    with workplace(tools) as folder:
        daemon = Daemon(tools, folder, {"snapshot": {"every_seconds": 60}, "outer": {"pairs": 4}}).start()
        try:
            daemon.wait_for_training(20_000, 300)
            for number in range(pairs):
                halves = [lambda: visited(daemon), lambda: rate(daemon, lambda: None)]
                if number % 2:
                    without, with_visitors = halves[1](), halves[0]()
                else:
                    with_visitors, without = halves[0](), halves[1]()
                by_cpu.append(with_visitors[0] / without[0])
                by_clock.append(with_visitors[1] / without[1])
            check(daemon.stop() == 0, "exit code 0", daemon.log()[-2000:])
        finally:
            daemon.kill()
    for name, ratios in (("second of the clock", by_clock), ("second of CPU time", by_cpu)):
        least, most = interval(ratios)
        print(
            f"idle: {pairs} pairs of {seconds} s: inner steps per {name}, with idle HTTP / without: "
            f"{statistics.fmean(ratios):.4f}, 95 % interval {least:.4f} to {most:.4f}"
        )
    check(least <= 1 <= most, "the interval of the ratio contains 1")
    check(most - least < 0.04, "the interval is narrower than ± 2 %")
    print("idle: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2])))
