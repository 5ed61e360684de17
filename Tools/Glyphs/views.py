"""Views: what lies behind the characters. Each is a part of a photograph."""

import io

from PIL import Image

from failure import BAD_INPUT, Failure

# The shorter side of a view, and the shortest that the part may have that it is made of, in pixels.
SIDE, LEAST = 200, 48
OWN = 3  # views of a class


def parts_a_side(photographs, classes):
    """In how many rows and columns each photograph is cut, so that every class has views of its own."""
    count = 1
    while photographs * count * count < OWN * classes:
        count += 1
    return count


def views_of(name, data, count):
    """The parts of a photograph, row by row, reduced to the size of views."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Failure(BAD_INPUT, f"{name}: is not a picture that can be read, or not whole") from None
    width, height = image.width // count, image.height // count
    if min(width, height) < LEAST:
        raise Failure(
            BAD_INPUT,
            f"{name}: cut in {count}×{count}, as many classes need of so few photographs, it comes to {width}×{height} "
            f"pixels a part, fewer than {LEAST} a side: give more or larger photographs, or fewer classes",
        )
    scale = min(1, SIDE / min(width, height))
    size = (round(width * scale), round(height * scale))
    boxes = [(x * width, y * height, (x + 1) * width, (y + 1) * height) for y in range(count) for x in range(count)]
    return [image.resize(size, Image.Resampling.BOX, box=box) for box in boxes]


def dealt(photographs, draws):
    """Views in the order in which classes get them, three each: those of one class are of different photographs where
    there are as many as that."""
    photographs = [draws.shuffled(views) for views in draws.shuffled(photographs)]
    return [views[part] for part in range(len(photographs[0])) for views in photographs]
