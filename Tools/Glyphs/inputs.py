"""What pictures are made of: typefaces and views, of packages or of folders."""

import json
from dataclasses import dataclass
from pathlib import Path

import packages
from alphabets import ALPHABETS
from drawing import Artist
from draws import Draws
from faces import faces_of, families
from failure import BAD_INPUT, Failure
from processes import processes
from views import OWN, dealt, parts_a_side, views_of

# The packages, with their licences, and with the versions and files of which the promised archive is made.
TABLE = Path(__file__).parent / "packages.json"


@dataclass
class Inputs:
    fonts: list[packages.Source]
    photographs: list[packages.Source]
    # Packages that this system's archive does not have.
    absent: list[str]

    @property
    def all(self):
        return self.fonts + self.photographs


def read_inputs(options, say):
    table = json.loads(TABLE.read_text())
    used = set(options.characters)
    # A package for one alphabet alone is needed where characters of it are.
    fonts = [row for row in table["fonts"] if "alphabet" not in row or used & set(ALPHABETS[row["alphabet"]])]
    rows = {
        "fonts": fonts if options.fonts is None else [],
        "photographs": table["photographs"] if options.photographs is None else [],
    }
    names = [row["name"] for part in rows.values() for row in part]
    cache = options.cache.absolute()
    absent = []
    if names:
        cache.mkdir(parents=True, exist_ok=True)
        absent = packages.fetch(names, cache, say)
    for name in absent:
        say(f"{name}: this system's archive has no such package; made without it")
    read = {
        kind: [packages.read_package(row, cache) for row in part if row["name"] not in absent]
        for kind, part in rows.items()
    }
    if options.fonts is not None:
        read["fonts"] = [packages.read_folder(options.fonts, [".ttf", ".otf"], "--fonts")]
    if options.photographs is not None:
        endings = [".jpg", ".jpeg", ".png", ".webp"]
        read["photographs"] = [packages.read_folder(options.photographs, endings, "--photographs")]
    return Inputs(read["fonts"], read["photographs"], absent)


def artist_with(inputs, options, say):
    """Who draws with these inputs."""
    characters = options.characters
    pictures = [(name, data) for source in inputs.photographs for name, data in source.files]
    if not pictures:
        raise Failure(BAD_INPUT, "none of the packages has a photograph: give some with --photographs")
    parts = parts_a_side(len(pictures), len(characters))
    with processes(options.jobs) as pool:
        read = [pool.submit(faces_of, source, characters) for source in inputs.fonts]
        cut = [pool.submit(views_of, name, data, parts) for name, data in pictures]
        found = [future.result() for future in read]
        views = dealt([future.result() for future in cut], Draws(options.seed, "views"))
    for source, (_, refused) in zip(inputs.fonts, found, strict=True):
        for file in refused:
            say(f"{source.name}: {file} is no typeface that can be read; made without it")
    able = families([face for faces, _ in found for face in faces])
    artist = Artist(characters, able, views[: OWN * len(characters)], options.grey)
    bare = [character for character in characters if not artist.families[character]]
    if bare:
        raise Failure(BAD_INPUT, f"no typeface draws {' '.join(bare)}: leave them out, or give others with --fonts")
    return artist
