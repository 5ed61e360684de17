"""``lopt.fetch`` against a daemon of the tests' own, in all ugly forms."""

import json
import logging
import os
import pwd
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address

import numpy as np
import pytest
from conftest import METADATA, snapshot
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fake_daemon import (
    FakeDaemon,
    Key,
    compact,
    record_of,
    send,
    send_error,
    send_raw,
    send_without_end,
)

import lopt
from lopt import SnapshotError
from lopt._cache import Cache
from lopt._record import Record

THETA, OLD, AVERAGE = "theta-000000120.safetensors", "theta-000000000.safetensors", "average-000000120.safetensors"


def of_step(step, average=False):
    """Returns the bytes of a snapshot of a step."""
    metadata = METADATA | {"outer_iteration": str(step)} | ({"average_decay": "0.99"} if average else {})
    return snapshot(metadata)


@pytest.fixture
def daemon():
    daemon = FakeDaemon()
    daemon.snapshots = {THETA: of_step(120), OLD: of_step(0), AVERAGE: of_step(120, average=True)}
    daemon.best = THETA
    yield daemon
    daemon.close()


@pytest.fixture
def key():
    return Key()


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The seconds of each pause before a request is sent again. None is made."""
    pauses = []
    monkeypatch.setattr("lopt._daemon.time.sleep", pauses.append)
    return pauses


def step_of(theta):
    return int(theta.metadata["outer_iteration"])


def refused(message, *arguments, **options):
    """Checks that a fetch ends with an error of this message."""
    with pytest.raises(SnapshotError) as error:
        lopt.fetch(*arguments, **options)
    assert str(error.value) == message
    return error.value


def file_url(daemon, name=THETA):
    return f"{daemon.address}/v1/snapshots/{name}"


class TestWhatIsFetched:
    def test_latest_is_the_newest(self, daemon):
        theta = lopt.fetch(daemon.address, "latest")
        assert (step_of(theta), theta.name) == (120, THETA)
        assert theta.sha256 == record_of(THETA, daemon.snapshots[THETA])["sha256"]
        assert daemon.asked == ["latest", THETA]

    def test_best_is_what_the_daemon_says(self, daemon):
        daemon.best = OLD
        assert step_of(lopt.fetch(daemon.address, "best")) == 0

    def test_a_name_takes_one_request(self, daemon):
        assert step_of(lopt.fetch(daemon.address, OLD)) == 0
        assert daemon.asked == [OLD]

    @pytest.mark.parametrize("word", ["latest", "best"])
    def test_average_is_that_of_the_same_step(self, daemon, word):
        theta = lopt.fetch(daemon.address, word, average=True)
        assert theta.name == AVERAGE and daemon.asked == [f"{word}-average", AVERAGE]
        assert lopt.fetch(daemon.address, f"{word}-average") == theta

    def test_a_slash_at_the_end_of_an_address_does_not_count(self, daemon):
        assert step_of(lopt.fetch(f"{daemon.address}/", "latest")) == 120

    def test_an_address_may_have_a_path(self, daemon):
        daemon.answers = {"latest": [send(200, compact(daemon.record(THETA)).encode())]}
        daemon.answers[THETA] = [send(200, daemon.snapshots[THETA])]
        lopt.fetch(f"{daemon.address}/run7", "latest")
        assert [path for path, _ in daemon.requests] == ["/run7/v1/snapshots/latest", f"/run7/v1/snapshots/{THETA}"]

    def test_the_program_says_who_it_is(self, daemon):
        lopt.fetch(daemon.address, "latest")
        for _, headers in daemon.requests:
            assert headers["User-Agent"] == f"lopt-python/{lopt.__version__}" and "Authorization" not in headers

    def test_proxies_of_the_environment_are_not_used(self, daemon, monkeypatch):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert step_of(lopt.fetch(daemon.address, "latest", token="secret")) == 120

    @pytest.mark.parametrize("name", ["newest", "theta-1.safetensors", "../theta-000000120.safetensors", ""])
    def test_what_is_no_name_is_refused_before_anything_is_asked(self, daemon, name):
        refused(
            f"{name}: must be latest, best or the name of a snapshot, such as theta-000000012.safetensors",
            daemon.address,
            name,
        )
        assert daemon.requests == []

    def test_arguments_that_do_not_go_together(self, daemon):
        with pytest.raises(ValueError, match="^average goes with latest or best; a name says which it is"):
            lopt.fetch(daemon.address, THETA, average=True)
        with pytest.raises(ValueError, match="^offline takes from the cache: leave out cache=False$"):
            lopt.fetch(daemon.address, "latest", offline=True, cache=False)


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "state",
            "/var/lib/lopt",
            "127.0.0.1:8417",
            "ftp://host",
            "http://",
            "http://user@host",
            "http://host?query",
            "http://host#part",
            "http://host:port",
            "http://[::1",
            "http://host/a b",
            "unix:",
        ],
    )
    def test_what_is_no_address(self, address):
        refused(
            f"{address}: is not the address of a daemon: http://HOST:PORT, https://HOST or unix:PATH; what lies in a "
            "folder is read by lopt.Theta.load",
            address,
            "latest",
        )

    def test_nobody_listens(self, pauses):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{unused.getsockname()[1]}"
            refused(
                f"{address}/v1/snapshots/latest: cannot be reached, or broke off: Connection refused; is lopt-daemon "
                "running there?",
                address,
                "latest",
            )
        assert pauses == []

    @pytest.mark.parametrize(
        ("address", "host", "port"),
        [
            ("http://trainer", "trainer", 80),
            ("https://trainer", "trainer", 443),
            ("http://trainer:8417", "trainer", 8417),
            ("http://trainer:0", "trainer", 0),
            ("http://[::1]", "::1", 80),
            ("https://[::1]", "::1", 443),
            ("http://[::1]:8417", "::1", 8417),
            ("http://[::1:8417]", "::1:8417", 80),
        ],
    )
    def test_the_host_and_port_are_those_of_the_address(self, address, host, port, monkeypatch):
        asked = []

        def connect(place, *_, **__):
            asked.append(place)
            raise ConnectionRefusedError(111, "Connection refused")

        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(SnapshotError, match="cannot be reached"):
            lopt.fetch(address, "latest", token="secret", retries=0)
        assert asked == [(host, port)]

    def test_a_connection_that_the_system_does_not_allow(self, monkeypatch):
        def refuse(*_, **__):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(socket, "create_connection", refuse)
        refused(
            "http://trainer/v1/snapshots/latest: cannot be reached, or broke off: Operation not permitted; is "
            "lopt-daemon running there?",
            "http://trainer",
            "latest",
            retries=0,
        )

    def test_a_host_that_has_no_address(self, pauses, monkeypatch):
        def unknown(*_, **__):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        refused(
            "http://nowhere.invalid/v1/snapshots/latest: cannot be reached, or broke off: Name or service not known; "
            "is lopt-daemon running there?",
            "http://nowhere.invalid",
            "latest",
        )
        assert pauses == []

    def test_a_name_server_that_does_not_answer_may_do_so_soon(self, daemon, pauses, monkeypatch):
        real, failures = socket.getaddrinfo, [socket.gaierror(socket.EAI_AGAIN, "Temporary failure")]

        def busy(*arguments, **options):
            if failures:
                raise failures.pop()
            return real(*arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", busy)
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120 and len(pauses) == 1

    def test_a_unix_socket(self, daemon, tmp_path, monkeypatch):
        path = tmp_path / "daemon.sock"

        class Forward(socketserver.BaseRequestHandler):
            def handle(self):
                with socket.create_connection(("127.0.0.1", daemon.port)) as other:
                    other.sendall(self.request.recv(1 << 16))
                    while data := other.recv(1 << 16):
                        self.request.sendall(data)

        with socketserver.ThreadingUnixStreamServer(str(path), Forward) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            assert step_of(lopt.fetch(f"unix:{path}", "latest")) == 120
            monkeypatch.chdir(tmp_path)
            assert step_of(lopt.fetch("unix:daemon.sock", "latest", offline=True)) == 120
            server.shutdown()
        assert daemon.requests[0][1]["Host"] == "localhost"

    def test_a_unix_socket_that_is_missing(self, tmp_path):
        refused(
            f"unix:{tmp_path}/none /v1/snapshots/latest: cannot be reached, or broke off: No such file or directory; "
            "is lopt-daemon running there?",
            f"unix:{tmp_path}/none",
            "latest",
        )

    def test_a_unix_socket_of_somebody_else(self, tmp_path, pauses, monkeypatch):
        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("lopt._daemon._SocketConnection.connect", refuse)
        message = "this user may not use the socket; its owner and group may"
        refused(f"unix:/run/lopt.sock /v1/snapshots/latest: {message}", "unix:/run/lopt.sock", "latest")
        assert pauses == []

    def test_a_server_of_something_else(self, daemon, pauses):
        daemon.answers = {"latest": [send_raw(b"SSH-2.0-OpenSSH\r\n")] * 2}
        refused(
            f"{file_url(daemon, 'latest')}: cannot be reached, or broke off: SSH-2.0-OpenSSH\\r\\n; is lopt-daemon "
            "running there?",
            daemon.address,
            "latest",
            retries=1,
        )
        assert len(pauses) == 1


def certificate(folder, host, name="localhost"):
    """Makes a certificate for an address, which vouches for itself, and its key; returns the file of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    made = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    path = folder / f"{host}.pem"
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem[0]) + key.private_bytes(*pem))
    return path


