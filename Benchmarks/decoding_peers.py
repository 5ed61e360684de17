"""Times how fast other libraries bring a folder's JPEGs to SIZE × SIZE on one thread.

    decoding_peers.py pillow|opencv FOLDER REDUCTION [SIZE]

pillow: draft() to 1/REDUCTION, then resize() with BOX. opencv (opencv-python-headless): imread() reduced by REDUCTION,
then resize() with INTER_AREA. Each decodes every file once, from the page cache when called twice. Prints images/s.
Run it under taskset: the libraries' own threads are switched off, but not those of numpy.
"""

import sys
import time
from pathlib import Path


def pillow(reduction, size):
    from PIL import Image

    def decode(path):
        with Image.open(path) as image:
            image.draft("RGB", (image.width // reduction, image.height // reduction))
            return image.convert("RGB").resize((size, size), Image.Resampling.BOX)

    return decode


def opencv(reduction, size):
    import cv2

    cv2.setNumThreads(1)
    flag = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }[reduction]

    def decode(path):
        return cv2.resize(cv2.imread(str(path), flag), (size, size), interpolation=cv2.INTER_AREA)

    return decode


def main():
    library, folder, reduction = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    size = int(sys.argv[4]) if len(sys.argv) > 4 else 32
    decode = {"pillow": pillow, "opencv": opencv}[library](reduction, size)
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpeg", ".jpg"))
    started = time.perf_counter()
    for path in paths:
        decode(path)
    print(f"{len(paths) / (time.perf_counter() - started):.1f}")


main()
