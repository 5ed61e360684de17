"""θ, the weights of a learned optimizer, with the architecture that they are of."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors
from numpy.typing import ArrayLike, NDArray

from lopt.architecture import Architecture
from lopt.errors import SnapshotError, printable

#: The most bytes of a snapshot that are read. What has more, as a device that never ends, is none.
MOST_BYTES = 256 << 20

_NEWEST_FORMAT = 2
_OPTIONS = ("time_frozen_at", "scale_by_rms", "raw_momentum")
#: The keys that every snapshot has, by whether their values are whole numbers, values of the architecture, or texts.
_WHOLE_NUMBERS = ("outer_iteration", "batch", "steps", "seed")
_ARCHITECTURE = ("hidden_layers", "hidden_units", "features", "betas", "time_scales", "lambda1", "lambda2")
_TEXTS = ("objective", "estimator", "problem", "dataset", "dataset_sha256", "tool_version")
_KNOWN = {"format_version", *_WHOLE_NUMBERS, *_ARCHITECTURE, *_TEXTS, *_OPTIONS, "average_decay", "instruction_set"}


class Theta:
    """A learned optimizer: an architecture and its weights θ, which never change.

    It is what the optimizers of ``lopt.numpy``, ``lopt.torch`` and ``lopt.optax`` are made of. It can be pickled,
    copied, compared and hashed; two are equal where architecture and weights are.

    Args:
        architecture: the architecture of the network.
        weights: the weights [``architecture.count``], of each layer the weight [in, out] row-major, then the bias.
        name: what errors and ``repr`` call it.

    Raises:
        SnapshotError: where the weights are not as many as the architecture has, or not finite.
    """

    __slots__ = ("_architecture", "_metadata", "_name", "_sha256", "_weights")

    _architecture: Architecture
    _weights: NDArray[np.float32]
    _sha256: str
    _metadata: dict[str, str]
    _name: str

    def __init__(self, architecture: Architecture, weights: ArrayLike, *, name: str = "theta") -> None:
        array = np.array(weights, dtype="<f4").reshape(-1)
        facts = json.dumps(architecture.metadata, sort_keys=True, separators=(",", ":"))
        self._set(architecture, array, hashlib.sha256(array.tobytes() + facts.encode()).hexdigest(), {}, name)

    def _set(
        self, architecture: Architecture, weights: NDArray[np.float32], sha256: str, metadata: dict[str, str], name: str
    ) -> None:
        """Checks the weights, and sets everything: ``__init__`` and the other ways to make a θ end here."""
        if wrong := int(np.count_nonzero(~np.isfinite(weights))):
            raise SnapshotError(
                f"{name}: damaged: {wrong} of its {len(weights)} weights are not finite numbers; take another snapshot"
            )
        if len(weights) != architecture.count:
            raise SnapshotError(
                f"{name}: damaged: has {len(weights)} weights; its architecture has {architecture.count}"
            )
        weights.flags.writeable = False
        values = (architecture, weights, sha256, dict(metadata), name)
        for slot, value in zip(("_architecture", "_weights", "_sha256", "_metadata", "_name"), values, strict=True):
            object.__setattr__(self, slot, value)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Theta:
        """Reads a snapshot, the file that ``lopt fetch`` and ``lopt.fetch`` get.

        Raises:
            SnapshotError: where the file cannot be read, is no snapshot, is damaged, is of a newer format or has an
                option that this package does not know. The message names the file and says what to do.
        """
        name = os.fspath(path)
        try:
            with open(path, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise SnapshotError(f"{name}: cannot be read: {error.strerror}; is the path right?") from error
        if len(data) > MOST_BYTES:
            raise SnapshotError(f"{name}: has more than the {MOST_BYTES >> 20} MiB that a snapshot may have")
        return cls.from_bytes(data, name=name)

    @classmethod
    def shipped(cls, name: str) -> Theta:
        """Returns one of the trained θs that come with this package, by its name, such as ``mlp2x32-train``.

        Raises:
            SnapshotError: where there is none of that name; the message lists those that there are.
        """
        files = {file.stem: file for file in Path(__file__).with_name("thetas").glob("*.safetensors")}
        if name not in files:
            raise SnapshotError(f"{name}: no θ of this name is shipped; there are {', '.join(sorted(files))}")
        return cls.from_bytes(files[name].read_bytes(), name=name)

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str) -> Theta:
        """Reads the bytes of a snapshot's file.

        Args:
            data: the bytes.
            name: what errors call the file.

        Raises:
            SnapshotError: as ``load``.
        """
        tensor, metadata = _parse(data, name)
        if "adam_steps" in metadata:
            raise SnapshotError(
                f"{name}: is the state of a run, not a snapshot: give a theta-….safetensors of the folder snapshots "
                "beside it, or get one with lopt.fetch"
            )
        if tensor is None:
            raise SnapshotError(f"{name}: not a snapshot: it has no float32 tensor theta")
        _check(metadata, name)
        try:
            architecture = Architecture.from_metadata(metadata)
        except ValueError as error:
            raise SnapshotError(f"{name}: damaged: its metadata's {error}") from None
        theta = cls.__new__(cls)
        theta._set(architecture, tensor, hashlib.sha256(data).hexdigest(), metadata, name)
        return theta

    @property
    def architecture(self) -> Architecture:
        """The architecture that the weights are of."""
        return self._architecture

    @property
    def weights(self) -> NDArray[np.float32]:
        """The weights [``architecture.count``], read-only."""
        return self._weights

    @property
    def layers(self) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """The weight [in, out] and the bias [out] of each layer, the first layer first; read-only views of
        ``weights``."""
        layers, start = [], 0
        for inputs, outputs in self._architecture.shapes:
            middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
            layers.append((self._weights[start:middle].reshape(inputs, outputs), self._weights[middle:end]))
            start = end
        return layers

    @property
    def sha256(self) -> str:
        """The SHA-256 of the snapshot's file, 64 hexadecimal digits; of a θ that was made of an array, that of the
        weights' bytes and the architecture."""
        return self._sha256

    @property
    def metadata(self) -> dict[str, str]:
        """What the snapshot's file states about θ, by key: the architecture, and what it was trained on. It is empty
        for a θ that was made of an array."""
        return dict(self._metadata)

    @property
    def name(self) -> str:
        """What errors call this θ: a path, the name of a snapshot or of a shipped θ."""
        return self._name

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Theta never changes: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Theta never changes: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Theta):
            return NotImplemented
        return self._architecture == other._architecture and bool(np.array_equal(self._weights, other._weights))

    def __hash__(self) -> int:
        return hash((self._architecture, (self._weights + np.float32(0)).tobytes()))  # −0 equals 0

    def __copy__(self) -> Theta:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Theta:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._architecture, self._weights.tobytes(), self._sha256, self._metadata, self._name)

    def __repr__(self) -> str:
        return f"<Theta {self._name}: {self._architecture.count} weights, SHA-256 {self._sha256[:16]}…>"


