"""What the finders hand out, and how candidates are gathered without comparing all with all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

__all__ = ["LEAST_SCORE", "DuplicatePair", "Reason", "candidates", "first_of_equals"]

LEAST_SCORE = 70
"""Below this a pair is not worth a person's time."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what its sentence needs; never an identity number."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two entries that are likely one person. ``first`` came earlier in the list."""

    first: str
    second: str
    score: int
    reasons: tuple[Reason, ...]


def candidates(blocks: Iterable[Iterable[tuple[Hashable, int]]]) -> set[tuple[int, int]]:
    """Return the pairs of row numbers that share a key, smaller number first.

    Parameters
    ----------
    blocks
        One iterable of (key, row) per kind of key. Keys of different kinds do not meet.
    """
    pairs: set[tuple[int, int]] = set()
    for block in blocks:
        rows_of: dict[Hashable, list[int]] = defaultdict(list)
        for key, row in block:
            rows_of[key].append(row)
        for rows in rows_of.values():
            for at, row in enumerate(rows):
                for other in rows[at + 1 :]:
                    if row != other:
                        pairs.add((row, other) if row < other else (other, row))
    return pairs


def first_of_equals(identities: Sequence[Hashable]) -> dict[int, int]:
    """Return, for every row that repeats an earlier one exactly, the row that it repeats.

    A list in which one person stands a thousand times then gives a thousand pairs, not half a
    million.
    """
    first: dict[Hashable, int] = {}
    repeats: dict[int, int] = {}
    for row, identity in enumerate(identities):
        seen = first.setdefault(identity, row)
        if seen != row:
            repeats[row] = seen
    return repeats