class TestTLS:
    @pytest.fixture
    def serve(self, tmp_path):
        """Makes a daemon with a certificate for a host; returns it and the certificate's file."""
        daemons = []

        def serve(host, change=lambda tls: None):
            path = certificate(tmp_path, host)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(path)
            change(tls)
            daemon = FakeDaemon(tls)
            daemon.snapshots = {THETA: of_step(120)}
            daemons.append(daemon)
            return daemon, path

        yield serve
        for daemon in daemons:
            daemon.close()

    def test_a_certificate_that_ca_vouches_for(self, serve):
        daemon, path = serve("127.0.0.1")
        assert step_of(lopt.fetch(daemon.address, "latest", ca=path)) == 120

    def test_one_that_nobody_vouches_for(self, serve, pauses):
        daemon, _ = serve("127.0.0.1")
        with pytest.raises(SnapshotError) as error:
            lopt.fetch(daemon.address, "latest", token="secret")
        assert str(error.value).startswith(f"{file_url(daemon, 'latest')}: its certificate is not to be trusted: self")
        assert str(error.value).endswith("; ca= names a file of certificates to trust")
        assert pauses == [] and daemon.requests == []

    def test_one_for_another_host(self, serve):
        daemon, path = serve("192.0.2.1")
        with pytest.raises(SnapshotError) as error:
            lopt.fetch(daemon.address, "latest", ca=path, token="secret")
        assert "its certificate is not to be trusted: IP address mismatch" in str(error.value)
        assert str(error.value).endswith(f"; no certificate in {path} vouches for it, or it is of another host")
        assert daemon.requests == []

    def test_a_common_name_does_not_count(self, serve):
        daemon, path = serve("192.0.2.1")
        with pytest.raises(SnapshotError, match="its certificate is not to be trusted: Hostname mismatch"):
            lopt.fetch(f"https://localhost:{daemon.port}", "latest", ca=path)

    def test_a_server_without_tls(self, daemon, pauses):
        message = r"/latest: speaks no TLS that is common to both: .*; is it http:// there\?$"
        with pytest.raises(SnapshotError, match=message):
            lopt.fetch(f"https://127.0.0.1:{daemon.port}", "latest")
        assert pauses == []

    def test_ciphers_without_authentication_are_refused(self, serve):
        def weaken(tls):
            tls.maximum_version = ssl.TLSVersion.TLSv1_2
            tls.set_ciphers("ECDHE-ECDSA-AES128-SHA256")

        daemon, path = serve("127.0.0.1", weaken)
        with pytest.raises(SnapshotError, match="speaks no TLS that is common to both"):
            lopt.fetch(daemon.address, "latest", ca=path)

    def test_a_handshake_that_ends_may_succeed_the_next_time(self, pauses):
        class Hang(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(1 << 16)

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hang) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            with pytest.raises(SnapshotError, match="cannot be reached, or broke off: "):
                lopt.fetch(f"https://127.0.0.1:{server.server_address[1]}", "latest", retries=3)
            server.shutdown()
        assert len(pauses) == 3

    def test_a_file_of_no_certificates(self, tmp_path):
        path = tmp_path / "ca.pem"
        message = "the certificates cannot be read: No such file or directory"
        refused(f"{path}: {message}", "https://host", "latest", ca=path)
        path.write_text("hello")
        refused(f"{path}: holds no certificate in PEM", "https://host", "latest", ca=path)


