"""Times how fast Python loaders give batches of 128 normalised images of a task.

    streaming_peers.py prepare DATASET FOLDER
    streaming_peers.py pytorch FOLDER WORKERS [SECONDS]
    streaming_peers.py webdataset FOLDER WORKERS [SECONDS]

prepare writes the training images of a dataset's first ten classes as images.npy, labels.npy and ten tars, in which raw
pixels and labels lie in random order, so that nothing has to be decoded. pytorch: a DataLoader that draws with
replacement from the mapped array, a whole batch at a time. webdataset: tars in random order, each read from its
beginning to its end, through a shuffle buffer of 1,000 images, as the library of that name does; each worker reads its
own. WORKERS: processes beside the consumer's; 0: none. They hand over bytes, a quarter of what the consumer makes of
them. Prints images/s after the first tenth of SECONDS (5). Needs numpy and lmdb, the last two torch.
"""

import io
import json
import random
import struct
import sys
import tarfile
import time
from pathlib import Path

import numpy

BATCH, SHUFFLED, TARS = 128, 1000, 10
MEAN, DEVIATION = 127.5, 74.0


def prepare(dataset, folder):
    import lmdb

    manifest = json.loads((dataset / "manifest.json").read_text())
    images, labels = [], []
    for position, entry in enumerate(manifest["classes"][:10]):
        shard = str(dataset / manifest["shards"][entry["shard"]]["file"])
        with lmdb.open(shard, subdir=False, readonly=True, lock=False) as file, file.begin() as transaction:
            for index in range(entry["count"] - entry["validation"]):
                images.append(numpy.frombuffer(transaction.get(struct.pack(">HI", position, index)), numpy.uint8))
                labels.append(position)
    folder.mkdir(parents=True, exist_ok=True)
    numpy.save(folder / "images.npy", numpy.stack(images).reshape(-1, *manifest["shape"]))
    numpy.save(folder / "labels.npy", numpy.array(labels))
    order = numpy.random.default_rng(0).permutation(len(images))
    for number, part in enumerate(numpy.array_split(order, TARS)):
        with tarfile.open(folder / f"{number}.tar", "w") as tar:
            for index in part:
                for ending, data in (("bin", images[index].tobytes()), ("cls", str(labels[index]).encode())):
                    member = tarfile.TarInfo(f"{index}.{ending}")
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))


def pytorch(folder, workers):
    import torch

    class Images(torch.utils.data.Dataset):
        def __init__(self):
            self.images = numpy.load(folder / "images.npy", mmap_mode="r")
            self.labels = torch.from_numpy(numpy.load(folder / "labels.npy"))

        def __len__(self):
            return len(self.images)

        def __getitem__(self, indices):
            return torch.from_numpy(self.images[indices]), self.labels[indices]

    images = Images()
    draws = torch.utils.data.RandomSampler(images, replacement=True, num_samples=1_000_000 * BATCH)
    batches = torch.utils.data.BatchSampler(draws, BATCH, drop_last=True)
    return torch.utils.data.DataLoader(images, sampler=batches, batch_size=None, num_workers=workers)


def webdataset(folder, workers):
    import torch

    class Tars(torch.utils.data.IterableDataset):
        def examples(self, paths):
            while True:
                random.shuffle(paths)
                for path in paths:
                    with tarfile.open(path, "r|") as tar:
                        pixels = None
                        for member in tar:
                            data = tar.extractfile(member).read()
                            if member.name.endswith(".bin"):
                                pixels = numpy.frombuffer(data, numpy.uint8).reshape(32, 32, 3)
                            else:
                                yield pixels, int(data)

        def __iter__(self):
            worker = torch.utils.data.get_worker_info()
            first, step = (worker.id, worker.num_workers) if worker else (0, 1)
            examples = self.examples([str(folder / f"{number}.tar") for number in range(first, TARS, step)])
            buffer = [next(examples) for _ in range(SHUFFLED)]
            while True:
                batch = []
                for _ in range(BATCH):
                    place = random.randrange(SHUFFLED)
                    batch.append(buffer[place])
                    buffer[place] = next(examples)
                pixels, labels = zip(*batch, strict=True)
                yield torch.from_numpy(numpy.stack(pixels)), torch.tensor(labels)

    return torch.utils.data.DataLoader(Tars(), batch_size=None, num_workers=workers)


def rate(loader, seconds):
    import torch

    started = time.perf_counter()
    counted = None
    for number, (pixels, _) in enumerate(loader):
        pixels.to(torch.float32).sub_(MEAN).div_(DEVIATION)
        now = time.perf_counter() - started
        if counted is None and now > seconds / 10:
            counted = (number, now)
        if now > seconds:
            return (number - counted[0]) * BATCH / (now - counted[1])
    sys.exit("the loader ended before the time was over")


def main():
    if sys.argv[1] == "prepare":
        return prepare(Path(sys.argv[2]), Path(sys.argv[3]))
    loader = {"pytorch": pytorch, "webdataset": webdataset}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    print(f"{rate(loader, float(sys.argv[4]) if len(sys.argv) > 4 else 5):.0f}")


main()
