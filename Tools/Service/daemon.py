"""The real lopt-daemon as a process, for the scripts of this folder and of Tests/Page."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
NOT_RUN = 77
# The daemon refuses variables that are no settings of it, such as those of the tests.
inherited = {name: value for name, value in os.environ.items() if name == "LOPT_ISA" or not name.startswith("LOPT_")}


def check(is_right, what, *details):
    if not is_right:
        raise AssertionError(" ".join([what, *map(str, details)]))


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def workplace(tools, parent=None):
    """A temporary folder with the data set `mnist14`; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="lopt-service-", dir=parent))
    try:
        subprocess.run(
            [
                tools / "dataprep",
                "build",
                "shards",
                "--source",
                "mnist",
                "--input",
                repository / "Examples/mnist",
                "--size",
                "14",
                "--output",
                folder / "mnist14",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Daemon:
    """lopt-daemon in `folder`, on a port of its own; it can be stopped and started again.

    `settings` are keys of the configuration, laid over those that every test wants; `before` is what stands before it
    on the command line, `environment` what is added to its environment.
    """

    def __init__(self, tools, folder, settings=None, before=(), environment=None):
        self.tools, self.folder, self.before, self.environment = tools, folder, before, environment or {}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        configuration = {
            "datasets": [str(folder / "mnist14")],
            "problem": "mlp2x32",
            "state": str(folder / "state"),
            "threads": 1,
            "http": {"port": self.port},
            "snapshot": {"free_mib": 0},
        }
        for key, value in (settings or {}).items():
            configuration[key] = {**configuration[key], **value} if isinstance(configuration.get(key), dict) else value
        self.state = Path(configuration["state"])
        self.configuration = folder / "lopt.json"
        self.configuration.write_text(json.dumps(configuration))
        self.log_file = folder / "daemon.log"
        self.process = None
        # Sent with every request.
        self.headers = {}

    def launch(self):
        """Starts the process and does not wait for anything."""
        self.begin = self.log_file.stat().st_size if self.log_file.exists() else 0
        with open(self.log_file, "a") as log:
            self.process = subprocess.Popen(
                [*self.before, self.tools / "lopt-daemon", "--config", self.configuration],
                stderr=log,
                env={**inherited, **self.environment},
            )

    def start(self, seconds=60):
        """Returns once it serves."""
        self.launch()
        deadline = time.monotonic() + seconds
        while self.address not in self.log():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"lopt-daemon does not serve: {self.log()}")
            time.sleep(0.02)
        return self

    def log(self):
        """What it logged since it was launched last."""
        with open(self.log_file, "rb") as log:
            log.seek(self.begin)
            return log.read().decode(errors="replace")

    @property
    def pid(self):
        return self.process.pid

    def kill(self, number=signal.SIGKILL, seconds=60):
        """Sends a signal that ends it; its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(
                f"lopt-daemon has not ended {seconds} s after signal {number}: {self.log()[-2000:]}"
            ) from None
        finally:
            self.process = None

    def stop(self, seconds=60):
        return self.kill(signal.SIGTERM, seconds)

    def ask(self, path, method="GET", headers=None, seconds=30):
        """One request on a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, headers={**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, path, seconds=30):
        status, _, body = self.ask(path, seconds=seconds)
        check(status == 200, f"{path}: {status}", body)
        return json.loads(body)

    def inner_steps(self):
        """How many it has done since it was launched."""
        return self.json("/v1/status").get("inner_steps", 0)

    def wait(self, what, condition, seconds=60):
        """Waits until the condition holds, asked ten times a second; what it then was."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            check(self.process.poll() is None, f"lopt-daemon has ended while waiting for {what}:", self.log()[-2000:])
            check(time.monotonic() < deadline, f"not within {seconds} s: {what}:", self.log()[-2000:])
            time.sleep(0.1)
        return value

    def wait_for_training(self, steps=200, seconds=60):
        """Waits until so many inner steps more are done."""
        before = self.inner_steps()
        self.wait("inner steps", lambda: self.inner_steps() >= before + steps, seconds)

    def resident_kib(self):
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self):
        """That it has computed for since it was launched."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def thread_seconds(self):
        """The same of each thread that lives, by its number."""
        seconds = {}
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                seconds[thread] = int(Path(f"/proc/{self.pid}/task/{thread}/schedstat").read_text().split()[0]) / 1e9
        return seconds
