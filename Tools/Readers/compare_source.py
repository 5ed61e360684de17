"""Compares a dataset with the source that it was made from, read by other means: tarfile, numpy, Pillow.

    compare_source.py DATASET KIND FOLDER

KIND is one of make_source.py's. The pixels of pictures may differ by 1 from Pillow's box filter, others not at all.
Prints how many images agree; stops with an error at the first that does not.
"""

import io
import json
import struct
import sys
import tarfile
from collections import defaultdict
from pathlib import Path

import lmdb
import numpy
from PIL import Image

dataset, kind, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
manifest = json.loads((dataset / "manifest.json").read_text())
height, width, _ = manifest["shape"]
# Of each class's id its images, those of training first, and how many are for validation by the source's word.
classes, validation = defaultdict(list), defaultdict(int)


def read_archive(data, name):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        classes[name.removesuffix(".tar")] += [archive.extractfile(entry).read() for entry in archive]


def add(identity, planes, is_validation):
    classes[identity].append(planes.reshape(3, 32, 32).transpose(1, 2, 0))
    validation[identity] += is_validation


if kind == "imagenet-tar":
    with tarfile.open(folder / "train.tar") as archive:
        for entry in archive:
            read_archive(archive.extractfile(entry).read(), entry.name)
elif kind == "imagenet-tars":
    for path in sorted(folder.iterdir()):
        read_archive(path.read_bytes(), path.name)
elif kind in ["imagenet-folders", "folder"]:
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = [path for path in place.rglob("*.*") if path.suffix != ".txt" and not path.name.startswith(".")]
        # What lies in the class's folder itself comes first.
        files.sort(key=lambda path: (len(path.parts), str(path)))
        classes[place.name] = [path.read_bytes() for path in files]
elif kind.startswith("imagenet32"):
    for name in [*(f"train_data_batch_{number}" for number in range(1, 11)), "val_data"]:
        with numpy.load(folder / f"{name}.npz", allow_pickle=False) as batch:
            for planes, label in zip(batch["data"], batch["labels"], strict=True):
                add(f"{label:04d}", planes, name == "val_data")
else:
    names = [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]
    prefix = 1 if kind == "cifar10" else 2
    for name in names if kind == "cifar10" else ["train.bin", "test.bin"]:
        records = numpy.frombuffer((folder / name).read_bytes(), numpy.uint8).reshape(-1, prefix + 3072)
        for record in records:
            identity = str(record[prefix - 1]) if kind == "cifar10" else f"{record[prefix - 1]:02d}"
            add(identity, record[prefix:], name.startswith("test"))


def differs(value, expected):
    if isinstance(expected, bytes):
        picture = Image.open(io.BytesIO(expected)).convert("RGB").resize((width, height), Image.BOX)
        return numpy.abs(value.astype(int) - numpy.asarray(picture)).max() > 1
    return not numpy.array_equal(value, expected)


order = list(classes) if kind == "imagenet-tar" else sorted(classes)
assert [entry["id"] for entry in manifest["classes"]] == order, "the classes and their order"
agree = 0
for position, entry in enumerate(manifest["classes"]):
    images = classes[entry["id"]]
    assert entry["count"] == len(images), entry
    assert not validation or entry["validation"] == validation[entry["id"]], entry
    shard = dataset / manifest["shards"][entry["shard"]]["file"]
    with lmdb.open(str(shard), subdir=False, readonly=True, lock=False) as environment, environment.begin() as shard:
        for index, expected in enumerate(images):
            value = numpy.frombuffer(shard.get(struct.pack(">HI", position, index)), numpy.uint8)
            assert not differs(value.reshape(manifest["shape"]), expected), (entry["id"], index)
            agree += 1
print(f"{agree} images agree")