class TestTokens:
    def test_it_is_sent_with_every_request(self, daemon):
        daemon.token = "0123456789abcdef"
        assert step_of(lopt.fetch(daemon.address, "latest", token="0123456789abcdef\n")) == 120
        assert all(headers["Authorization"] == "Bearer 0123456789abcdef" for _, headers in daemon.requests)

    def test_none_where_one_is_asked_for(self, daemon, pauses):
        daemon.token = "0123456789abcdef"
        message = "the server answers 401 Unauthorized: a token is needed; give its token by token="
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")
        assert pauses == []

    def test_a_wrong_one(self, daemon, pauses):
        daemon.token = "0123456789abcdef"
        message = "the server answers 401 Unauthorized: a token is needed; is it the token of that server?"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest", token="wrong")
        assert pauses == []

    def test_what_cannot_be_one(self, daemon):
        for token in ("", "two words", "line\nline", "schlüssel"):
            message = "the token is not one line of visible ASCII characters; read it from its file"
            refused(f"{daemon.address}: {message}", daemon.address, "latest", token=token)
        assert daemon.requests == []

    def test_a_redirection_is_not_followed(self, daemon):
        other = FakeDaemon()
        try:
            location = f"{other.address}/v1/snapshots/latest"
            daemon.answers = {"latest": [send(308, headers={"Location": location})]}
            refused(
                f"{file_url(daemon, 'latest')}: the server answers 308 Permanent Redirect; the daemon is at another "
                f"address: {other.address}",
                daemon.address,
                "latest",
                token="secret",
            )
            assert other.requests == []
        finally:
            other.close()

    @pytest.mark.parametrize(
        "location", ["/login", "https://elsewhere.example.org/", "http://[", "/v1/snapshots/latest"]
    )
    def test_a_redirection_to_something_else_is_told(self, daemon, location):
        daemon.answers = {"latest": [send(302, headers={"Location": location})]}
        refused(
            f"{file_url(daemon, 'latest')}: the server answers 302 Found; it leads to {location}, which is not the "
            "daemon at another address",
            daemon.address,
            "latest",
        )


