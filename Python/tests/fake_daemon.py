"""A daemon that serves snapshots as lopt-daemon does, and every ugly answer that a test asks for."""

import base64
import contextlib
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Key:
    """A daemon's key for signing."""

    def __init__(self):
        self._private = Ed25519PrivateKey.generate()
        self._public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.fingerprint = hashlib.sha256(self._public).hexdigest()[:16]

    def sign(self, record):
        """Returns a record with its signature, as Documentation/http.md says under "Signatures"."""
        text = '{{"created":"{created}","name":"{name}","sha256":"{sha256}","size":{size},"step":{step}}}'
        signature = self._private.sign(text.format(**record).encode())
        return record | {"signature": base64.b64encode(signature).decode()}

    def write(self, folder, name="key.pub"):
        path = folder / name
        path.write_text(f"lopt-public-key {base64.b64encode(self._public).decode()}\n")
        return path


def record_of(name, data, created="2026-01-05T11:02:40Z"):
    """Returns the record of a snapshot."""
    step = int(name.partition("-")[2].partition(".")[0])
    return {
        "name": name,
        "step": step,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "created": created,
    }


class FakeDaemon:
    """Serves on a port of 127.0.0.1 until it is closed.

    ``snapshots`` are bytes by name, ``best`` the name of the best one, ``key`` signs records. ``token`` is asked for.
    ``answers`` are, by the last part of a path, functions that answer in the place of this class, each once, given the
    request's handler. ``requests`` are what was asked: pairs of a path and the headers.
    """

    def __init__(self, tls=None):
        self.snapshots, self.best, self.key, self.token = {}, None, None, None
        self.answers, self.requests = {}, []
        daemon = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with contextlib.suppress(OSError):  # the client may not wait for the end
                    daemon._answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None
        self.port = self._server.server_address[1]
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    @property
    def asked(self):
        """The last parts of the paths that were asked for."""
        return [path.rpartition("/")[2] for path, _ in self.requests]

    def record(self, name):
        record = record_of(name, self.snapshots[name])
        return self.key.sign(record) if self.key else record

    def _answer(self, request):
        self.requests.append((request.path, dict(request.headers)))
        name = request.path.rpartition("/")[2]
        if self.answers.get(name):
            return self.answers[name].pop(0)(request)
        if self.token is not None and request.headers["Authorization"] != f"Bearer {self.token}":
            return send_error(401, "a token is needed")(request)
        if not request.path.startswith("/v1/snapshots/"):
            return send_error(404, "no such path")(request)
        found = {"latest": "theta", "latest-average": "average"}.get(name)
        if found is not None:
            names = sorted(other for other in self.snapshots if other.startswith(found))
            found = names[-1] if names else None
        elif name == "best":
            found = self.best
        elif name == "best-average":
            found = self.best and self.best.replace("theta", "average")
        elif name in self.snapshots:
            record = self.record(name)
            headers = {"ETag": f'"{record["sha256"]}"', "Lopt-Record": compact(record)}
            if f'"{record["sha256"]}"' in request.headers.get("If-None-Match", ""):
                return send(304, b"", headers)(request)
            return send(200, self.snapshots[name], headers)(request)
        if found is None:
            return send_error(404, "there is no such snapshot")(request)
        return send(200, json.dumps(self.record(found)).encode())(request)


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def send(status, body=b"", headers=None, length=True):
    """An answer with these headers; without ``length`` its end is that of the connection."""

    def answer(request):
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        if length:
            request.send_header("Content-Length", str(len(body)))
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        if status != 304:
            request.wfile.write(body)

    return answer


def send_error(status, message, headers=None):
    """An answer of an error, as the daemon words it."""
    return send(status, json.dumps({"error": message}).encode(), headers)


def send_raw(data):
    """Bytes that may be no HTTP, and the end of the connection."""

    def answer(request):
        request.wfile.write(data)
        request.close_connection = True

    return answer


def send_without_end(request):
    """A body that never ends."""
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    while True:
        request.wfile.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
