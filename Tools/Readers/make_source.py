"""Makes a small source of images as other people's programs write it: tarfile, numpy.savez, Pillow.

    make_source.py KIND FOLDER [CLASSES [IMAGES]]

KIND is imagenet-tar, imagenet-tars, imagenet-folders, folder, imagenet32, imagenet32-deflated, cifar10 or cifar100. The
images are the same for the same kind and numbers.
"""

import io
import sys
import tarfile
from pathlib import Path

import numpy
from PIL import Image

kind, folder = sys.argv[1], Path(sys.argv[2])
class_count = int(sys.argv[3]) if len(sys.argv) > 3 else 4
image_count = int(sys.argv[4]) if len(sys.argv) > 4 else 12
folder.mkdir(parents=True, exist_ok=True)


def random(*indices):
    return numpy.random.default_rng(indices)


def picture(imageclass, image):
    """A smooth picture of a size of its own."""
    width, height = random(imageclass, image, 0).integers(40, 90, 2)
    coarse = random(imageclass, image, 1).integers(0, 256, (5, 5, 3), numpy.uint8)
    return Image.fromarray(coarse).resize((int(width), int(height)), Image.BICUBIC)


def encoded(imageclass, image, form="JPEG"):
    data = io.BytesIO()
    picture(imageclass, image).save(data, form, quality=90)
    return data.getvalue()


def add(archive, name, data):
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def wnid(imageclass):
    return f"n{90000000 + imageclass:08d}"


def class_archive(imageclass):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for image in range(image_count):
            add(archive, f"{wnid(imageclass)}_{image}.JPEG", encoded(imageclass, image))
    return data.getvalue()


def imagenet_tar():
    with tarfile.open(folder / "train.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for imageclass in range(class_count):
            add(archive, f"{wnid(imageclass)}.tar", class_archive(imageclass))


def imagenet_tars():
    for imageclass in range(class_count):
        (folder / f"{wnid(imageclass)}.tar").write_bytes(class_archive(imageclass))


def imagenet_folders():
    for imageclass in range(class_count):
        (folder / wnid(imageclass)).mkdir()
        for image in range(image_count):
            path = folder / wnid(imageclass) / f"{wnid(imageclass)}_{image:05d}.JPEG"
            path.write_bytes(encoded(imageclass, image))


def class_tree():
    """Nested folders, endings in any case, and what is no picture."""
    for imageclass in range(class_count):
        for image in range(image_count):
            place = folder / f"class {imageclass}" / ("sub/deep" if image % 3 == 0 else ".")
            place.mkdir(parents=True, exist_ok=True)
            ending, form = [("jpg", "JPEG"), ("JPEG", "JPEG"), ("Png", "PNG")][image % 3]
            (place / f"{image:03d}.{ending}").write_bytes(encoded(imageclass, image, form))
        (folder / f"class {imageclass}" / "notes.txt").write_text("no picture")
        (folder / f"class {imageclass}" / "._000.jpg").write_text("what macOS leaves")
    (folder / "list.csv").write_text("no class")


def planes(count, *seed):
    return random(*seed).integers(0, 256, (count, 3072), numpy.uint8)


def imagenet32(save):
    for batch, count in [(1, 7), (2, 5), *((batch, 1) for batch in range(3, 10)), (10, 4)]:
        labels = 1 + random(batch).permutation(numpy.arange(class_count * count) % class_count)
        save(
            folder / f"train_data_batch_{batch}.npz",
            data=planes(len(labels), batch, 7),
            labels=labels,
            mean=numpy.zeros(3072),
        )
    labels = 1 + numpy.arange(2 * class_count, dtype=numpy.uint16) % class_count
    save(folder / "val_data.npz", data=planes(len(labels), 99), labels=labels)


def cifar(files, prefix):
    for number, name in enumerate(files):
        labels = random(number).permutation(numpy.arange(class_count * image_count) % class_count).astype(numpy.uint8)
        columns = [numpy.full(len(labels), 200, numpy.uint8)] * prefix + [labels]
        records = numpy.concatenate([numpy.stack(columns, 1), planes(len(labels), number, 3)], axis=1)
        (folder / name).write_bytes(records.tobytes())


{
    "imagenet-tar": imagenet_tar,
    "imagenet-tars": imagenet_tars,
    "imagenet-folders": imagenet_folders,
    "folder": class_tree,
    "imagenet32": lambda: imagenet32(numpy.savez),
    "imagenet32-deflated": lambda: imagenet32(numpy.savez_compressed),
    "cifar10": lambda: cifar([f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"], 0),
    "cifar100": lambda: cifar(["train.bin", "test.bin"], 1),
}[kind]()
