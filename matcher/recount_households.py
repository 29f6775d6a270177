"""The checker's own count of what prices of children and households prove.

Shares no code with the solver: it is written from the formula in docs/matching.md 4.5 a second
time. Every sponsor fills its places with whole households as cheaply as the prices allow; all
sponsors go through their households side by side, one household of each at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY_PLACES = 32
"""Sponsors with more open places are bounded by a price for each place."""
NOTHING = np.int64(1 << 60)


@dataclass(frozen=True, eq=False)
class Choices:
    """What each child costs at each sponsor, less its price: rows (child, sponsor, cost)."""

    child: NDArray[np.int64]
    sponsor: NDArray[np.int64]
    cost: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """How many places each sponsor has open, and what they cost beyond the pairs.

    The f-th place costs `step` times f; where a sponsor has many, each also has a `price`.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    price: NDArray[np.int64]
    step: int


def least_fillings(
    choices: Choices,
    household: NDArray[Any],
    home_price: NDArray[np.int64],
    places: Places,
) -> int | None:
    """Return the least sum of one filling for each sponsor, None where one has none.

    A filling takes some children of some households, each of which then pays `home_price`.
    """
    is_many = places.high > MANY_PLACES
    by_price = is_many[choices.sponsor]
    cost = choices.cost + np.where(by_price, places.price[choices.sponsor], 0)
    home = household[choices.child]
    order = np.lexsort((cost, home, choices.sponsor))
    sponsor, home, cost = choices.sponsor[order], home[order], cost[order]
    group = np.cumsum((np.diff(sponsor, prepend=-1) != 0) | (np.diff(home, prepend=-1) != 0)) - 1
    begins = np.searchsorted(group, np.arange(int(group[-1]) + 1 if group.size else 0))
    number = np.arange(cost.size) - begins[group] + 1
    summed = np.cumsum(cost)
    summed = summed - (summed[begins] - cost[begins])[group] + home_price[home]
    many = is_many[sponsor]
    by_group = np.zeros(begins.size, dtype=np.int64)
    np.minimum.at(by_group, group[many], summed[many])
    total = int(by_group.sum()) + _priced_places(places, is_many)
    first_group = np.searchsorted(sponsor[begins], np.arange(places.low.size))
    turn = np.arange(begins.size) - first_group[sponsor[begins]]
    few = np.flatnonzero(~many)
    table = _filled(turn[group[few]], number[few], sponsor[few], summed[few], places, is_many)
    load = np.arange(table.shape[1])
    open_load = (load >= places.low[:, None]) & (load <= places.high[:, None])
    ends = np.where(open_load, table + places.step * load * (load + 1) // 2, NOTHING)
    least = ends.min(axis=1)[~is_many]
    return None if bool(np.any(least >= NOTHING)) else total + int(least.sum())


def _priced_places(places: Places, is_many: NDArray[np.bool_]) -> int:
    """Return the least that places cost which are bounded by their price."""
    low, high, price = places.low[is_many], places.high[is_many], places.price[is_many]
    best = price // places.step if places.step else np.where(price > 0, high, low)
    load = np.clip(best, low, high)
    return int((places.step * load * (load + 1) // 2 - price * load).sum())


def _filled(
    turn: NDArray[np.int64],
    number: NDArray[np.int64],
    sponsor: NDArray[np.int64],
    summed: NDArray[np.int64],
    places: Places,
    is_many: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return int64[sponsors, places + 1]: the least cost of so many children at each sponsor.

    Rows say what it costs (`summed`) to take a `number` of children of one household.
    """
    width = int(places.high[~is_many].max(initial=0)) + 1
    table = np.full((places.low.size, width), NOTHING)
    table[:, 0] = 0
    fits = number < width
    turn, number, sponsor, summed = turn[fits], number[fits], sponsor[fits], summed[fits]
    order = np.lexsort((number, turn))
    turn, number, sponsor, summed = turn[order], number[order], sponsor[order], summed[order]
    step = np.flatnonzero((np.diff(turn, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
    ends = np.append(step[1:], turn.size)[: step.size]
    before = table
    for at, end in zip(step.tolist(), ends.tolist(), strict=True):
        taken, who = int(number[at]), sponsor[at:end]
        if taken == 1:
            before = table.copy()
        shifted = before[who, : width - taken] + summed[at:end, None]
        shifted[before[who, : width - taken] >= NOTHING] = NOTHING
        table[who, taken:] = np.minimum(table[who, taken:], shifted)
    return table
