"""The dynamic programme by which two pledges share out anew what both have left."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.budget_options import Options

    Whole = NDArray[np.int64]
    Slices = tuple[slice, ...]

WORK_PER_OPTION, WORK_PER_CELL = 10.0, 0.01
IMPOSSIBLE = -(1 << 61)
UNBOUND = 1 << 50


class Room(NamedTuple):
    """What a pledge can share out: places, and steps of so many units; -1 = does not bind."""

    places: int
    steps: int
    unit: int


class Sharing:
    """The dynamic programme: the most that two pledges' rooms are worth, group by group."""

    def __init__(
        self,
        table: Options,
        option: Whole,
        worth: Whole,
        pledges: tuple[int, ...],
        rooms: list[Room],
        *,
        is_careful: bool,
    ) -> None:
        self.option, self.table = option, table
        self.worth = worth.tolist()
        self.is_rough = any(room.unit > 1 for room in rooms)
        self.shape: list[int] = []
        shifts = np.zeros((option.size, 2 * len(pledges)), dtype=np.int64)
        for number, (pledge, room) in enumerate(zip(pledges, rooms, strict=True)):
            own = np.flatnonzero(table.pledge[option] == pledge)
            units, places = table.units[option[own]], table.places[option[own]]
            steps = _rounded(units, room.unit, up=is_careful)
            most = 0 if room.steps < 0 else _limit(room, up=not is_careful)
            fewest = int(units.min(initial=UNBOUND)) or 1
            binds = room.steps < 0 or room.places < room.steps // max(1, fewest)
            self.shape += [1 + room.places if binds else 1, 1 + most]
            shifts[own, 2 * number] = places if binds else 0
            shifts[own, 2 * number + 1] = steps if room.steps >= 0 else 0
        self.shift = shifts.tolist()
        group = table.group[option]
        begins = np.append(np.flatnonzero(np.diff(group, prepend=-1)), option.size)
        self.begins = begins.tolist()
        self.is_forced = table.is_pinned[group[begins[:-1]]].tolist()

    @property
    def work(self) -> float:
        """What the programme counts as effort."""
        return len(self.worth) * (WORK_PER_OPTION + WORK_PER_CELL * float(np.prod(self.shape)))

    def best(self) -> Whole | None:
        """Return the options of the largest worth; None if the forced ones do not fit."""
        most = np.zeros(self.shape, dtype=np.int64)
        choices = []
        for (begin, end), forced in zip(pairwise(self.begins), self.is_forced, strict=True):
            before = most
            most = np.full_like(before, IMPOSSIBLE) if forced else before.copy()
            choice = np.full(before.shape, -1, dtype=np.int16)
            for at in range(begin, end):
                to, source = self._slices(self.shift[at])
                found = before[source] + self.worth[at]
                better = found > most[to]
                most[to][better] = found[better]
                choice[to][better] = at - begin
            choices.append(choice)
        if int(most.flat[-1]) < IMPOSSIBLE // 2:
            return None
        return self._chosen(choices)

    def _slices(self, shift: list[int]) -> tuple[Slices, Slices]:
        to = tuple(slice(by, None) for by in shift)
        source = tuple(
            slice(0, max(0, size - by)) for size, by in zip(self.shape, shift, strict=True)
        )
        return to, source

    def _chosen(self, choices: list[NDArray[np.int16]]) -> Whole:
        cell = [size - 1 for size in self.shape]
        chosen = []
        for begin, choice in zip(self.begins[-2::-1], choices[::-1], strict=True):
            at = int(choice[tuple(cell)])
            if at >= 0:
                chosen.append(int(self.option[begin + at]))
                cell = [left - by for left, by in zip(cell, self.shift[begin + at], strict=True)]
        return np.array(chosen, dtype=np.int64)


def _rounded(units: Whole, unit: int, *, up: bool) -> Whole:
    """Return units in steps, rounded up or to the nearest."""
    return -(-units // unit) if up else (2 * units + unit) // (2 * unit)


def _limit(room: Room, *, up: bool) -> int:
    return -(-room.steps // room.unit) if up else room.steps // room.unit
