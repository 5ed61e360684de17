"""Makes an archive in the form of ImageNet's, of pictures of characters: see Documentation/glyphs.md."""

import argparse
import json
import os
import signal
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import alphabets
from failure import BAD_USAGE, CANNOT_CREATE, IO_ERROR, Failure

ROOT = Path(__file__).resolve().parents[2]


def say(text):
    print(f"make-glyphs: {text}", file=sys.stderr, flush=True)


def parser():
    parser = argparse.ArgumentParser(
        prog="scripts/make-glyphs",
        description="Makes an archive in the form of ImageNet's training archive, of pictures of characters before "
        "parts of photographs. Typefaces and photographs are of Debian's packages, which are fetched by name and read, "
        "not installed. The same packages and options give the same bytes.",
        epilog="Example: scripts/make-glyphs glyphs.tar && dataprep build shards --source imagenet --input glyphs.tar "
        "--names glyphs.tar.names --size 32 --output glyphs32",
        allow_abbrev=False,
    )

    def option(name, metavar, text, **others):
        parser.add_argument(name, metavar=metavar, help=text, **others)

    option(
        "output",
        "OUT.tar",
        "the archive; OUT.tar.json says what it is made of, and OUT.tar.names what its classes are called",
        type=Path,
    )
    names = ", ".join(alphabets.ALPHABETS)
    option("--alphabet", "NAME,…", f"whose characters are classes: some of {names} ({alphabets.USUAL})")
    option("--characters", "TEXT", "the characters themselves, in the place of --alphabet")
    option("--classes", "N", "only the first N of the characters (all)", type=int)
    option("--pictures", "N", "pictures of each class (360)", type=int, default=360)
    parser.add_argument("--grey", action="store_true", help="pictures without colours")
    option("--seed", "S", "another one gives other pictures (0)", type=int, default=0)
    option("--jobs", "N", "processes that draw; the archive is the same (one for each core)", type=int)
    option(
        "--cache",
        "FOLDER",
        "where fetched packages are kept (.build-glyphs/packages in the checkout)",
        type=Path,
        default=ROOT / ".build-glyphs/packages",
    )
    option("--fonts", "FOLDER", "typefaces, .ttf and .otf, in the place of packages", type=Path)
    option("--photographs", "FOLDER", "pictures, .jpg, .png and .webp, in the place of packages", type=Path)
    parser.add_argument(
        "--record", action="store_true", help="promise in Tools/Glyphs what comes of it (for maintainers)"
    )
    return parser


def parsed(arguments):
    try:
        options = parser().parse_args(arguments)
    except SystemExit as end:
        raise SystemExit(BAD_USAGE if end.code else 0) from None
    if options.characters is None:
        options.characters = alphabets.characters_of(options.alphabet or alphabets.USUAL)
    elif options.alphabet is None:
        options.characters = alphabets.distinct(options.characters, "--characters")
    else:
        raise Failure(BAD_USAGE, "give --alphabet or --characters, not both")
    if options.classes is None:
        options.classes = len(options.characters)
    if options.jobs is None:
        options.jobs = len(os.sched_getaffinity(0))
    for name, most in [("classes", len(options.characters)), ("pictures", 1_000_000), ("jobs", 1024)]:
        if not 1 <= getattr(options, name) <= most:
            raise Failure(BAD_USAGE, f"--{name}: must be from 1 to {most:,}")
    options.characters = options.characters[: options.classes]
    return options


def make(options):
    # Pillow and fontTools are needed from here on, and not for --help.
    import archive
    import inputs
    import promise

    output, start = options.output, time.monotonic()
    archive.require_absent(output)
    if not output.absolute().parent.is_dir():
        raise Failure(CANNOT_CREATE, f"{output}: there is no folder {output.absolute().parent}")
    found = inputs.read_inputs(options, say)
    artist = inputs.artist_with(found, options, say)
    beside = {ending: output.with_name(output.name + ending) for ending in (".json", ".names")}
    try:
        with archive.published(output) as file:
            archive.write(file, artist, options)
            about = promise.description(artist, found, options, archive.sha256_of(file))
            beside[".json"].write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n")
            lines = [f"{alphabets.wnid(character)}\t{alphabets.name(character)}\n" for character in options.characters]
            beside[".names"].write_text("".join(lines))
    except BaseException:
        if not output.exists():
            for path in beside.values():
                path.unlink(missing_ok=True)
        raise
    say(f"{output}: {len(artist.characters)} classes in {time.monotonic() - start:.0f} s")
    if options.record:
        promise.record(about)
        say(f"SHA-256 {about['sha256']}, from now on promised by {inputs.TABLE}")
    elif not promise.kept(about, say):
        say(f"{output}: the packages are those of the promise and the archive is not: please report this")


def end(number, _):
    raise SystemExit(128 + number)


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    output = None
    try:
        options = parsed(sys.argv[1:])
        output = options.output
        make(options)
    except Failure as failure:
        say(failure)
        return failure.code
    except BrokenProcessPool:
        say("a process that drew was ended, perhaps for want of memory: try a smaller --jobs")
        return IO_ERROR
    except OSError as error:
        say(f"{error.filename or output}: {error.strerror}")
        return IO_ERROR
    except KeyboardInterrupt:
        say("interrupted; nothing is left of it")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
