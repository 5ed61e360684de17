"""What several tests need: a home folder of their own, snapshots, and the programs where they are given."""

import ctypes
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

import lopt.numpy
from lopt import Architecture

#: The metadata of a snapshot of the paper's architecture, of format version 1.
METADATA = Architecture().metadata | {
    "format_version": "1",
    "outer_iteration": "120",
    "objective": "train",
    "estimator": "noise-reuse-es",
    "problem": "mlp2x32",
    "batch": "32",
    "steps": "500",
    "dataset": "mnist14",
    "dataset_sha256": "9a" * 32,
    "seed": "1",
    "tool_version": "0.1.0",
}


def safetensors_file(tensors, metadata):
    """Returns the bytes of a safetensors file. ``tensors`` are triples of a type, a shape and bytes, by name."""
    header, body = {"__metadata__": metadata} if metadata is not None else {}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def snapshot(metadata=METADATA, weights=None):
    """Returns the bytes of a snapshot's file."""
    weights = np.linspace(-1, 1, 1_090) if weights is None else weights
    data = np.asarray(weights, "<f4").tobytes()
    return safetensors_file({"theta": ("F32", [len(data) // 4], data)}, metadata)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home folder of the test's own, so that no test sees the user's cache or what it remembers of keys."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "LOPT_LIBRARY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def programs():
    """The folder of the programs ``lopt``, ``lopt-daemon`` and ``dataprep``, which the variable LOPT_TEST_BIN names."""
    if not (folder := os.environ.get("LOPT_TEST_BIN")):
        pytest.skip("LOPT_TEST_BIN names no folder with lopt, lopt-daemon and dataprep")
    return Path(folder)


class Kernels:
    """Stands for the library: it steps raw memory by ``lopt.numpy`` and counts the tensors."""

    def __init__(self):
        self.tensors = 0

    def step(self, theta, rows, rate, weight_decay):
        betas = len(theta.architecture.betas)

        def memory(address, *shape):
            return np.ctypeslib.as_array(ctypes.cast(address, ctypes.POINTER(ctypes.c_float)), shape)

        for count, step, values, gradient, moments in np.reshape(rows, (-1, 5)).tolist():
            u, mv = memory(values, count), memory(moments, 2, betas, count)
            u[:], mv[0], mv[1] = lopt.numpy.update(theta, u, memory(gradient, count), *mv, step, rate, weight_decay)
            self.tensors += 1


@pytest.fixture
def kernels(monkeypatch):
    fake = Kernels()
    monkeypatch.setattr("lopt._native.library", lambda: fake)
    monkeypatch.setattr("lopt._native.step", fake.step)
    return fake
