"""How far `--decode scaled` is from `--decode full` on the same JPEGs: the median of the images' PSNR.

    precision.py DATAPREP FOLDER

FOLDER is what make_jpegs.py made. Needs numpy.
"""

import sys
import tempfile
from pathlib import Path

import numpy

from interleaved import output


def pixels(program, folder, mode, temporary):
    """[image, value], training and validation images."""
    dataset, export = f"{temporary}/{mode}", f"{temporary}/{mode}-npz"
    output(
        program,
        "build",
        "shards",
        "--source",
        "folder",
        "--input",
        folder,
        "--size",
        "32",
        "--decode",
        mode,
        "--output",
        dataset,
    )
    output(program, "export", "--format", "npz", dataset, "--output", export)
    return numpy.concatenate([numpy.load(path)["data"] for path in sorted(Path(export).glob("*.npz"))]).astype(float)


def main():
    program, folder = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as temporary:
        full, scaled = (pixels(program, folder, mode, temporary) for mode in ("full", "scaled"))
    ratios = 10 * numpy.log10(255**2 / ((full - scaled) ** 2).mean(axis=1))
    print(f"{len(ratios)} images: median {numpy.median(ratios):.1f} dB, lowest {ratios.min():.1f} dB")


main()
