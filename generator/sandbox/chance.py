"""Chance that falls the same way again: whatever the sandbox makes up follows from its seed."""

import hashlib


def draw(seed: int, *what: object) -> int:
    """A number from 0 to 2³²−1 that depends on the seed and on what it is for, and on nothing else."""
    return int.from_bytes(hashlib.sha256(repr((seed, *what)).encode()).digest()[:4])
