"""500 clients at once fetch the newest θ while the daemon trains, and 200 that send a byte now and then.

    load.py TOOLS SECONDS

TOOLS is the folder of `lopt-daemon` and `dataprep`. Each client asks for the record of the newest snapshot and then for
its file, on one connection, again and again for so many seconds; it checks the file by the SHA-256 of the record.
Prints requests/s, their times, and what training does meanwhile: it may lose no more than the CPU time that server and
clients take. That, and that slow clients are sent away after the deadline of a request, is only looked at where SECONDS
is at least 30: less is too short to measure it.
"""

import asyncio
import hashlib
import json
import resource
import statistics
import sys
import time
from pathlib import Path

from daemon import Daemon, check, workplace

clients, slow_clients = 500, 200
# Documentation/http.md: so long may a request take to arrive.
deadline = 30


async def get(reader, writer, path):
    """One request on a connection that stays: status, headers, body."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def fetch(reader, writer, times):
    """The newest θ, checked."""
    start = time.perf_counter()
    status, _, body = await get(reader, writer, "/v1/snapshots/latest")
    times.append(time.perf_counter() - start)
    check(status == 200, f"latest: {status}")
    record = json.loads(body)
    start = time.perf_counter()
    status, _, body = await get(reader, writer, f"/v1/snapshots/{record['name']}")
    times.append(time.perf_counter() - start)
    check(status == 200, f"{record['name']}: {status}")
    check(hashlib.sha256(body).hexdigest() == record["sha256"], f"{record['name']}: other bytes than its record says")
    return record["step"]


async def client(port, end, times, failures, steps):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < end:
            steps.append(await fetch(reader, writer, times))
        writer.close()
    except (OSError, EOFError, AssertionError) as error:
        failures.append(f"{type(error).__name__}: {error}")


async def crowd(port, seconds):
    times, failures, steps = [], [], []
    end = time.monotonic() + seconds
    await asyncio.gather(*(client(port, end, times, failures, steps) for _ in range(clients)))
    return times, failures, steps


class Course:
    """What the daemon does in a stretch of time; `steps` are inner steps, `threads` the seconds of those that live."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.start = self.now()

    def now(self):
        daemon = self.daemon
        return time.monotonic(), daemon.inner_steps(), daemon.cpu_seconds(), daemon.thread_seconds()

    def end(self):
        (t0, steps0, cpu0, threads0), (t1, steps1, cpu1, threads1) = self.start, self.now()
        self.seconds, self.steps, self.cpu = t1 - t0, steps1 - steps0, cpu1 - cpu0
        # Threads that compute begin and end with each outer-iteration, those that serve stay.
        self.threads = sum(seconds - threads0.get(thread, 0) for thread, seconds in threads1.items())
        self.rate = self.steps / self.seconds
        return self


def quiet(daemon, seconds):
    course = Course(daemon)
    time.sleep(seconds)
    return course.end()


def load(daemon, seconds):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    before = quiet(daemon, seconds / 2)
    during, own = Course(daemon), time.process_time()
    times, failures, steps = asyncio.run(crowd(daemon.port, seconds))
    own = time.process_time() - own
    during.end()
    after = quiet(daemon, seconds / 2)

    times.sort()

    def share(fraction):
        return 1000 * times[int(fraction * (len(times) - 1))]

    print(
        f"load: {clients} clients, {during.seconds:.1f} s: {len(times)} requests, {len(times) / during.seconds:.0f}/s, "
        f"{len(failures)} failed; p50 {share(0.5):.1f} ms, p99 {share(0.99):.1f} ms, most {share(1):.1f} ms"
    )
    print(f"load: snapshots of {len(set(steps))} steps were fetched")
    rate = (before.steps + after.steps) / (before.seconds + after.seconds)
    # Seconds of CPU time of an inner step.
    cost = (before.cpu + after.cpu) / (before.steps + after.steps)
    server = during.threads - (before.threads + after.threads) * during.seconds / (before.seconds + after.seconds)
    lost = (rate - during.rate) * during.seconds * cost
    print(
        f"load: training: {before.rate:.0f} inner steps/s before, {during.rate:.0f} under load, {after.rate:.0f} after;"
        f" lost {lost:.1f} s of CPU time; the server took {server:.1f} s, the clients {own:.1f} s"
    )
    check(not failures, "no failed request", failures[:5])
    check(len(times) > clients, "every client was served", len(times))
    check(during.steps > 0, "training goes on under load")
    if seconds >= 30:
        # A tenth for what else the machine does, which differs from one stretch to the next.
        check(lost <= server + own + 0.1 * during.seconds, "training loses no more than server and clients take")


async def slow_client(port, end, ages):
    """Sends a request a byte at a time; notes when it was sent away."""
    start = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for byte in b"GET /healthz HTTP/1.1\r\nX-Slow: " + b"a" * 10_000:
            writer.write(bytes([byte]))
            try:
                check(await asyncio.wait_for(reader.read(1), 1) == b"", "a request that is not whole has no answer")
            except asyncio.TimeoutError:
                pass
            else:
                break
            if time.monotonic() >= end:
                return
    except ConnectionError:
        pass
    finally:
        writer.close()
    ages.append(time.monotonic() - start)


async def health(port, end, times):
    while time.monotonic() < end:
        start = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status, _, _ = await get(reader, writer, "/healthz")
        check(status == 200, f"/healthz: {status}")
        writer.close()
        times.append(time.perf_counter() - start)
        await asyncio.sleep(0.1)


async def slow(port, seconds):
    ages, times, end = [], [], time.monotonic() + seconds
    await asyncio.gather(health(port, end, times), *(slow_client(port, end, ages) for _ in range(slow_clients)))
    return ages, times


def slow_loris(daemon, seconds):
    is_long = seconds >= deadline
    ages, times = asyncio.run(slow(daemon.port, deadline + 10 if is_long else seconds))
    print(
        f"load: {slow_clients} slow clients: /healthz answered {len(times)} times, median "
        f"{1000 * statistics.median(times):.1f} ms, most {1000 * max(times):.1f} ms; {len(ages)} of them were sent away"
        + (f" after {min(ages):.1f} to {max(ages):.1f} s" if ages else "")
    )
    check(max(times) < 1, "/healthz answers within a second while slow clients are there")
    if is_long:
        check(len(ages) == slow_clients, "slow clients are sent away")
        check(deadline - 1 <= min(ages) and max(ages) <= deadline + 3, "at the deadline of a request")
    daemon.wait("the connections are closed", lambda: daemon.descriptors() < 50)


def main(tools, seconds):
    with workplace(tools) as folder:
        daemon = Daemon(tools, folder, {"snapshot": {"every_seconds": 1}, "outer": {"pairs": 4}}).start()
        try:
            daemon.wait_for_training()
            load(daemon, seconds)
            slow_loris(daemon, seconds)
            daemon.wait_for_training()
            check(daemon.stop() == 0, "exit code 0", daemon.log()[-2000:])
        finally:
            daemon.kill()
    print("load: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), float(sys.argv[2])))
