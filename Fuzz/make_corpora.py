"""Makes the inputs that the fuzz targets begin with, a folder for each, from the repository's own samples.

    make_corpora.py

Needs numpy and Pillow (Tools/Readers/requirements.txt). Inputs with other names, which a target once failed with, stay.
"""

import gzip
import io
import struct
import tarfile
from pathlib import Path

import numpy
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
MNIST = ROOT / "Examples/mnist"


def images(count):
    """[count, 28, 28]"""
    data = gzip.decompress((MNIST / "t10k-images-idx3-ubyte.gz").read_bytes())
    return numpy.frombuffer(data, numpy.uint8, count * 784, 16).reshape(count, 28, 28)


def labels(count):
    return numpy.frombuffer(gzip.decompress((MNIST / "t10k-labels-idx1-ubyte.gz").read_bytes()), numpy.uint8, count, 8)


def jpeg(mode="RGB", size=(28, 28), **options):
    """Three digits as red, green and blue, or one as grey."""
    planes = numpy.moveaxis(images(3), 0, 2)
    image = Image.fromarray(planes if mode == "RGB" else planes[:, :, 0]).resize(size)
    data = io.BytesIO()
    image.save(data, "JPEG", **{"quality": 75, **options})
    return data.getvalue()


def jpegs():
    return {
        "grey": jpeg("L"),
        "plain": jpeg(subsampling=0),
        "halved": jpeg(subsampling=2),
        "narrow": jpeg(size=(3, 50), subsampling=2),
        "restarts": jpeg(subsampling=2, restart_marker_blocks=1, optimize=True),
        "progressive": jpeg(progressive=True),
    }


def tar(entries, form=tarfile.USTAR_FORMAT, **headers):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form, bufsize=512) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.pax_headers = headers
            archive.addfile(entry, io.BytesIO(content))
    # Two blocks of zeros end it; tarfile fills up to 10 KiB.
    end = (len(data.getvalue().rstrip(b"\0")) + 511) // 512 * 512
    return data.getvalue()[: end + 1024]


def tars():
    inner = tar({"n90000000_0.JPEG": jpeg("L", (8, 8))[:300]})
    link = tarfile.TarInfo("b.JPEG")
    link.type, link.linkname = tarfile.SYMTYPE, "a.JPEG"
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(link)
    return {
        "nested": tar({"n90000000.tar": inner, "n90000001.tar": inner}),
        "long-name": tar({"folder/" * 20 + "a.JPEG": b"content"}, tarfile.GNU_FORMAT),
        "pax": tar({"ä" * 120 + ".JPEG": b"content"}, tarfile.PAX_FORMAT, comment="a record"),
        "sparse": tar(
            {"a.JPEG": b"1\n0\n7\n".ljust(512, b"\0") + b"content"},
            tarfile.PAX_FORMAT,
            **{"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "a.JPEG"},
        ),
        "link": data.getvalue()[:1536],
    }


def npzs():
    def made(save, **arrays):
        data = io.BytesIO()
        save(data, **arrays)
        return data.getvalue()

    pixels = images(2)[:, 6:22:2, 6:22:2].reshape(2, 64).repeat(3, 1)
    return {
        "stored": made(numpy.savez, data=pixels, labels=1 + labels(2).astype(int)),
        "deflated": made(numpy.savez_compressed, data=pixels, labels=1 + labels(2), mean=numpy.zeros(192)),
        "big-endian": made(numpy.savez, data=pixels, labels=(1 + labels(2)).astype(">u2")),
    }


def safetensors():
    theta = (ROOT / "Examples/theta/mlp2x32-train.safetensors").read_bytes()
    small = (
        b'{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}'
    )
    return {
        "theta": theta,
        "small": struct.pack("<Q", len(small)) + small + struct.pack("<2fB", 0.5, -1, 7),
    }


def thetas():
    return {
        name: (ROOT / f"Tests/Fixtures/update/{name}/theta.safetensors").read_bytes()
        for name in ("two-units", "all-options", "gradient-and-value")
    }


def idx():
    header = struct.pack(">4i", 0x803, 2, 28, 28)
    plain = {
        "images": header + images(2).tobytes(),
        "labels": struct.pack(">2i", 0x801, 20) + labels(20).tobytes(),
        "none": struct.pack(">2i", 0x801, 0),
    }
    return plain | {f"{name}-gzip": gzip.compress(data, mtime=0) for name, data in plain.items()}


def configurations():
    many = (
        '{"preset": "paper", "datasets": ["a", {"path": "b", "weight": 2}], "state": "c", "threads": 2,\n'
        ' "problem": ["mlp2x32", {"name": "conv3x32", "dataset": "b"}],\n'
        ' "outer": {"sigma": 0.01, "clip": {"at": 3}, "asynchronous": {"on": true}, "estimator": "pes"},\n'
        ' "http": {"port": 8417, "host": "::1", "host_names": ["trainer.example.org"]}, "inner": {"batch": 16}}\n'
    )
    options = (
        "datasets=a\nstate=b\nouter.learning_rate=0.001\nouter.estimator=es\nproblem=mlp2x32\n"
        'seed=18446744073709551615\ninner.optimizer.features=["time"]\nsnapshot.keep_every_seconds=1e3\n'
    )
    return {
        "package": (ROOT / "packaging/lopt.json").read_bytes(),
        "many": many.encode(),
        "utf-16": many[:120].encode("utf-16"),
        "options": options.encode(),
    }


def http():
    texts = {
        "range": "bytes=10-19",
        "last": "bytes=-500",
        "path": "/v1/snapshots/theta%2D000000120.safetensors?a=%41",
        "tags": 'W/"0123", "abc" , *',
        "host": "trainer.example.org.:8417",
        "address": "[::1]:8417",
        "target": "http://127.0.0.1:8417/v1/status",
    }
    return {name: text.encode() for name, text in texts.items()}


CORPORA = {
    "FuzzJPEG": jpegs,
    "FuzzTar": tars,
    "FuzzNPZ": npzs,
    "FuzzSafetensors": safetensors,
    "FuzzTheta": thetas,
    "FuzzIDX": idx,
    "FuzzConfiguration": configurations,
    "FuzzHTTP": http,
}

for target, make in CORPORA.items():
    folder = ROOT / "Fuzz/corpora" / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in make().items():
        (folder / name).write_bytes(content)
