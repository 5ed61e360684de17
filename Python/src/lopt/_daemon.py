"""A client of the daemon's HTTP interface (Documentation/http.md), which believes no answer unchecked."""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import os
import random
import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from lopt._record import Record
from lopt._version import __version__
from lopt.errors import SnapshotError, printable

#: Hears of what went wrong and did not end a fetch.
log = logging.getLogger("lopt")
_Result = TypeVar("_Result")

#: The longest wait for a connection, for the head of an answer, and between two pieces of its body, in seconds.
PATIENCE = 60.0
#: The wait before the first further try of a request, and the longest before any, in seconds.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
#: The most bytes of an answer that is not a file, and of an error's text.
_MOST_OF_ANSWER = 1 << 20
_MOST_OF_ERROR = 64 << 10
#: Of TLS 1.2 the cipher suites with forward secrecy that also authenticate what they encrypt. TLS 1.3 has no others.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


class _Failure(Exception):
    """A failure that may pass, so that the request is worth another try.

    Args:
        error: the error to raise where no further try follows.
        wished: the wait in seconds that the server asked for; 0 where it did not.
    """

    def __init__(self, error: SnapshotError, wished: float = 0.0) -> None:
        self.error, self.wished = error, wished


class Address:
    """Where a daemon is: ``http://HOST:PORT``, ``https://HOST``, or ``unix:PATH`` for its Unix socket.

    Raises:
        SnapshotError: where a text is none of these, or has what no address of a daemon has: a user, a query, a
            fragment.
    """

    def __init__(self, text: str) -> None:
        def wrong() -> SnapshotError:
            return SnapshotError(
                f"{printable(text)}: is not the address of a daemon: http://HOST:PORT, https://HOST or unix:PATH; "
                "what lies in a folder is read by lopt.Theta.load"
            )

        self.socket: str | None = None
        if text.startswith("unix:"):
            path = text.removeprefix("unix:")
            if not path or "\0" in path:
                raise wrong()
            self.socket = os.path.join(os.getcwd(), path)
            self.text = f"unix:{self.socket}"
            return
        if not re.fullmatch("[!-~]+", text):
            raise wrong()
        try:
            parts = urlsplit(text)
            self.scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            raise wrong() from None
        extra = "?" in text or "#" in text or "@" in parts.netloc
        if "://" not in text or self.scheme not in ("http", "https") or not host or extra:
            raise wrong()
        self.host = host
        # It is never left to http.client, which would take the end of an IPv6 address for it.
        self.port = {"http": 80, "https": 443}[self.scheme] if port is None else port
        #: The address without a slash at its end, by which the cache knows it.
        self.text = text.removesuffix("/")
        self.prefix = parts.path.removesuffix("/")

    def naming(self, path: str) -> str:
        """Returns what errors call a path of the daemon."""
        return f"{self.text}{' ' if self.socket else ''}{path}"

    def moved(self, location: str, path: str) -> str | None:
        """Returns the address to which a redirection moves this one; None where it leads to something else than the
        same path at another address."""
        if self.socket is not None:
            return None
        try:
            target = urljoin(self.text + path, location)
            other = Address(target.removesuffix(path)).text if target.endswith(path) else self.text
        except (ValueError, SnapshotError):
            return None
        return other if other != self.text else None


