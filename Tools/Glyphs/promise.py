"""The promise that the same packages and options give the same archive, and what differs where they are others."""

import json
import platform

import fontTools
import PIL
from PIL import features

import alphabets
from inputs import TABLE

# The options of the archive whose SHA-256 packages.json has.
USUAL = {
    "characters": "".join(alphabets.ALPHABETS[name] for name in alphabets.USUAL.split(",")),
    "pictures": 360,
    "grey": False,
    "seed": 0,
}


def tools():
    """What else the bytes depend on."""
    return {"pillow": PIL.__version__, "fonttools": fontTools.version, "machine": platform.machine()}


def differences(inputs, options):
    """Why the archive need not be the promised one: nothing where it is promised."""
    table = json.loads(TABLE.read_text())
    found = [f"{name}: not the usual" for name in USUAL if getattr(options, name) != USUAL[name]]
    if options.fonts is not None or options.photographs is not None:
        return found + ["fonts or photographs: of a folder"]
    found += [f"{name}: this system's archive has no such package" for name in inputs.absent]
    rows = {row["name"]: row for row in table["fonts"] + table["photographs"]}
    for source in inputs.all:
        row = rows[source.name]
        if source.sha256 != row.get("sha256"):
            found.append(f"{source.name}: {source.version}, whose files differ from those of {row.get('version')}")
    here = tools()
    made = table["archive"]["made_with"]
    return found + [
        f"{name}: {here[name]} instead of {made.get(name)}" for name in here if here[name] != made.get(name)
    ]


def description(artist, inputs, options, sha256):
    """What OUT.tar.json says."""
    return {
        "sha256": sha256,
        "differences": differences(inputs, options),
        "options": {name: getattr(options, name) for name in USUAL},
        "made_with": tools() | {name: features.version(name) for name in ("freetype2", "jpg", "libjpeg_turbo", "webp")},
        "fonts": [source.described() for source in inputs.fonts],
        "photographs": [source.described() for source in inputs.photographs],
        "absent": inputs.absent,
        "classes": [
            {
                "wnid": alphabets.wnid(character),
                "name": alphabets.name(character),
                "families": len(artist.families[character]),
                "typefaces": sum(map(len, artist.families[character])),
            }
            for character in options.characters
        ],
    }


def kept(about, say):
    """Says whether the promise was kept, and returns whether it was not broken."""
    promised = json.loads(TABLE.read_text())["archive"].get("sha256")
    if not about["differences"]:
        say(f"SHA-256 {about['sha256']}, " + ("as promised" if about["sha256"] == promised else f"not {promised}"))
        return about["sha256"] == promised
    say(f"SHA-256 {about['sha256']}, for which nothing is promised:")
    for difference in about["differences"]:
        say(f"  {difference}")
    return True


def record(about):
    """Promises the versions and files that were used, and the archive where its options are the usual ones."""
    table = json.loads(TABLE.read_text())
    used = {row["name"]: row for row in about["fonts"] + about["photographs"]}
    for kind in ("fonts", "photographs"):
        table[kind] = [row | used.get(row["name"], {}) for row in table[kind]]
    if about["options"] == USUAL:
        table["archive"] = {"sha256": about["sha256"], "made_with": tools()}
    lines = [f' "archive": {json.dumps(table["archive"])}']
    for kind in ("fonts", "photographs"):
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in table[kind])
        lines.append(f' "{kind}": [\n{rows}\n ]')
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
