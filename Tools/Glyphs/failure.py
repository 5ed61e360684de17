"""What ends make-glyphs with a message. The exit codes are those of sysexits.h, as everywhere in lopt."""

BAD_USAGE = 64
BAD_INPUT = 66
UNAVAILABLE = 69
CANNOT_CREATE = 73
IO_ERROR = 74


class Failure(Exception):
    """An error that is the user's, the network's or the disk's: its message says what to do, its code is the exit's."""

    def __init__(self, code, message):
        super().__init__(code, message)  # Both, so that it comes over from another process.
        self.code, self.message = code, message

    def __str__(self):
        return self.message
