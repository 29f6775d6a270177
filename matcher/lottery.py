"""The lottery that breaks ties: stated, seeded, and recomputable by anyone.

The number of a pair is ``mix(key(seed, child) xor mix(key(seed, pledge))) >> 44``, that of a child
``mix(key(seed, child)) >> 44``: 20 bits. ``key`` is the first eight bytes, big-endian, of the
SHA-256 of ``"<seed>|<id>"`` in UTF-8; ``mix`` is the finaliser of SplitMix64 (Steele, Lea and
Flood, OOPSLA 2014). The smaller number wins.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LOTTERY_BITS = 20


def lottery_keys(seed: int, ids: Sequence[str]) -> NDArray[np.uint64]:
    """Return the key of each id under a seed, uint64."""
    prefix = hashlib.sha256(f"{seed}|".encode())
    digests = bytearray()
    for code in ids:
        digest = prefix.copy()
        digest.update(code.encode())
        digests += digest.digest()[:8]
    return np.frombuffer(bytes(digests), dtype=">u8").astype(np.uint64)


def mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the SplitMix64 finaliser of each word."""
    mixed = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def child_number(child_keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the lottery number of each child."""
    return _top_bits(mix(child_keys))


def pair_number(
    child_keys: NDArray[np.uint64], pledge_keys: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Return the lottery number of each pair, broadcast over the two."""
    return _top_bits(mix(child_keys ^ mix(pledge_keys)))


def _top_bits(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    numbers: NDArray[Any] = words >> np.uint64(64 - LOTTERY_BITS)
    return numbers.astype(np.int64)


def numbers_of(seed: int, child: str, pledge: str) -> dict[str, int]:
    """Return the lottery numbers of a child and of a pair, to check a draw by hand."""
    child_key, pledge_key = lottery_keys(seed, [child]), lottery_keys(seed, [pledge])
    return {
        "seed": seed,
        "child": int(child_number(child_key)[0]),
        "pair": int(pair_number(child_key, pledge_key)[0]),
    }
