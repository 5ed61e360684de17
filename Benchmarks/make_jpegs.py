"""Makes JPEGs with the shape and weight of ImageNet's photographs.

    make_jpegs.py FOLDER [COUNT]

Writes COUNT (2,000) files class-NN/NNNNN.JPEG of 500×375 at quality 90 with 4:2:0 subsampling: noise whose amplitude
falls with the frequency, as that of photographs does, edges of random shapes, and grain. numpy and Pillow; the same
files on every run with the same versions of both.
"""

import sys
from pathlib import Path

import numpy
from PIL import Image, ImageDraw

WIDTH, HEIGHT, PER_CLASS = 500, 375, 200


def noise(random, exponent):
    """[height, width, 3] of deviation 1, amplitude = frequency ** -exponent."""
    rows, columns = numpy.fft.fftfreq(HEIGHT)[:, None], numpy.fft.rfftfreq(WIDTH)[None]
    radius = numpy.hypot(rows, columns)
    radius[0, 0] = numpy.inf
    spectrum = numpy.fft.rfft2(random.standard_normal((3, HEIGHT, WIDTH))) * radius**-exponent
    field = numpy.fft.irfft2(spectrum, (HEIGHT, WIDTH))
    return numpy.moveaxis(field / field.std(axis=(1, 2), keepdims=True), 0, 2)


def shapes(random):
    """Flat polygons with sharp edges: [height, width, 3]."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        centre = random.uniform((0, 0), (WIDTH, HEIGHT))
        corners = centre + random.normal(0, 60, (5, 2))
        draw.polygon([tuple(corner) for corner in corners], fill=tuple(random.integers(40, 216, 3).tolist()))
    return numpy.asarray(image, float)


def photograph(number):
    random = numpy.random.default_rng(number)
    texture = random.uniform(20, 40) * noise(random, 1.2)
    grey = texture.mean(axis=2, keepdims=True)  # Channels of photographs go together.
    grain = random.normal(0, random.uniform(1, 4), (HEIGHT, WIDTH, 1))
    pixels = shapes(random) + 0.3 * texture + 1.2 * grey + grain
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    for number in range(count):
        target = folder / f"class-{number // PER_CLASS:02}" / f"{number:05}.JPEG"
        target.parent.mkdir(parents=True, exist_ok=True)
        photograph(number).save(target, quality=90, subsampling="4:2:0")


main()
