"""Resizes every image of a folder with Pillow.

    resize_images.py FOLDER SIZE FILTER OUTPUT

Writes the pixels [images, SIZE, SIZE, 3] of `convert("RGB").resize((SIZE, SIZE), FILTER)`, in the order of the names;
of 16-bit greys the upper 8 bits.
"""

import sys
from pathlib import Path

import numpy
from PIL import Image

folder, size, output = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[4])
resampling = Image.Resampling[sys.argv[3].upper()]
results = []
for path in sorted(folder.iterdir(), key=lambda path: path.name):
    with Image.open(path) as image:
        if image.mode.startswith("I;16"):  # convert() would cut these off at 255
            image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
        results.append(numpy.asarray(image.convert("RGB").resize((size, size), resampling)))
output.write_bytes(numpy.stack(results).tobytes())
