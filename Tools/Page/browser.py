"""Headless Chromium, driven by the DevTools protocol over a pair of pipes: nothing but Python's own library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path


class Browser:
    """One browser with one tab; `events` holds everything that the tab reported, in order."""

    def __init__(self, executable):
        self.profile = tempfile.mkdtemp(prefix="lopt-page-profile-")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # Chromium takes commands on descriptor 3 and answers on 4.
        self.process = subprocess.Popen(
            [
                "sh",
                "-c",
                f'exec "$@" 3<&{to_browser} 4>&{from_browser}',
                "sh",
                executable,
                "--headless=new",
                "--remote-debugging-pipe",
                f"--user-data-dir={self.profile}",
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-component-update",
                "--disable-background-networking",
                # A browser of root's must do without its sandbox; it opens nothing but this daemon's page.
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                "about:blank",
            ],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.answers, self.events, self.session = b"", 0, {}, [], None
        tab = next(each for each in self.send("Target.getTargets")["targetInfos"] if each["type"] == "page")
        self.target = tab["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, **parameters):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 60
        while number not in self.answers:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Chromium does not answer {method}")
            self.listen(1)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def listen(self, seconds):
        """Takes in what the browser reports within so many seconds; returns at the first of it."""
        if not select.select([self.input], [], [], seconds)[0]:
            return
        piece = os.read(self.input, 1 << 20)
        if not piece:
            raise RuntimeError("Chromium has ended")
        self.buffer += piece
        *messages, self.buffer = self.buffer.split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.events.append(message)

    def rest(self, seconds):
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.listen(left)

    def wait(self, expression, what, seconds=30):
        """Waits until a JavaScript expression is true, and returns its value."""
        deadline = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s still not: {what}")
            self.rest(0.2)
        return value

    def evaluate(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def size(self, width, height, is_phone=False, scheme="light"):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.rest(0.5)

    def screenshot(self, path):
        answer = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def named(self, method, since=0):
        """The parameters of the events of a name, from a position in `events` on."""
        return [each["params"] for each in self.events[since:] if each["method"] == method]

    def complaints(self, since=0):
        """Every line of the console, exception and entry of the browser's log, as text."""
        lines = [f"console.{each['type']}: {each['args']}" for each in self.named("Runtime.consoleAPICalled", since)]
        lines += [f"exception: {each['exceptionDetails']}" for each in self.named("Runtime.exceptionThrown", since)]
        return lines + [
            f"{each['entry']['source']} {each['entry']['level']}: {each['entry']['text']} "
            f"{each['entry'].get('url', '')}"
            for each in self.named("Log.entryAdded", since)
        ]
