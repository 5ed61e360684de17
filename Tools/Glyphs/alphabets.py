"""The characters that can be classes, by the name of their alphabet.

Each alphabet lacks the characters that look like one of an alphabet above it, or like another one of its own once they
are scaled and turned: a class is told by its shape. So any of them can be put together.
"""

import unicodedata

from failure import BAD_USAGE, Failure

ALPHABETS = {
    "latin": "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "abdefghijmnqrt" + "ßÆæØÞðŁ",
    "digits": "23456789",
    "greek": "ΓΔΘΛΞΠΣΦΨΩ" + "αβγδεζηλμξσω",
    "cyrillic": "БДЖИЛЦЧШЫЭЮЯЉЊ",
    "signs": "&@#$%?!+=*§¶£€¥{}<>~±÷«»",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "hiragana": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
}
USUAL = "latin,digits,greek,cyrillic,signs"


def characters_of(names):
    """The characters of alphabets whose names are given as one text, with commas."""
    found = ""
    for name in names.split(","):
        if name not in ALPHABETS:
            raise Failure(BAD_USAGE, f"--alphabet: there is no {name!r}; there are {', '.join(ALPHABETS)}")
        found += ALPHABETS[name]
    return distinct(found, "--alphabet")


def distinct(text, option):
    """The characters of a text, which must be there once each, and must be some that a typeface draws."""
    for index, character in enumerate(text):
        if character in text[:index]:
            raise Failure(BAD_USAGE, f"{option}: {character!r} is there twice")
        if character.isspace() or not character.isprintable() or unicodedata.combining(character):
            raise Failure(BAD_USAGE, f"{option}: U+{ord(character):04X} has no shape of its own")
    return text


def wnid(character):
    """The name of a character's class, in the form of a WordNet id: n and its code point in eight decimal digits."""
    return f"n{ord(character):08d}"


def name(character):
    """What a class is called: the character and its name in Unicode."""
    return f"{character} {unicodedata.name(character, 'without a name').lower()}"
