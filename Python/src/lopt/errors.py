"""The one error that this package raises about θ, where it is read, fetched or used."""


class SnapshotError(Exception):
    """A θ that cannot be had or used: its file, its architecture, or the daemon that should give it.

    The message names the file or the address, what is wrong with it, and what to do about it. Where the system refused
    something, such as opening the file, its ``OSError`` is the cause (``__cause__``).
    """