class _SocketConnection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Daemon:
    """A daemon that is asked for snapshots. Proxies that the environment names are not used, redirections not followed:
    a token goes to nobody but the address that was given.

    Args:
        address: where it is.
        token: the token for reading, which is sent as ``Authorization: Bearer …``; None for none.
        ca: a file of certificates in PEM that take the place of the system's; None for the system's.
        retries: how often a request is sent again that failed and may succeed. The wait doubles each time.

    Raises:
        SnapshotError: where the token or the file of certificates cannot be one.
    """

    def __init__(self, address: Address, *, token: str | None, ca: str | os.PathLike[str] | None, retries: int) -> None:
        token = None if token is None else token.strip()
        if token is not None and not re.fullmatch("[!-~]+", token):
            raise SnapshotError(
                f"{address.text}: the token is not one line of visible ASCII characters; read it from its file"
            )
        self._address, self._ca, self._retries = address, ca, retries
        self._headers = {"User-Agent": f"lopt-python/{__version__}"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._has_answered = False
        self._tls = _tls(ca) if address.socket is None and address.scheme == "https" else None

    def record(self, word: str) -> Record:
        """Asks for the record of the snapshot that a word stands for.

        Args:
            word: ``latest``, ``best``, ``latest-average`` or ``best-average``.

        Raises:
            SnapshotError: where there is none, or the daemon does not answer, refuses, or answers without sense.
        """
        path = _path(word)

        def read(response: http.client.HTTPResponse) -> Record:
            record = _record(response.read(_MOST_OF_ANSWER)) if response.status == 200 else None
            kind = {"latest": "theta", "latest-average": "average", "best-average": "average"}.get(word)
            if record is None or kind not in (None, record.kind):
                raise self._without_sense(path)
            return record

        hint = ""
        if word.endswith("-average"):
            hint = "; the run may keep no average (outer.average.decay), or the daemon be older than this word"
        return self._ask(path, {}, read, hint)

    def file(self, name: str, known: Sequence[str], check: Callable[[Record], None]) -> tuple[Record, bytes | None]:
        """Asks for the snapshot of a name.

        Args:
            name: the name.
            known: the SHA-256 of files of this name that need not be sent (``If-None-Match``).
            check: is called with the record before the file is read, and raises where that is not to be trusted.

        Returns:
            the record and the bytes, which are those of the record; None for them where they are among the known.

        Raises:
            SnapshotError: as ``record``; or where the bytes are not those of the record.
        """
        path = _path(name)

        def read(response: http.client.HTTPResponse) -> tuple[Record, bytes | None]:
            record = _record((response.getheader("Lopt-Record") or "").encode("latin-1"))
            if record is None or record.name != name:
                raise self._without_sense(path)
            check(record)
            if response.status == 200:
                return record, self._body(response, record, path)
            if record.sha256 not in known:
                raise self._without_sense(path)
            return record, None

        headers = {"If-None-Match": ", ".join(f'"{digest}"' for digest in known)} if known else {}
        return self._ask(path, headers, read)

    def download(self, record: Record) -> bytes:
        """Downloads the file of a record.

        Raises:
            SnapshotError: where the daemon does not answer or refuses, or the bytes are not those of the record.
        """
        path = _path(record.name)
        return self._ask(path, {}, lambda response: self._body(response, record, path))

    def _body(self, response: http.client.HTTPResponse, record: Record, path: str) -> bytes:
        """Reads the file of a record from an answer, and no more than its size."""
        name = self._address.naming(path)
        if response.status != 200:
            raise self._without_sense(path)
        tag = response.getheader("ETag")
        if tag is not None and tag != f'"{record.sha256}"':
            raise SnapshotError(f"{name}: the server has another file, {printable(tag)}, than that of its record")
        length = response.getheader("Content-Length")
        if length is not None and length != str(record.size):
            raise SnapshotError(f"{name}: has {printable(length)} bytes, not the {record.size} of its record")
        data = bytearray()
        while len(data) <= record.size and (piece := response.read(min(1 << 20, record.size + 1 - len(data)))):
            data += piece
        if len(data) > record.size:
            raise SnapshotError(f"{name}: sends more than the {record.size} bytes of its record")
        if len(data) < record.size:
            raise _Failure(SnapshotError(f"{name}: broke off after {len(data)} of {record.size} bytes; try again"))
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise SnapshotError(f"{name}: what arrived does not have the SHA-256 of its record; who is in between?")
        return bytes(data)

    def _ask(
        self, path: str, headers: dict[str, str], read: Callable[[http.client.HTTPResponse], _Result], hint: str = ""
    ) -> _Result:
        """Sends a request, again where it fails and that may pass, and returns what ``read`` makes of an answer of
        status 200 or 304. ``hint`` stands behind the error where there is no such snapshot."""
        failures = 0
        while True:
            try:
                return self._ask_once(path, headers, read, hint)
            except _Failure as failure:
                failures += 1
                if failures > self._retries:
                    raise failure.error from failure.__cause__
                pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 16), LONGEST_PAUSE) * random.uniform(0.5, 1)
                pause = max(pause, min(failure.wished, LONGEST_PAUSE))
                log.warning("%s; trying again in %.1f s", failure.error, pause)
                time.sleep(pause)

    def _ask_once(
        self, path: str, headers: dict[str, str], read: Callable[[http.client.HTTPResponse], _Result], hint: str
    ) -> _Result:
        address = self._address
        connection: http.client.HTTPConnection
        if address.socket is not None:
            connection = _SocketConnection(address.socket)
        elif self._tls is not None:
            connection = http.client.HTTPSConnection(address.host, address.port, timeout=PATIENCE, context=self._tls)
        else:
            connection = http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE)
        prefix = "" if address.socket is not None else address.prefix
        try:
            connection.request("GET", prefix + path, headers={**self._headers, **headers})
            with connection.getresponse() as response:
                self._has_answered = True
                if response.status not in (200, 304):
                    raise self._refusal(response, path, hint)
                return read(response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # Some answers that are no HTTP, as a piece of a size below 0, end in a ValueError of http.client.
            raise self._connection_failure(error, path) from error
        finally:
            connection.close()

    def _without_sense(self, path: str) -> SnapshotError:
        return SnapshotError(
            f"{self._address.naming(path)}: the answer makes no sense; is it lopt-daemon that listens there?"
        )

    def _refusal(self, response: http.client.HTTPResponse, path: str, hint: str) -> Exception:
        """Returns the error for an answer of another status."""
        try:
            said = json.loads(response.read(_MOST_OF_ERROR))["error"]
        except (ValueError, TypeError, KeyError, RecursionError):
            said = ""
        status = printable(f"{response.status} {response.reason}".strip())
        text = f"{self._address.naming(path)}: the server answers {status}"
        if isinstance(said, str) and said:
            text += f": {printable(said)}"
        if response.status == 401 and "Authorization" in self._headers:
            return SnapshotError(f"{text}; is it the token of that server?")
        if response.status == 401:
            return SnapshotError(f"{text}; give its token by token=")
        if response.status == 403:
            return SnapshotError(f"{text}; use its token, or, on its machine, its Unix socket")
        if response.status == 404:
            return SnapshotError(text + hint)
        if 300 <= response.status < 400 and (location := response.getheader("Location")):
            if other := self._address.moved(location, path):
                return SnapshotError(f"{text}; the daemon is at another address: {printable(other)}")
            return SnapshotError(
                f"{text}; it leads to {printable(location)}, which is not the daemon at another address"
            )
        if response.status >= 500:
            wished = response.getheader("Retry-After") or ""
            return _Failure(SnapshotError(text), float(wished) if re.fullmatch("[0-9]{1,9}", wished) else 0.0)
        return SnapshotError(text)

    def _connection_failure(self, error: Exception, path: str) -> Exception:
        """Returns the error for a connection that failed: a ``_Failure`` where it may pass."""
        name = self._address.naming(path)
        if isinstance(error, PermissionError) and self._address.socket is not None:
            return SnapshotError(f"{name}: this user may not use the socket; its owner and group may")
        if isinstance(error, ssl.SSLCertVerificationError):
            hint = "ca= names a file of certificates to trust"
            if self._ca is not None:
                hint = f"no certificate in {os.fspath(self._ca)} vouches for it, or it is of another host"
            return SnapshotError(f"{name}: its certificate is not to be trusted: {error.verify_message}; {hint}")
        is_broken_off = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
        if isinstance(error, ssl.SSLError) and not is_broken_off and not self._has_answered:
            return SnapshotError(f"{name}: speaks no TLS that is common to both: {error.reason}; is it http:// there?")
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        failure = SnapshotError(
            f"{name}: cannot be reached, or broke off: {printable(reason)}; is lopt-daemon running there?"
        )
        is_refused = isinstance(error, ConnectionRefusedError | FileNotFoundError | UnicodeError) or (
            isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN
        )
        return failure if is_refused and not self._has_answered else _Failure(failure)


def _path(name: str) -> str:
    return f"/v1/snapshots/{name}"


def _record(text: bytes) -> Record | None:
    try:
        return Record.parsed(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _tls(ca: str | os.PathLike[str] | None) -> ssl.SSLContext:
    """Makes the settings of TLS."""
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise SnapshotError(f"{os.fspath(ca or '')}: holds no certificate in PEM") from None
    except OSError as error:
        raise SnapshotError(f"{os.fspath(ca or '')}: the certificates cannot be read: {error.strerror}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.hostname_checks_common_name = False
    return context
