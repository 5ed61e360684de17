"""Compares a dataset made from MNIST with MNIST's own files, read by other means.

    compare_shards.py DATASET INPUT SIZE

Every key and value is looked up where Documentation/shards.md says it is; pixels are computed by numpy, or Pillow's box
filter. Prints how many agree; stops with an error at the first that does not.
"""

import gzip
import hashlib
import json
import struct
import sys
from pathlib import Path

import lmdb
import numpy
from PIL import Image

dataset, source, size = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])


def idx(name, header):
    return numpy.frombuffer(gzip.open(source / f"{name}-ubyte.gz").read(), numpy.uint8, offset=header)


def part(name):
    images = idx(f"{name}-images-idx3", 16).reshape(-1, 28, 28)
    if size == 14:
        corners = images.astype(int).reshape(-1, 14, 2, 14, 2)
        images = ((corners.sum(axis=(2, 4)) + 2) // 4).astype(numpy.uint8)
    elif size != 28:
        images = numpy.stack([Image.fromarray(image).resize((size, size), Image.BOX) for image in images])
    return images, idx(f"{name}-labels-idx1", 8)


(images, labels), (test_images, test_labels) = part("train"), part("t10k")
manifest = json.loads((dataset / "manifest.json").read_text())
assert manifest["format_version"] == 2
assert manifest["shape"] == [size, size, 1]
assert [entry["id"] for entry in manifest["classes"]] == [str(digit) for digit in range(10)]
assert sorted(path.name for path in dataset.iterdir()) == ["manifest.json"] + [
    shard["file"] for shard in manifest["shards"]
]

agree = 0
for number, shard in enumerate(manifest["shards"]):
    path = dataset / shard["file"]
    data = path.read_bytes()
    assert len(data) == shard["bytes"]
    assert hashlib.sha256(data).hexdigest() == shard["file_sha256"]
    content = hashlib.sha256()
    environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False)
    with environment.begin() as transaction:
        entries = iter(transaction.cursor())
        for digit, entry in enumerate(manifest["classes"]):
            if entry["shard"] != number:
                continue
            validation = test_images[test_labels == digit]
            expected = numpy.concatenate([images[labels == digit], validation])
            assert (entry["count"], entry["validation"]) == (len(expected), len(validation))
            for index, pixels in enumerate(expected):
                key, value = next(entries)
                assert key == struct.pack(">HI", digit, index), (key, digit, index)
                assert value == pixels.tobytes(), (digit, index)
                assert transaction.get(key) == value
                content.update(key + value)
                agree += 1
        assert next(entries, None) is None
    assert content.hexdigest() == shard["content_sha256"]

channel = manifest["channels"][0]
assert abs(channel["mean"] - images.mean()) < 1e-9
assert abs(channel["standard_deviation"] - images.std()) < 1e-9
print(f"{agree} entries agree")
