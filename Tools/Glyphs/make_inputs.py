"""Makes a few typefaces and photographs, for tests of make-glyphs that fetch nothing.

    make_inputs.py FOLDER

FOLDER gets fonts/One.ttf and fonts/Two.ttf, which draw the characters from A to H, and photographs/0.jpg to 3.jpg.
"""

import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

CHARACTERS = "ABCDEFGH"


def glyph(bars):
    """Bars beside one another, as high as the numbers say."""
    pen = TTGlyphPen(None)
    for index, height in enumerate(bars):
        left, right, top = 150 * index, 150 * index + 110, 100 * height
        pen.moveTo((left, 0))
        for point in [(left, top), (right, top), (right, 0)]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def font(family, step):
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *CHARACTERS])
    builder.setupCharacterMap({ord(character): character for character in CHARACTERS})
    glyphs = {".notdef": glyph([1])}
    for index, character in enumerate(CHARACTERS):
        glyphs[character] = glyph([1 + (index * step + 3 * bar) % 8 for bar in range(4)])
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (650, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    return builder


def photograph(number):
    """A coarse pattern of colours, smoothed."""
    coarse = Image.new("RGB", (8, 6))
    for x in range(8):
        for y in range(6):
            coarse.putpixel((x, y), tuple((37 * x + 71 * y + 83 * number * (band + 1)) % 256 for band in range(3)))
    return coarse.resize((320, 240), Image.Resampling.BICUBIC)


fonts, photographs = (Path(sys.argv[1]) / name for name in ("fonts", "photographs"))
for folder in (fonts, photographs):
    folder.mkdir(parents=True)
for family, step in [("One", 1), ("Two", 3)]:
    font(family, step).save(fonts / f"{family}.ttf")
for number in range(4):
    photograph(number).save(photographs / f"{number}.jpg")
