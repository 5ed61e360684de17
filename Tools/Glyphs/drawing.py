"""One picture of a class: a character before a part of a photograph."""

import colorsys
import io
import math

from PIL import Image, ImageDraw, ImageFilter

from views import OWN

# The share of a class's pictures that have its own views behind them, and that of those that have its own hue: cues
# that are learned sooner than the shape and do not tell all.
OWN_SHARE = 0.75
SMALLEST, LARGEST = 44, 84


class Artist:
    """Draws the pictures of all classes. `families` are the faces by family, `views` those of all classes in order."""

    def __init__(self, characters, families, views, is_grey):
        self.characters = characters
        self.views = views
        self.is_grey = is_grey
        self.families = {
            character: [
                able
                for faces in families.values()
                if (able := [face for face in faces if character in face.characters])
            ]
            for character in characters
        }

    def jpeg(self, index, draws):
        """The file of a picture of the class with this index."""
        data = io.BytesIO()
        image = self.picture(index, draws)
        quality = 72 + draws.below(19)
        if self.is_grey:
            image.convert("L").save(data, "JPEG", quality=quality)
        else:
            image.save(data, "JPEG", quality=quality, subsampling="4:2:0")
        return data.getvalue()

    def picture(self, index, draws):
        size = tuple(SMALLEST + draws.below(LARGEST - SMALLEST + 1) for _ in range(2))
        image = self.background(index, size, draws)
        colour = self.colour(index, brightness(image), draws)
        character = self.characters[index]
        face = draws.one_of(draws.one_of(self.families[character]))
        mask = self.mask(character, face, size, draws)
        if draws.chance(0.15):  # an outline
            outline = mask.filter(ImageFilter.MaxFilter(3))
            image.paste(tuple(255 - value for value in colour), mask=outline)
        elif draws.chance(0.2):  # a shadow
            shadow = Image.new("L", size)
            shadow.paste(mask, (1 + draws.below(3), 1 + draws.below(3)))
            image.paste((0, 0, 0), mask=shadow.point([value // 2 for value in range(256)]))
        opacity = draws.between(0.75, 1)
        image.paste(colour, mask=mask.point([round(value * opacity) for value in range(256)]))
        if draws.chance(0.5):
            image = image.filter(ImageFilter.GaussianBlur(round(draws.between(0.2, 0.9), 3)))
        return image

    def background(self, index, size, draws):
        """A part of a view, of the picture's size, mirrored or not, lighter or darker."""
        is_own = draws.chance(OWN_SHARE)
        view = self.views[OWN * index + draws.below(OWN)] if is_own else draws.one_of(self.views)
        most = min(view.width / size[0], view.height / size[1])
        scale = draws.between(min(1, most), most)
        part = [length * scale for length in size]
        left, top = (draws.between(0, whole - length) for whole, length in zip(view.size, part, strict=True))
        box = tuple(round(edge, 3) for edge in (left, top, left + part[0], top + part[1]))
        image = view.resize(size, Image.Resampling.BILINEAR, box=box)
        if draws.chance(0.5):
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        gain, lift = draws.between(0.6, 1.1), draws.between(-15, 30)
        return image.point([clipped(value * gain + lift) for value in range(256)] * 3)

    def colour(self, index, behind, draws):
        """A colour of the class's hue, or of another, that is lighter or darker than what is behind."""
        # By the golden section, classes that follow one another have hues far apart.
        own = index * 0.6180339887 + draws.between(-0.02, 0.02)
        hue = (own if draws.chance(OWN_SHARE) else draws.random()) % 1
        saturation = draws.between(0.55, 1)
        if draws.chance(0.9 if behind < 128 else 0.1):
            aim = draws.between(min(behind + 60, 225), 235)
        else:
            aim = draws.between(20, max(behind - 60, 30))
        low, high = 0.0, 1.0
        for _ in range(12):
            middle = (low + high) / 2
            colour = tuple(clipped(255 * value) for value in colorsys.hls_to_rgb(hue, middle, saturation))
            low, high = (middle, high) if luminance(colour) < aim else (low, middle)
        return colour

    def mask(self, character, face, size, draws):
        """Where the character and its neighbours are, of the picture's size: 255 inside, 0 outside.

        The text is written on a sheet, which is then turned, slanted and stretched so that the character's middle comes
        to lie at a place in the picture. Both have twice the picture's pixels a side.
        """
        angle, slant = draws.between(-0.35, 0.35), draws.between(-0.3, 0.3)
        stretch = draws.between(0.85, 1.2)
        cosine, sine = math.cos(angle), math.sin(angle)
        a, b = cosine * stretch, cosine * slant - sine / stretch
        c, d = sine * stretch, sine * slant + cosine / stretch
        a, b, c, d = (round(value, 6) for value in (a, b, c, d))

        # The character at a size of which its extents are so much of the picture's shorter side, and fit.
        left, top, right, bottom = face.font(100).getbbox(character, anchor="ls")
        extents = [abs(x) * (right - left) + abs(y) * (bottom - top) for x, y in [(a, b), (c, d)]]
        share = draws.between(0.45, 0.9) * min(size)
        scale = min(share / max(right - left, bottom - top), *((s - 3) / e for s, e in zip(size, extents, strict=True)))
        em = max(8, int(200 * scale))
        font = face.font(em)
        left, top, right, bottom = font.getbbox(character, anchor="ls")
        room = [s - e * scale for s, e in zip(size, extents, strict=True)]
        place = [s / 2 + draws.between(-0.5, 0.5) * max(0, r - 2) for s, r in zip(size, room, strict=True)]

        reach = math.ceil(2.6 * math.hypot(*size))
        sheet = Image.new("L", (2 * reach, 2 * reach))
        ink = ImageDraw.Draw(sheet)
        x, y = reach - (left + right) / 2, reach - (top + bottom) / 2
        ink.text((x, y), character, fill=255, font=font, anchor="ls")
        for side in (-1, 1):
            if not draws.chance(0.5):
                continue
            neighbour = draws.one_of(face.characters)
            near, _, far, _ = font.getbbox(neighbour, anchor="ls")
            # So much of it is inside the picture, unless the character leaves no room.
            seen = draws.between(0.2, 0.6) * (far - near)
            gap = draws.between(0.03, 0.12) * em
            border = 2 * (size[0] - place[0] if side > 0 else place[0])
            distance = max((right - left) / 2 + gap, border - seen)
            start = reach + distance - near if side > 0 else reach - distance - far
            ink.text((start, y), neighbour, fill=255, font=font, anchor="ls")

        determinant = a * d - b * c
        inverse = [[d / determinant, -b / determinant], [-c / determinant, a / determinant]]
        matrix = []
        for row in inverse:
            shift = reach - row[0] * 2 * place[0] - row[1] * 2 * place[1]
            matrix += [round(value, 5) for value in (*row, shift)]
        double = (2 * size[0], 2 * size[1])
        return sheet.transform(double, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC).reduce(2)


def clipped(value):
    return max(0, min(255, round(value)))


def luminance(colour):
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def brightness(image):
    """The mean luminance of a picture."""
    return luminance(image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))
