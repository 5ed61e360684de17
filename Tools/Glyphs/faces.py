"""Typefaces: which of them draw which characters."""

import io
import statistics
from dataclasses import dataclass

from fontTools.ttLib import TTFont, TTLibError
from PIL import Image, ImageDraw, ImageFont


@dataclass
class Face:
    """A typeface with the characters, of those that are asked for, that it draws."""

    source: str
    file: str
    family: str
    style: str
    data: bytes
    characters: str

    def font(self, size):
        return opened(self.data, size)


def opened(data, size):
    # The simple layout, because the other one needs a library that is not everywhere.
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


def faces_of(source, characters):
    """The faces of a package's or a folder's files, and the names of the files that are no typefaces."""
    faces, refused = [], []
    for file, data in source.files:
        try:
            faces.append(read(source.name, file, data, characters))
        except (TTLibError, OSError, ValueError, KeyError, AssertionError):
            refused.append(file)
    return faces, refused


def read(source, file, data, characters):
    with TTFont(io.BytesIO(data), lazy=True) as table:
        names, known = table["name"], table.getBestCmap() or {}
        family = names.getDebugName(16) or names.getDebugName(1) or file
        style = names.getDebugName(17) or names.getDebugName(2) or ""
    font = opened(data, 48)

    def shape(character):
        return drawn(font, character) if ord(character) in known else None

    able = "".join(character for character in characters if shape(character) is not None)
    pairs = [(shape(small), shape(small.upper())) for small in "aegr"]
    unlike = [difference(*pair) for pair in pairs if None not in pair]
    if unlike and statistics.median(unlike) < 0.16:
        able = "".join(character for character in able if not is_small(character))
    return Face(source, file, family, style, data, able)


def drawn(font, character):
    """A character's shape, scaled to a square of 8 pixels a side, row by row; nothing where it has no ink."""
    left, top, right, bottom = font.getbbox(character)
    if right <= left or bottom <= top:
        return None
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), character, fill=255, font=font)
    return image.resize((8, 8), Image.Resampling.BOX).tobytes() if image.getbbox() else None


def difference(one, other):
    """From 0, of the same shape, to 1. A face of capitals alone has them in the places of the small letters too: there
    letters that look otherwise when they are small differ by 0.1 from the capitals, elsewhere by more than 0.2."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / max(1, sum(one) + sum(other))


def is_small(character):
    """Whether it is a small letter of Latin, Greek or Cyrillic; elsewhere such a letter may look like its capital."""
    return character.islower() and ord(character) < 0x530


def families(faces):
    """Faces by family, each face once, however many files and packages have it."""
    seen, found = set(), {}
    for face in faces:
        if face.characters and (face.family, face.style) not in seen:
            seen.add((face.family, face.style))
            found.setdefault(face.family, []).append(face)
    return found