class TestAnswers:
    def test_there_is_none(self, daemon, pauses):
        daemon.snapshots = {}
        message = "the server answers 404 Not Found: there is no such snapshot"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")
        refused(f"{file_url(daemon)}: {message}", daemon.address, THETA)
        hint = "; the run may keep no average (outer.average.decay), or the daemon be older than this word"
        refused(
            f"{file_url(daemon, 'latest-average')}: {message}{hint}",
            daemon.address,
            "latest",
            average=True,
        )
        assert pauses == []

    def test_forbidden(self, daemon):
        daemon.answers = {"latest": [send_error(403, "not for you")]}
        message = "the server answers 403 Forbidden: not for you; use its token, or, on its machine, its Unix socket"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")

    @pytest.mark.parametrize("name", ["latest", THETA])
    def test_an_error_of_the_server_may_pass(self, daemon, pauses, caplog, name):
        daemon.answers = {name: [send_error(500, "damaged"), send(503)]}
        with caplog.at_level(logging.WARNING, "lopt"):
            assert step_of(lopt.fetch(daemon.address, name)) == 120
        assert len(pauses) == 2 and 0.25 <= pauses[0] <= 0.5 <= pauses[1] <= 1
        assert caplog.messages[0].startswith(
            f"{file_url(daemon, name)}: the server answers 500 Internal Server Error: damaged; trying again in 0."
        )

    def test_one_that_stays_is_told_after_all_retries(self, daemon, pauses):
        daemon.answers = {"latest": [send_error(500, "damaged")] * 9}
        message = "the server answers 500 Internal Server Error: damaged"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")
        assert len(daemon.requests) == 6 and len(pauses) == 5
        assert all(2 ** (n - 2) <= pause <= 2 ** (n - 1) for n, pause in enumerate(pauses))

    @pytest.mark.parametrize(("wished", "least", "most"), [("7", 7, 7), ("9999", 30, 30), ("soon", 0.25, 0.5)])
    def test_the_server_may_wish_a_pause(self, daemon, pauses, wished, least, most):
        daemon.answers = {"latest": [send(503, headers={"Retry-After": wished})]}
        lopt.fetch(daemon.address, "latest")
        assert least <= pauses[0] <= most

    def test_a_connection_that_ends_is_made_again(self, daemon, pauses):
        daemon.answers = {"latest": [send_raw(b"")], THETA: [send_raw(b"HTTP/1.1 200 OK\r\nContent-")]}
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120 and len(pauses) == 2

    @pytest.mark.parametrize("status", ["200 OK", "500 Broken"])
    def test_a_piece_of_a_size_below_0(self, daemon, status):
        head = f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n"
        daemon.answers = {"latest": [send_raw(f"{head}-5\r\nabc".encode())]}
        with pytest.raises(SnapshotError, match="cannot be reached, or broke off|the server answers 500 Broken"):
            lopt.fetch(daemon.address, "latest", retries=0)

    def test_a_daemon_that_is_started_again_is_waited_for(self, daemon, pauses, monkeypatch):
        """It has answered; then its connections are refused for a moment."""
        real, refusals = socket.create_connection, [None, ConnectionRefusedError(111, "Connection refused")]

        def connect(*arguments, **options):
            if refusals and (error := refusals.pop(0)):
                raise error
            return real(*arguments, **options)

        monkeypatch.setattr(socket, "create_connection", connect)
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120 and len(pauses) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "../../etc/passwd"},
            {"name": AVERAGE},
            {"name": "theta-00000012.safetensors"},
            {"step": 121},
            {"step": 120.0},
            {"step": True},
            {"sha256": "AA" * 32},
            {"sha256": "a" * 63},
            {"size": -1},
            {"size": 1 << 40},
            {"size": "5"},
            {"created": "2026-01-05"},
            {"created": "2026-01-05T11:02:40Z then"},
            {"signature": 5},
            {"signature": "a b"},
        ],
        ids=str,
    )
    def test_a_record_that_makes_no_sense(self, daemon, change):
        daemon.answers = {"latest": [send(200, compact(daemon.record(THETA) | change).encode())]}
        message = "the answer makes no sense; is it lopt-daemon that listens there?"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")
        assert daemon.asked == ["latest"]

    @pytest.mark.parametrize(
        "answer",
        [
            send(200, b"<html>hello</html>"),
            send(200, b"[" * 100_000),
            send(200, b"null"),
            send(200, b" " * (2 << 20)),
            send(304),
            send_without_end,
        ],
        ids=["HTML", "brackets", "null", "spaces", "304", "endless"],
    )
    def test_an_answer_that_is_no_record(self, daemon, answer):
        daemon.answers = {"latest": [answer]}
        message = "the answer makes no sense; is it lopt-daemon that listens there?"
        refused(f"{file_url(daemon, 'latest')}: {message}", daemon.address, "latest")

    @pytest.mark.parametrize("header", [{}, {"Lopt-Record": "x"}, {"Lopt-Record": compact(record_of(OLD, b""))}])
    def test_a_named_file_without_its_record(self, daemon, header):
        daemon.answers = {THETA: [send(200, daemon.snapshots[THETA], header)]}
        message = "the answer makes no sense; is it lopt-daemon that listens there?"
        refused(f"{file_url(daemon)}: {message}", daemon.address, THETA)

    def test_what_a_stranger_says_cannot_command_a_terminal(self, daemon):
        daemon.answers = {"latest": [send_error(404, "\x1b[2J" + "x" * 400)]}
        error = refused(
            f"{file_url(daemon, 'latest')}: the server answers 404 Not Found: \\x1b[2J{'x' * 296}…",
            daemon.address,
            "latest",
        )
        assert str(error).isprintable()


class TestBytes:
    def test_others_than_the_records_are_refused_and_not_kept(self, daemon, pauses):
        right = daemon.snapshots[THETA]
        daemon.answers = {THETA: [send(200, right[:-1] + b"!")]}
        message = "what arrived does not have the SHA-256 of its record; who is in between?"
        refused(f"{file_url(daemon)}: {message}", daemon.address, "latest")
        assert pauses == []
        refused(
            f"latest: was not fetched from {daemon.address} before, or the cache has dropped it",
            daemon.address,
            "latest",
            offline=True,
        )

    def test_another_file_by_its_tag(self, daemon):
        daemon.answers = {THETA: [send(200, daemon.snapshots[THETA], {"ETag": '"abc"'})]}
        message = 'the server has another file, "abc", than that of its record'
        refused(f"{file_url(daemon)}: {message}", daemon.address, "latest")

    def test_another_size_is_not_read(self, daemon):
        size = len(daemon.snapshots[THETA])
        daemon.answers = {THETA: [send(200, b"x" * (size + 1))]}
        message = f"has {size + 1} bytes, not the {size} of its record"
        refused(f"{file_url(daemon)}: {message}", daemon.address, "latest")

    @pytest.mark.parametrize(
        "answer", [send_without_end, send(200, b"x" * 100_000, length=False)], ids=["endless", "long"]
    )
    def test_more_than_the_records_size_is_not_read(self, daemon, answer):
        daemon.answers = {THETA: [answer]}
        message = f"sends more than the {len(daemon.snapshots[THETA])} bytes of its record"
        refused(f"{file_url(daemon)}: {message}", daemon.address, "latest")

    def test_a_body_that_broke_off_is_fetched_anew(self, daemon, pauses):
        right = daemon.snapshots[THETA]
        cut = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(right) + right[:100]
        daemon.answers = {THETA: [send_raw(cut), send(200, right[:7], length=False)]}
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120
        assert len(pauses) == 2 and daemon.asked == ["latest", THETA, THETA, THETA]

    def test_one_that_always_breaks_off_is_told(self, daemon):
        right = daemon.snapshots[THETA]
        daemon.answers = {THETA: [send(200, right[:7], length=False)] * 3}
        message = f"broke off after 7 of {len(right)} bytes; try again"
        refused(f"{file_url(daemon)}: {message}", daemon.address, "latest", retries=2)

    def test_weights_that_are_no_numbers_are_not_kept(self, daemon):
        daemon.snapshots = {THETA: snapshot(weights=np.full(1_090, np.nan))}
        message = "damaged: 1090 of its 1090 weights are not finite numbers; take another snapshot"
        refused(f"{THETA}: {message}", daemon.address, "latest")
        with pytest.raises(SnapshotError, match="was not fetched"):
            lopt.fetch(daemon.address, "latest", offline=True)


