"""Fetching a θ from the daemon that trains it."""

from __future__ import annotations

import os
from typing import Literal

from lopt._cache import Cache
from lopt._record import Trust, is_snapshot_name
from lopt.errors import SnapshotError
from lopt.theta import Theta

_WORDS = ("latest", "best", "latest-average", "best-average")


def fetch(
    address: str,
    name: str,
    *,
    average: bool = False,
    token: str | None = None,
    ca: str | os.PathLike[str] | None = None,
    public_key: str | os.PathLike[str] | None = None,
    allow_older: bool = False,
    cache: str | os.PathLike[str] | Literal[False] | None = None,
    offline: bool = False,
    retries: int = 5,
) -> Theta:
    """Fetches a θ from the daemon that trains it, as the program ``lopt fetch`` does, and checks it.

    What was fetched is kept in a cache, which ``lopt fetch`` shares, and not downloaded again.

    Args:
        address: the daemon: ``http://HOST:PORT``, ``https://HOST``, or ``unix:PATH`` for its Unix socket.
        name: ``latest`` for the newest snapshot, ``best`` for that of the lowest evaluation, or a snapshot's name, such
            as ``theta-000000012.safetensors``.
        average: with ``latest`` or ``best``, whether to take the average of θ at that step, which is the better one
            where the run keeps it.
        token: the token that the daemon asks for. It is sent to that address only.
        ca: a file of certificates in PEM of the authorities that may vouch for an ``https`` address, in the place of
            the system's.
        public_key: the file of the key that must have signed the snapshot, which ends in ``.pub``. Then a ``latest``
            that is older than what was fetched before is refused too.
        allow_older: whether to take it all the same.
        cache: the folder of the cache; None for that of the user, ``lopt/snapshots`` in the folder of XDG_CACHE_HOME;
            False for no cache.
        offline: whether to ask nobody, and to take from the cache what was fetched from that address before.
        retries: how often a request is sent again where the connection or the server fails, after pauses that double
            from 0.5 s to 30 s. The logger ``lopt`` tells of each.

    Raises:
        SnapshotError: where there is no such snapshot, it is not to be trusted, or the daemon does not answer.
        ImportError: where a public key is given, and the package ``cryptography`` is not there.
        ValueError: where arguments do not go together.
    """
    # What speaks HTTP takes a third of the time of importing this package, and most programs never fetch.
    from lopt._daemon import Address, Daemon, log

    if average and name not in _WORDS:
        raise ValueError("average goes with latest or best; a name says which it is: average-000000012.safetensors")
    if offline and cache is False:
        raise ValueError("offline takes from the cache: leave out cache=False")
    word = f"{name}-average" if average and not name.endswith("-average") else name
    if word not in _WORDS and not is_snapshot_name(word):
        raise SnapshotError(
            f"{name}: must be latest, best or the name of a snapshot, such as theta-000000012.safetensors"
        )
    place, trust = Address(address), Trust(public_key, allow_older)
    kept = None if cache is False else Cache(cache)
    is_newest = word in ("latest", "latest-average")

    data = None
    if offline:
        assert kept is not None
        record = kept.record(word, place.text)
        if record is not None:
            trust.check(record, is_newest)
            data = kept.read(record)
        if record is None or data is None:
            raise SnapshotError(f"{word}: was not fetched from {place.text} before, or the cache has dropped it")
    else:
        daemon = Daemon(place, token=token, ca=ca, retries=retries)
        if word in _WORDS:
            record = daemon.record(word)
            trust.check(record, is_newest)
            data = None if kept is None else kept.read(record)
        else:
            known = [] if kept is None else kept.digests(word)
            record, data = daemon.file(word, known, lambda record: trust.check(record, is_newest))
            if data is None and kept is not None:
                data = kept.read(record)
        if data is None:
            data = daemon.download(record)

    theta = Theta.from_bytes(data, name=record.name)
    try:
        trust.remember(record)
    except OSError as error:
        log.warning(
            "%s: its step could not be remembered, by which an older one would be known: %s", record.name, error
        )
    if kept is not None and not offline:
        try:
            kept.keep(record, data, place.text, word)
        except OSError as error:
            log.warning("%s: could not be kept in the cache: %s", record.name, error)
    return theta
