"""Twenty classes of PNG files from the repository's sample of MNIST: the ten digits, and the ten upside down.

MNIST itself has too few classes for a split outer-validation, without which there is no evaluation to show.
"""

import gzip
import struct
import zlib

SIDE = 28


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels):
    """A grey picture."""
    rows = b"".join(b"\0" + pixels[start : start + SIDE] for start in range(0, len(pixels), SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(mnist, folder, images=60):
    """Writes so many pictures of each class to FOLDER/CLASS/NUMBER.png."""
    pixels = gzip.decompress((mnist / "train-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((mnist / "train-labels-idx1-ubyte.gz").read_bytes())[8:]
    written = {}
    for index, label in enumerate(labels):
        picture = pixels[index * SIDE * SIDE : (index + 1) * SIDE * SIDE]
        for name, content in ((f"digit-{label}", picture), (f"turned-{label}", picture[::-1])):
            number = written.get(name, 0)
            if number < images:
                (folder / name).mkdir(parents=True, exist_ok=True)
                (folder / name / f"{number:03}.png").write_bytes(png(content))
                written[name] = number + 1