class TestSignatures:
    def test_one_of_the_key_is_believed(self, daemon, key, tmp_path):
        daemon.key = key
        for name in ("latest", "best", OLD):
            assert lopt.fetch(daemon.address, name, public_key=key.write(tmp_path))

    @pytest.mark.parametrize("name", ["latest", "best", THETA])
    def test_an_unsigned_record_is_refused_before_its_file_is_read(self, daemon, key, tmp_path, name):
        message = "is not signed, and a public key was given; does the daemon have one?"
        refused(f"{THETA}: {message}", daemon.address, name, public_key=key.write(tmp_path))
        assert daemon.asked == [name]

    def test_another_key(self, daemon, key, tmp_path):
        daemon.key = Key()
        message = f"its signature is not of the key {key.fingerprint}; is public_key the daemon's?"
        refused(f"{THETA}: {message}", daemon.address, "latest", public_key=key.write(tmp_path))

    @pytest.mark.parametrize(
        "change",
        [
            {"sha256": "a" * 64},
            {"size": 5},
            {"created": "2026-01-05T11:02:41Z"},
            {"signature": "AAAA"},
            {"signature": "="},
        ],
        ids=str,
    )
    def test_a_record_that_was_changed(self, daemon, key, tmp_path, change):
        daemon.key = key
        daemon.answers = {"latest": [send(200, compact(daemon.record(THETA) | change).encode())]}
        with pytest.raises(SnapshotError, match="its signature is not of the key"):
            lopt.fetch(daemon.address, "latest", public_key=key.write(tmp_path))

    def test_more_than_the_record_is_not_signed(self, daemon, key, tmp_path):
        """The record of the best has its evaluation beside it."""
        daemon.key = key
        best = daemon.record(THETA) | {"evaluation_loss": 0.5, "evaluation": "ab"}
        daemon.answers = {"best": [send(200, compact(best).encode())]}
        assert step_of(lopt.fetch(daemon.address, "best", public_key=key.write(tmp_path))) == 120

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "lopt-signing-key AAAA",
                "is not a public key but the signing one: give its public half, the file with .pub behind, and keep "
                "this one",
            ),
            *(
                (text, "is not a public key, as lopt key generate makes it: lopt-public-key, and 32 bytes in Base64")
                for text in (
                    "",
                    "hello",
                    "lopt-public-key",
                    "lopt-public-key AAAA",
                    "lopt-public-key ?",
                    "\0" * 100_000,
                )
            ),
        ],
        ids=lambda value: value[:20],
    )
    def test_a_file_that_is_no_public_key(self, daemon, tmp_path, text, message):
        path = tmp_path / "key"
        path.write_text(text)
        refused(f"{path}: {message}", daemon.address, "latest", public_key=path)
        assert daemon.requests == []

    def test_a_key_that_is_missing(self, daemon, tmp_path):
        message = "the public key cannot be read: No such file or directory"
        refused(f"{tmp_path}/none: {message}", daemon.address, "latest", public_key=tmp_path / "none")

    def test_without_the_package_that_checks_them(self, daemon, key, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
        with pytest.raises(ImportError, match="to check signatures: pip install cryptography$"):
            lopt.fetch(daemon.address, "latest", public_key=key.write(tmp_path))
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120


class TestWhatIsRemembered:
    @pytest.fixture
    def options(self, daemon, key, tmp_path):
        daemon.key = key
        return {"public_key": key.write(tmp_path)}

    @pytest.fixture
    def memory(self, home, key):
        return home / ".local/state/lopt/keys" / f"{key.fingerprint}.steps"

    def test_the_highest_step_of_a_key(self, daemon, options, memory):
        lopt.fetch(daemon.address, OLD, **options)
        lopt.fetch(daemon.address, "latest", **options)
        lopt.fetch(daemon.address, "latest", **options)
        assert memory.read_text() == "0\n120\n"

    def test_nothing_without_a_key(self, daemon, home):
        lopt.fetch(daemon.address, "latest")
        assert not (home / ".local").exists()

    def test_a_latest_that_is_older_is_refused(self, daemon, options, memory, key):
        lopt.fetch(daemon.address, "latest", **options)
        del daemon.snapshots[THETA]
        message = (
            f"step 120 of the key {key.fingerprint} was fetched before, and this is older; if that is right, take it "
            f"by allow_older=True, or remove {memory} to forget what was"
        )
        refused(f"{OLD}: {message}", daemon.address, "latest", **options)
        assert daemon.asked[-1] == "latest"
        assert step_of(lopt.fetch(daemon.address, "latest", allow_older=True, **options)) == 0
        assert memory.read_text() == "120\n"
        memory.unlink()
        assert step_of(lopt.fetch(daemon.address, "latest", **options)) == 0

    def test_an_older_average_is_refused_too(self, daemon, options):
        lopt.fetch(daemon.address, "latest", **options)
        daemon.snapshots["average-000000060.safetensors"] = of_step(60, average=True)
        del daemon.snapshots[AVERAGE]
        with pytest.raises(SnapshotError, match="was fetched before, and this is older"):
            lopt.fetch(daemon.address, "latest", average=True, **options)

    def test_the_best_and_a_name_may_be_older(self, daemon, options):
        lopt.fetch(daemon.address, "latest", **options)
        daemon.best = OLD
        assert step_of(lopt.fetch(daemon.address, "best", **options)) == 0
        assert step_of(lopt.fetch(daemon.address, OLD, **options)) == 0

    def test_what_another_program_remembers_counts(self, daemon, options, memory):
        memory.parent.mkdir(parents=True)
        memory.write_text("7\nx\n500\n13\n")
        with pytest.raises(SnapshotError, match="step 500 of the key"):
            lopt.fetch(daemon.address, "latest", **options)

    def test_a_line_that_was_cut_is_ended(self, daemon, options, memory):
        memory.parent.mkdir(parents=True)
        memory.write_text("7\n9")
        lopt.fetch(daemon.address, "latest", **options)
        assert memory.read_text() == "7\n9\n120\n"

    def test_the_folder_is_that_of_xdg_state_home(self, daemon, options, key, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        lopt.fetch(daemon.address, "latest", **options)
        assert (tmp_path / f"state/lopt/keys/{key.fingerprint}.steps").read_text() == "120\n"

    def test_where_it_cannot_be_remembered_the_fetch_says_so(self, daemon, options, home, caplog):
        (home / ".local").write_text("in the way")
        assert step_of(lopt.fetch(daemon.address, "latest", **options)) == 120
        assert caplog.messages[0].startswith(
            f"{THETA}: its step could not be remembered, by which an older one would be known: "
        )

    def test_a_memory_that_cannot_be_read_is_no_leave_to_go_on(self, daemon, options, memory):
        memory.mkdir(parents=True)
        message = (
            "cannot be read, and it says which step of the key was seen: Is a directory; mend its permissions, or "
            "remove it to forget what was"
        )
        refused(f"{memory}: {message}", daemon.address, "latest", **options)

    @pytest.mark.parametrize(
        ("target", "reason"),
        [("nowhere", "No such file or directory"), (None, "Too many levels of symbolic links")],
        ids=["dangling", "loop"],
    )
    @pytest.mark.parametrize("level", [0, 1, 2, 3], ids=["file", "keys", "lopt", "state"])
    def test_a_link_that_leads_nowhere_is_no_leave_to_go_on(self, daemon, options, memory, target, reason, level):
        link = [memory, *memory.parents][level]
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target or link)
        message = (
            f"cannot be read, and it says which step of the key was seen: {reason}; mend its permissions, or remove it "
            "to forget what was"
        )
        refused(f"{memory}: {message}", daemon.address, "latest", **options)

    def test_a_link_to_the_memory_is_followed(self, daemon, options, memory, tmp_path):
        memory.parent.mkdir(parents=True)
        (tmp_path / "elsewhere").write_text("500\n")
        memory.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SnapshotError, match="step 500 of the key"):
            lopt.fetch(daemon.address, "latest", **options)


