"""Compares what `dataprep export` made of a dataset with its shards, read by other means.

    compare_export.py DATASET NPZ PNG

Prints how many images agree; stops with an error at the first that does not.
"""

import json
import struct
import sys
from pathlib import Path

import lmdb
import numpy
from PIL import Image

dataset, npz, png = (Path(argument) for argument in sys.argv[1:4])
manifest = json.loads((dataset / "manifest.json").read_text())
height, width, channels = manifest["shape"]
training, validation = (numpy.load(npz / name) for name in ("train_data_batch_1.npz", "val_data.npz"))
for archive in (training, validation):
    assert archive.files == ["data", "labels"]
    assert archive["data"].dtype == numpy.uint8 and archive["labels"].dtype == numpy.int64

lines, next_training, next_validation, agree = [], 0, 0, 0
for position, entry in enumerate(manifest["classes"]):
    lines.append(f"{position + 1} {entry['id']} {entry['name']}\n")
    shard = dataset / manifest["shards"][entry["shard"]]["file"]
    with (
        lmdb.open(str(shard), subdir=False, readonly=True, lock=False) as environment,
        environment.begin() as transaction,
    ):
        for index in range(entry["count"]):
            value = transaction.get(struct.pack(">HI", position, index))
            image = numpy.frombuffer(value, numpy.uint8).reshape(height, width, channels)
            if index < entry["count"] - entry["validation"]:
                archive, row = training, next_training
                next_training += 1
            else:
                archive, row = validation, next_validation
                next_validation += 1
            assert archive["labels"][row] == position + 1
            planes = archive["data"][row].reshape(channels, height, width)
            assert (planes == numpy.moveaxis(image, 2, 0)).all(), (position, index)
            with Image.open(png / entry["id"] / f"{index:05}.png") as copy:
                assert copy.mode == "RGB"
                assert (numpy.asarray(copy) == image).all(), (position, index)
            agree += 1
assert len(training["data"]) == len(training["labels"]) == next_training
assert len(validation["data"]) == len(validation["labels"]) == next_validation
assert (npz / "classes.txt").read_text() == "".join(lines)
assert sorted(path.name for path in png.iterdir()) == sorted(entry["id"] for entry in manifest["classes"])
print(f"{agree} images agree")
