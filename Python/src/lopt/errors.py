"""The one error that this package raises about θ, where it is read, fetched or used, and the form of its words."""


class SnapshotError(Exception):
    """A θ that cannot be had or used: its file, its architecture, or the daemon that should give it.

    The message names the file or the address, what is wrong with it, and what to do about it. Where the system refused
    something, such as opening the file, its ``OSError`` is the cause (``__cause__``).
    """


def printable(text: str) -> str:
    """Returns a text, perhaps of a stranger, as a part of one line that a terminal shows and does not obey. What is
    longer than 300 letters is cut."""
    line = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[:300])
    return line + "…" if len(text) > 300 else line
