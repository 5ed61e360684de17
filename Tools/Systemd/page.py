"""The commands of a page, as its reader runs them."""

import re

# A block that is marked for the booted test, with its name.
BLOCK = re.compile(r"^```sh boot (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """The blocks of a page that are marked `boot NAME`, for a container."""

    def __init__(self, path, container):
        self.blocks = dict(BLOCK.findall(path.read_text()))
        self.container = container
        self.left = set(self.blocks)

    def run(self, name):
        """The ended process of a block, run by root in its home folder; a command that fails ends it."""
        self.left.discard(name)
        return self.container.run("sh", "-ec", "cd /root\n" + self.blocks[name])