def _restored(architecture: Architecture, weights: bytes, sha256: str, metadata: dict[str, str], name: str) -> Theta:
    """Makes a θ of what ``pickle`` kept of it."""
    theta = Theta.__new__(Theta)
    theta._set(architecture, np.frombuffer(weights, dtype="<f4"), sha256, metadata, name)
    return theta


def _parse(data: bytes, name: str) -> tuple[NDArray[np.float32] | None, dict[str, str]]:
    """Reads a file of the safetensors format.

    Returns:
        the values of its float32 tensor ``theta``, flat, or None where it has none; and its metadata.
    """
    try:
        tensors = dict(safetensors.deserialize(data))
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length], object_pairs_hook=_unique).get("__metadata__", {})
    except (safetensors.SafetensorError, ValueError, RecursionError) as error:
        raise SnapshotError(
            f"{name}: not a sound safetensors file: {error}; is it the file of a snapshot, and all of it?"
        ) from None
    theta = tensors.get("theta")
    if theta is None or theta["dtype"] != "F32":
        return None, metadata
    return np.frombuffer(bytes(theta["data"]), dtype="<f4"), metadata


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Makes a dictionary of a JSON object, of which no key may be there twice."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("its header has a key twice")
    return values


def _check(metadata: Mapping[str, str], name: str) -> None:
    """Checks that metadata is a snapshot's, of a format that this package knows. The architecture is not looked at."""
    for key in ("format_version", *_WHOLE_NUMBERS, *_ARCHITECTURE, *_TEXTS):
        if key not in metadata:
            raise SnapshotError(f"{name}: not a snapshot of θ: its metadata lacks {key}")
    for key in ("format_version", *_WHOLE_NUMBERS):
        if not re.fullmatch("-?(0|[1-9][0-9]{0,19})", metadata[key]):
            raise SnapshotError(
                f'{name}: damaged: its metadata\'s {key} is "{printable(metadata[key])}", must be a whole number'
            )
    version = int(metadata["format_version"])
    if version < 1:
        raise SnapshotError(f"{name}: not a snapshot of θ: its format version is {version}, and the first one is 1")
    if version > _NEWEST_FORMAT:
        raise SnapshotError(
            f"{name}: has format version {version}; this package reads up to {_NEWEST_FORMAT}: take a newer one of it"
        )
    for option in _OPTIONS:
        if version < 2 and option in metadata:
            raise SnapshotError(
                f"{name}: damaged: its metadata has {option}, which format version {version} does not have"
            )
    if version >= 2 and (unknown := sorted(set(metadata) - _KNOWN)):
        raise SnapshotError(
            f"{name}: its metadata has the key {printable(unknown[0])}, which this package does not know, and θ may "
            "not be run without: take a newer one of it"
        )
