"""Checks that nothing in a drawing touches its border, as text does that is cut off there.

    border.py FILE.svg …

Every file is drawn by rsvg-convert (Debian's librsvg2-bin), 1,200 and 400 pixels wide. Prints each that has anything
but white in the outermost pixels, and ends with 1 where there is one.
"""

import struct
import subprocess
import sys
import zlib


def rows_of(png):
    """Returns the rows of an image as rsvg-convert writes it, and a pixel's bytes: colours, perhaps opacity."""
    position, data, width, size = 8, b"", 0, 0
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        kind, body = png[position + 4 : position + 8], png[position + 8 : position + 8 + length]
        position += 12 + length
        if kind == b"IHDR":
            width, _, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            if depth != 8 or colour not in (2, 6) or interlace:
                raise SystemExit(f"border.py: a PNG of another kind: depth {depth}, colour {colour}")
            size = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            data += body
    data = zlib.decompress(data)
    stride, above, rows = size * width, bytearray(size * width), []
    for start in range(0, len(data), stride + 1):
        way, row = data[start], bytearray(data[start + 1 : start + 1 + stride])
        for i in range(stride):
            left = row[i - size] if i >= size else 0
            corner = above[i - size] if i >= size else 0
            if way == 1:
                row[i] = (row[i] + left) & 255
            elif way == 2:
                row[i] = (row[i] + above[i]) & 255
            elif way == 3:
                row[i] = (row[i] + (left + above[i]) // 2) & 255
            elif way == 4:
                guess = left + above[i] - corner
                distances = abs(guess - left), abs(guess - above[i]), abs(guess - corner)
                nearest = (left, above[i], corner)[distances.index(min(distances))]
                row[i] = (row[i] + nearest) & 255
        rows.append(row)
        above = row
    return rows, size


def touches(file, width):
    drawn = subprocess.run(
        ["rsvg-convert", "--background-color", "white", "-w", str(width), file], capture_output=True, check=False
    )
    if drawn.returncode != 0:
        raise SystemExit(f"border.py: {file}: {drawn.stderr.decode(errors='replace').strip()}")
    rows, size = rows_of(drawn.stdout)
    sides = [rows[0], rows[-1], *(row[:size] for row in rows), *(row[-size:] for row in rows)]
    return any(value != 255 for side in sides for value in side)


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 64
    found = [(file, width) for file in sys.argv[1:] for width in (1200, 400) if touches(file, width)]
    for file, width in found:
        print(f"{file}: something touches the border, {width} pixels wide")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
