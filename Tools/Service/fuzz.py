"""Sends the daemon what no honest client sends, and sees that it refuses, gives nothing away, and lives on.

    fuzz.py TOOLS COUNT [SEED]

TOOLS is the folder of `lopt-daemon` and `dataprep`. Of COUNT requests three fifths are no HTTP, a fifth lead out of the
snapshots with the right token, a fifth come with a wrong token or none. Every answer must have a status that is right
for its request, and none may hold the secret of the files that lie beside the snapshots.
"""

import collections
import random
import re
import socket
import sys
from pathlib import Path

import malformed
from daemon import Daemon, check, workplace

token = "a-token-of-the-test-0123456789ABCDEF"
secret = b"nobody may read this"
OPEN = ("/", "/page.css", "/page.js", "/plots.js", "/healthz", "/readyz")
PROTECTED = [
    ("GET", "/metrics"),
    ("GET", "/v1/status"),
    ("GET", "/v1/history"),
    ("GET", "/v1/snapshots"),
    ("GET", "/v1/snapshots/latest"),
    ("GET", "/v1/snapshots/theta-000000000.safetensors"),
    ("HEAD", "/v1/snapshots/latest"),
    ("POST", "/v1/pause"),
    ("POST", "/v1/resume"),
    ("POST", "/v1/snapshot-now"),
    ("POST", "/v1/snapshots/theta-000000000.safetensors/pin"),
]
# The same in disguise.
DISGUISED = [
    ("POST", "/healthz/../v1/pause"),
    ("GET", "//v1/status"),
    ("GET", "/v1/status/"),
    ("GET", "/healthz/../v1/status"),
    ("GET", "/page.js/../v1/status"),
    ("GET", "/v1/status?token=" + token),
    ("GET", "http:///v1/status"),
    ("GET", "http://healthz/v1/status"),
    ("PUT", "/v1/status"),
    ("DELETE", "/v1/snapshots/latest"),
]


def send(port, data, seconds=10):
    """Sends it, ends the sending side, and returns all that is answered."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass
        try:
            while piece := connection.recv(1 << 16):
                answer += piece
        except ConnectionError:
            pass
    return answer


def statuses(answer):
    return {int(each) for each in re.findall(rb"(?:^|\n|})HTTP/1\.1 (\d{3}) ", answer)} or {None}


class Fuzz:
    def __init__(self, daemon, choice):
        self.daemon, self.random, self.counts = daemon, choice, collections.Counter()

    def look(self, kind, sent, right):
        """Sends it, and judges the answer; the answer."""
        answer = send(self.daemon.port, sent)
        check(secret not in answer, f"{kind}: the secret was served to", sent[:300])
        check(statuses(answer) <= right, f"{kind}: {statuses(answer)}, not {right}, for", sent[:300], answer[:300])
        self.counts.update((kind, each) for each in statuses(answer))
        return answer

    def malformed(self):
        make = self.random.choice(malformed.KINDS)
        answer = self.look(make.__name__, *make(self.random))
        if make is malformed.pipelined:
            check(statuses(answer) & malformed.REFUSED, "what comes behind sound requests is refused", answer[-300:])

    def path_trick(self):
        path, right = malformed.path_trick(self.random)
        method = self.random.choice(["GET", "GET", "GET", "HEAD"])
        self.look("path trick", malformed.request(method, path, f"Authorization: Bearer {token}"), right)

    def wrong_token(self):
        method, path = self.random.choice(PROTECTED + DISGUISED)
        answer = self.look(
            "wrong token", malformed.request(method, path, *malformed.wrong_token(self.random, token)), {401}
        )
        check(b"WWW-Authenticate: Bearer" in answer, "401 says what it wants", answer[:300])

    def healthy(self):
        status, _, body = self.daemon.ask("/healthz")
        check(status == 200 and b'"ok"' in body, f"/healthz: {status}")
        check(self.daemon.process.poll() is None, "it runs")


def plain(daemon):
    """What is right without a fault: the token opens everything, and without it only what is open is."""
    headers = {"Authorization": f"Bearer {token}"}
    for path in OPEN:
        check(daemon.ask(path)[0] == 200, f"{path} is open")
    for method, path in PROTECTED:
        check(daemon.ask(path, method, headers)[0] == 200, f"{method} {path} is allowed with the token")
    check(daemon.ask("/v1/resume", "POST", headers)[0] == 200, "resumed")
    for method in ("PUT", "DELETE", "PATCH"):
        status = daemon.ask("/v1/snapshots/latest", method, headers)[0]
        check(status == 405, f"{method}: {status}")


def hide_secrets(folder):
    """Files that nobody may read, beside the snapshots and further up."""
    state = folder / "state"
    for place in (folder, state, state / "snapshots", state / "training"):
        (place / "secret.txt").write_bytes(secret)
    (state / "snapshots/secret.safetensors").write_bytes(secret)
    (state / "snapshots/secret.json").write_bytes(secret)


def main(tools, count, seed):
    print(f"fuzz: seed {seed}", flush=True)
    with workplace(tools) as folder:
        (folder / "token").write_text(token)
        (folder / "token").chmod(0o600)
        daemon = Daemon(tools, folder, {"http": {"token_file": str(folder / "token")}, "outer": {"pairs": 2}}).start()
        try:
            hide_secrets(folder)
            plain(daemon)
            fuzz = Fuzz(daemon, random.Random(seed))
            before = daemon.descriptors()
            for number in range(count):
                [fuzz.malformed, fuzz.malformed, fuzz.malformed, fuzz.path_trick, fuzz.wrong_token][number % 5]()
                if number % 100 == 0:
                    fuzz.healthy()
            fuzz.healthy()
            for (kind, status), times in sorted(fuzz.counts.items(), key=str):
                print(f"fuzz: {kind}: {times} × {status or 'closed'}")
            daemon.wait("the connections are closed", lambda: daemon.descriptors() <= before + 2)
            plain(daemon)
            check(secret not in daemon.log().encode(), "the log keeps the secret")
            check(token not in daemon.log(), "the log keeps the token")
            check(daemon.stop() == 0, "exit code 0", daemon.log()[-2000:])
        finally:
            daemon.kill()
    print(f"fuzz: {count} requests, no crash, nothing given away")
    return 0


if __name__ == "__main__":
    given = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), given))
