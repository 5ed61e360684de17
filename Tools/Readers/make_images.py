"""Makes image files of every kind that the decoder must know, with Pillow.

    make_images.py FOLDER

Names say what is in them: KIND-WIDTHxHEIGHT.jpg or .png. Pixels are blocks of random colour under random noise, the
same on every run.
"""

import struct
import sys
import zlib
from pathlib import Path

import numpy
from PIL import Image

SIZES = [(1, 1), (1, 500), (500, 1), (32, 32), (17, 93), (93, 17), (31, 33), (100, 400), (200, 20), (500, 375)]
JPEG = {
    "plain": {"subsampling": 0},
    "halved": {"subsampling": 2},
    "progressive": {"progressive": True},
    "restarts": {"subsampling": 2, "restart_marker_blocks": 3, "optimize": True},
}

folder = Path(sys.argv[1])
random = numpy.random.default_rng(1)


def pixels(width, height, channels):
    """[height, width, channels]"""
    blocks = random.integers(0, 256, (height // 3 + 1, width // 3 + 1, channels)).repeat(3, 0).repeat(3, 1)
    return (0.7 * blocks[:height, :width] + random.integers(0, 77, (height, width, channels))).astype(numpy.uint8)


def picture(mode, width, height):
    if mode == "CMYK":
        return Image.merge(
            "CMYK", [Image.fromarray(ink) for ink in numpy.moveaxis(pixels(width, height, 4), 2, 0).copy()]
        )
    return Image.fromarray(pixels(width, height, 4 if mode in ("RGBA", "LA") else 3)).convert(mode)


def save(image, kind, ending, **options):
    image.save(folder / f"{kind}-{image.width}x{image.height}.{ending}", **options)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def save_png(values, kind, interlaced=False, gamma=None):
    """What Pillow does not write. `values`: [height, width, 1 or 3], UInt8 or UInt16."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    height, width, channels = values.shape
    passes = [values[y::down, x::right] for x, y, right, down in ADAM7] if interlaced else [values]
    big = [part.astype(values.dtype.newbyteorder(">")) for part in passes if part.size]
    rows = b"".join(b"\0" + row.tobytes() for part in big for row in part)
    colour = {1: 0, 3: 2}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8 * values.itemsize, colour, 0, 0, interlaced)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    if gamma:
        file += chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    file += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (folder / f"{kind}-{width}x{height}.png").write_bytes(file)


for size in SIZES:
    for mode in ["RGB", "L", "CMYK"]:
        for kind, options in JPEG.items():
            save(picture(mode, *size), f"{mode}-{kind}", "jpg", quality=90, **options)
    for mode in ["RGB", "L", "P", "1", "RGBA", "LA"]:
        save(picture(mode, *size), mode, "png")
    save(picture("P", *size), "P-transparent", "png", transparency=3)

for size in [(3, 5), (200, 75)]:
    save_png(pixels(*size, 3), "interlaced", interlaced=True)
    save_png(pixels(*size, 3), "linear", gamma=1.0)
    for channels in (1, 3):
        # The 16 bits of an 8-bit value, so that it does not matter whether a reader cuts them off or rounds.
        save_png(pixels(*size, channels) * numpy.uint16(257), f"deep{channels}")

rotated = Image.Exif()
rotated[0x0112] = 6  # turn by a quarter before it is shown
save(picture("RGB", 60, 40), "rotated", "jpg", exif=rotated)
save(Image.new("RGB", (32, 32)), "black", "jpg")