class TestCache:
    @pytest.fixture
    def folder(self, home):
        return home / ".cache/lopt/snapshots"

    def test_what_is_there_is_not_downloaded_again(self, daemon):
        first = lopt.fetch(daemon.address, "latest")
        assert lopt.fetch(daemon.address, "best") == first
        assert daemon.asked == ["latest", THETA, "best"]

    def test_a_name_is_asked_for_by_its_tag(self, daemon):
        lopt.fetch(daemon.address, THETA)
        assert step_of(lopt.fetch(daemon.address, THETA)) == 120
        digest = record_of(THETA, daemon.snapshots[THETA])["sha256"]
        tags = [headers.get("If-None-Match") for _, headers in daemon.requests]
        assert tags == [None, f'"{digest}"']

    def test_another_file_of_that_name_is_downloaded(self, daemon):
        lopt.fetch(daemon.address, THETA)
        daemon.snapshots[THETA] = snapshot(METADATA | {"seed": "2"})
        assert lopt.fetch(daemon.address, THETA).metadata["seed"] == "2"

    def test_an_answer_that_a_file_is_known_which_is_not(self, daemon):
        lopt.fetch(daemon.address, THETA)
        record = record_of(THETA, b"another")
        daemon.answers = {THETA: [send(304, headers={"Lopt-Record": compact(record)})]}
        message = "the answer makes no sense; is it lopt-daemon that listens there?"
        refused(f"{file_url(daemon)}: {message}", daemon.address, THETA)

    @pytest.mark.parametrize("name", ["latest", THETA])
    def test_a_damaged_file_is_downloaded_again(self, daemon, folder, name):
        lopt.fetch(daemon.address, name)
        (file,) = folder.glob("*.safetensors")
        file.write_bytes(b"damaged")
        assert step_of(lopt.fetch(daemon.address, name)) == 120
        assert file.read_bytes() == daemon.snapshots[THETA]

    def test_its_form_is_that_of_the_program(self, daemon, folder):
        before = time.time()
        lopt.fetch(daemon.address, "latest")
        record = record_of(THETA, daemon.snapshots[THETA])
        stem = f"theta-000000120-{record['sha256']}"
        assert sorted(file.name for file in folder.iterdir()) == [f"{stem}.json", f"{stem}.safetensors"]
        entry = json.loads((folder / f"{stem}.json").read_text())
        (source,) = entry["sources"]
        assert before <= source.pop("fetched") <= time.time()
        assert entry == {"record": record, "sources": [source]}
        assert source == {"server": daemon.address, "word": "latest", "record": record}

    def test_of_an_address_and_a_word_the_last_time_counts(self, daemon, folder):
        for name in ("latest", "best", "latest"):
            lopt.fetch(daemon.address, name)
        (entry,) = folder.glob("*.json")
        assert [source["word"] for source in json.loads(entry.read_text())["sources"]] == ["best", "latest"]

    def test_a_record_of_another_file_does_not_count(self, daemon, folder):
        lopt.fetch(daemon.address, "latest")
        (path,) = folder.glob("*.json")
        entry = json.loads(path.read_text())
        stranger = record_of("theta-000000999.safetensors", b"")
        entry["sources"].append(entry["sources"][0] | {"record": stranger, "fetched": 1e12})
        path.write_text(json.dumps(entry))
        assert step_of(lopt.fetch(daemon.address, "latest", offline=True)) == 120

    def test_offline_takes_what_was_fetched(self, daemon):
        for name in (OLD, "best", "latest", "latest-average"):
            lopt.fetch(daemon.address, name)
        daemon.best = OLD
        lopt.fetch(daemon.address, "best")
        asked = len(daemon.requests)
        for name, step in (("latest", 120), ("best", 0), (OLD, 0), (THETA, 120)):
            assert step_of(lopt.fetch(daemon.address, name, offline=True)) == step
        assert lopt.fetch(daemon.address, "latest", average=True, offline=True).name == AVERAGE
        assert len(daemon.requests) == asked

    def test_offline_has_nothing_of_another_address(self, daemon):
        lopt.fetch(daemon.address, "latest")
        message = "latest: was not fetched from http://other before, or the cache has dropped it"
        refused(message, "http://other", "latest", offline=True)

    def test_offline_checks_signatures_too(self, daemon, key, tmp_path):
        lopt.fetch(daemon.address, "latest")
        with pytest.raises(SnapshotError, match="is not signed"):
            lopt.fetch(daemon.address, "latest", offline=True, public_key=key.write(tmp_path))

    def test_a_folder_of_ones_own(self, daemon, tmp_path, folder):
        lopt.fetch(daemon.address, "latest", cache=tmp_path / "own")
        assert len(list((tmp_path / "own").iterdir())) == 2 and not folder.exists()
        assert lopt.fetch(daemon.address, "latest", cache=tmp_path / "own", offline=True)

    def test_none_at_all(self, daemon, folder):
        for _ in range(2):
            lopt.fetch(daemon.address, THETA, cache=False)
        assert daemon.asked == [THETA, THETA] and not folder.exists()

    def test_where_it_cannot_be_written_the_fetch_says_so(self, daemon, home, caplog):
        (home / ".cache").write_text("in the way")
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120
        assert caplog.messages[0].startswith(f"{THETA}: could not be kept in the cache: ")

    def test_a_full_disk_leaves_nothing_behind(self, daemon, folder, monkeypatch, caplog):
        def fail(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120
        assert caplog.messages == [f"{THETA}: could not be kept in the cache: [Errno 28] No space left on device"]
        assert list(folder.iterdir()) == []

    def test_a_relative_xdg_cache_home_does_not_count(self, daemon, folder, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("XDG_CACHE_HOME", "cache")
        lopt.fetch(daemon.address, "latest")
        assert folder.exists() and not (tmp_path / "cache").exists()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        lopt.fetch(daemon.address, "latest")
        assert (tmp_path / "cache/lopt/snapshots").exists()

    @pytest.mark.parametrize("value", [None, "", "relative"])
    def test_without_a_home_in_the_environment_the_systems_counts(self, daemon, tmp_path, monkeypatch, value):
        account = pwd.getpwuid(os.getuid())
        account = pwd.struct_passwd((*account[:5], str(tmp_path / "account"), account[6]))
        monkeypatch.setattr(pwd, "getpwuid", lambda _: account)
        if value is None:
            monkeypatch.delenv("HOME")
        else:
            monkeypatch.setenv("HOME", value)
        lopt.fetch(daemon.address, "latest")
        assert len(list((tmp_path / "account/.cache/lopt/snapshots").iterdir())) == 2

    def test_entries_that_make_no_sense_are_passed_over(self, daemon, folder):
        lopt.fetch(daemon.address, "latest")
        (entry,) = folder.glob("*.json")
        for text in ("", "[]", '{"record":{}}', entry.read_text().replace('"sources"', '"other"'), "[" * 100_000):
            entry.write_text(text)
            with pytest.raises(SnapshotError, match="was not fetched"):
                lopt.fetch(daemon.address, "latest", offline=True)
        assert step_of(lopt.fetch(daemon.address, "latest")) == 120
        assert step_of(lopt.fetch(daemon.address, "latest", offline=True)) == 120

    def test_the_longest_ago_goes_first(self, tmp_path, monkeypatch):
        folder, now = tmp_path / "own", iter(range(1, 100))
        cache = Cache(folder, most_files=2)
        monkeypatch.setattr("lopt._cache.time.time", lambda: float(next(now)))
        names = [f"theta-00000000{step}.safetensors" for step in range(4)]
        for name in names:
            cache.keep(Record.parsed(record_of(name, name.encode())), name.encode(), "http://host", name)
        kept = [name for name in names if cache.record(name, "http://host")]
        assert kept == names[2:] and len(list(folder.iterdir())) == 4

    def test_the_size_is_bounded(self, tmp_path):
        cache = Cache(tmp_path, most_bytes=100)
        for step, size in ((1, 60), (2, 60), (3, 101)):
            name = f"theta-00000000{step}.safetensors"
            cache.keep(Record.parsed(record_of(name, b"x" * size)), b"x" * size, "http://host", name)
        assert [cache.digests(f"theta-00000000{step}.safetensors") != [] for step in (1, 2, 3)] == [False, True, False]

    def test_leftovers_go_and_strangers_files_stay(self, daemon, folder):
        folder.mkdir(parents=True)
        digest = "a" * 64
        old = [f"theta-000000001-{digest}.safetensors", f"theta-000000001-{digest}.safetensors.0A1B2C3D.partial"]
        strangers = ["thesis.pdf", "theta-000000001.safetensors"]
        for name in old + strangers:
            (folder / name).write_text("")
            os.utime(folder / name, (1, 1))
        lopt.fetch(daemon.address, "latest")
        assert not any((folder / name).exists() for name in old)
        assert all((folder / name).exists() for name in strangers)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a daemon that is paused, and the folder of its state, key and token."""
    if not (programs := os.environ.get("LOPT_TEST_BIN")):
        pytest.skip("LOPT_TEST_BIN names no folder with lopt, lopt-daemon and dataprep")
    images = os.path.join(os.path.dirname(__file__), "../../Examples/mnist")
    if not os.path.exists(images):
        pytest.skip("there is no checkout around the tests")
    folder = tmp_path_factory.mktemp("daemon")
    build = [f"{programs}/dataprep", "build", "shards", "--source", "mnist", "--input", images, "--size", "14"]
    subprocess.run([*build, "--output", folder / "mnist14"], check=True, capture_output=True)
    generate = [f"{programs}/lopt", "key", "generate", "--output", folder / "key"]
    subprocess.run(generate, check=True, capture_output=True)
    (folder / "token").write_text("0123456789abcdef\n")
    (folder / "token").chmod(0o600)
    configuration = {
        "datasets": [str(folder / "mnist14")],
        "state": str(folder / "state"),
        "problem": "mlp1x8",
        "threads": 1,
        "http": {"port": 0, "read_token_file": str(folder / "token")},
        "snapshot": {"every_seconds": 3600, "signing_key_file": str(folder / "key")},
        "evaluation": {"every": 5, "tasks": 1, "steps": 20},
        "outer": {"pairs": 2},
    }
    (folder / "lopt.json").write_text(json.dumps(configuration))
    with open(folder / "log", "w") as log:
        daemon = subprocess.Popen([f"{programs}/lopt-daemon", "--config", folder / "lopt.json"], stderr=log)
    try:
        for _ in range(600):
            text = (folder / "log").read_text()
            if (address := re.search("serving (http://[0-9.:]+)", text)) and "the best so far" in text:
                break
            assert daemon.poll() is None, text
            time.sleep(0.05)
        assert address, text
        subprocess.run([f"{programs}/lopt", "pause", "--from", folder / "state"], check=True, capture_output=True)
        time.sleep(0.5)
        yield address[1], folder
    finally:
        daemon.terminate()
        daemon.wait(60)


class TestTheRealDaemon:
    """lopt-daemon and lopt fetch, which share the cache and the memory of keys."""

    @pytest.fixture
    def options(self, served):
        return {"token": (served[1] / "token").read_text(), "public_key": served[1] / "key.pub"}

    @pytest.fixture
    def fetch(self, served, programs, tmp_path):
        """Runs lopt fetch, and returns the θ of the file that it gets."""

        def fetch(*arguments):
            command = [programs / "lopt", "fetch", *arguments, "--from", served[0], "--output", tmp_path / "fetched"]
            command += ["--token-file", served[1] / "token", "--public-key", served[1] / "key.pub"]
            result = subprocess.run(command, check=True, capture_output=True, text=True)
            return lopt.Theta.load(result.stdout.strip())

        return fetch

    def test_every_word_and_name(self, served, options, fetch):
        for name in ("latest", "best", "latest-average", "best-average", OLD):
            arguments = [name.removesuffix("-average")] + (["--average"] if "average" in name else [])
            theta = lopt.fetch(served[0], name, **options)
            assert theta.sha256 == fetch(*arguments).sha256
            assert lopt.fetch(f"unix:{served[1]}/state/daemon.sock", name).sha256 == theta.sha256

    def test_a_name_that_is_known_is_not_sent(self, served, options):
        first = lopt.fetch(served[0], OLD, **options)
        assert lopt.fetch(served[0], OLD, **options) == first

    def test_the_program_takes_from_our_cache(self, served, options, fetch):
        theta = lopt.fetch(served[0], "latest", **options)
        assert fetch("latest", "--offline") == theta

    def test_we_take_from_the_programs_cache(self, served, options, fetch):
        theta = fetch("best")
        assert lopt.fetch(served[0], "best", offline=True, **options) == theta

    def test_the_memory_of_keys_is_the_same_file(self, served, options, fetch, home):
        lopt.fetch(served[0], OLD, **options)
        theta = fetch("latest")
        (memory,) = (home / ".local/state/lopt/keys").iterdir()
        assert memory.read_text() == f"0\n{step_of(theta)}\n"
        memory.write_text("999999999\n")
        with pytest.raises(SnapshotError, match="step 999999999 of the key"):
            lopt.fetch(served[0], "latest", **options)

    def test_a_wrong_token_and_none(self, served):
        with pytest.raises(SnapshotError, match="answers 401 Unauthorized: .*; is it the token of that server?"):
            lopt.fetch(served[0], "latest", token="0000000000000000")
        with pytest.raises(SnapshotError, match="answers 401 Unauthorized: .*; give its token by token="):
            lopt.fetch(served[0], "latest")

    def test_a_name_that_is_not_there(self, served, options):
        with pytest.raises(SnapshotError, match="answers 404 Not Found: .*there is no such snapshot"):
            lopt.fetch(served[0], "theta-000000001.safetensors", **options)
