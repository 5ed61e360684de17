"""Numbers drawn at random, which are the same with every version of Python."""

import random


class Draws:
    """A stream of draws of its own for each key, so that no picture depends on which others are made, or where."""

    def __init__(self, *key):
        # Of all that the module offers, Python promises that this never changes: the seeding by a text, and random().
        self.random = random.Random(" ".join(map(str, key))).random

    def below(self, count):
        return int(self.random() * count)

    def between(self, low, high):
        return low + (high - low) * self.random()

    def chance(self, share):
        return self.random() < share

    def one_of(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        """A copy of the items in another order, by Fisher and Yates."""
        items = list(items)
        for index in range(len(items) - 1, 0, -1):
            other = self.below(index + 1)
            items[index], items[other] = items[other], items[index]
        return items
