"""The cheapest filling of each sponsor's places with whole households, compiled.

A filling takes some children of each household, none counted twice, within the places that the
sponsor has open. Where these are few, the cheapest is found by a dynamic programme over the number
of places taken, household by household; where they are many, each place has a price instead, and
every household is taken or left by itself.
"""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled

NO_FILLING = 1 << 60
"""Cost of what no filling can be."""


@compiled
def cheapest(
    first: np.ndarray,
    home: np.ndarray,
    child: np.ndarray,
    base: np.ndarray,
    child_price: np.ndarray,
    home_price: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    step: int,
    place_price: np.ndarray,
    is_apart: np.ndarray,
    taken: np.ndarray,
    present: np.ndarray,
) -> int:
    """Return what the cheapest fillings of all sponsors cost, `NO_FILLING` if one has none.

    Links int64[L] of a child with a sponsor are sorted by sponsor (rows `first`), then household:
    the child costs `base` there, less its price; a household pays its own price once. The f-th
    place costs `step` times f, and `place_price` where the sponsor is priced by place (`is_apart`).
    Sets `taken` to 1 for the links used, and counts in `present` each household's sponsors.
    """
    total = 0
    order, cost = np.empty(home.size, dtype=np.int64), np.empty(home.size, dtype=np.int64)
    for sponsor in range(low.size):
        begin, end = first[sponsor], first[sponsor + 1]
        if is_apart[sponsor]:
            found = _apart(
                begin, end, home, child, base, child_price, home_price, order, cost,
                low[sponsor], high[sponsor], step, place_price[sponsor], taken, present,
            )  # fmt: skip
        else:
            found = _filled(
                begin, end, home, child, base, child_price, home_price, order, cost,
                low[sponsor], high[sponsor], step, taken, present,
            )  # fmt: skip
        if found >= NO_FILLING:
            return NO_FILLING
        total += found
    return total


@compiled
def _ranked(
    begin: int, end: int, child: np.ndarray, base: np.ndarray, child_price: np.ndarray,
    order: np.ndarray, cost: np.ndarray,
) -> None:  # fmt: skip
    """Sort the links of one household at one sponsor by cost, in place of `order` and `cost`."""
    for link in range(begin, end):
        own = base[link] - child_price[child[link]]
        at = link
        while at > begin and cost[at - 1] > own:
            cost[at], order[at] = cost[at - 1], order[at - 1]
            at -= 1
        cost[at], order[at] = own, link


@compiled
def _filled(
    begin: int, end: int, home: np.ndarray, child: np.ndarray, base: np.ndarray,
    child_price: np.ndarray, home_price: np.ndarray, order: np.ndarray, cost: np.ndarray,
    low: int, high: int, step: int, taken: np.ndarray, present: np.ndarray,
) -> int:  # fmt: skip
    """Return the cheapest filling of one sponsor by the number of places taken."""
    least = np.full((end - begin + 1, high + 1), NO_FILLING, dtype=np.int64)
    count = np.zeros((end - begin + 1, high + 1), dtype=np.int64)
    starts = np.empty(end - begin + 1, dtype=np.int64)
    least[0, 0] = 0
    homes, at = 0, begin
    while at < end:
        upto = at
        while upto < end and home[upto] == home[at]:
            upto += 1
        _ranked(at, upto, child, base, child_price, order, cost)
        starts[homes] = at
        for places in range(high + 1):
            best, most, cheap = least[homes, places], 0, home_price[home[at]]
            for number in range(1, min(upto - at, places) + 1):
                cheap += cost[at + number - 1]
                rest = least[homes, places - number]
                if rest < NO_FILLING and rest + cheap < best:
                    best, most = rest + cheap, number
            least[homes + 1, places], count[homes + 1, places] = best, most
        homes += 1
        at = upto
    best, places = NO_FILLING, 0
    for number in range(low, high + 1):
        if least[homes, number] < NO_FILLING:
            ended: int = least[homes, number] + step * number * (number + 1) // 2
            if ended < best:
                best, places = ended, number
    if best < NO_FILLING:
        _followed(homes, places, count, starts, home, order, taken, present)
    return best


@compiled
def _followed(
    homes: int, places: int, count: np.ndarray, starts: np.ndarray, home: np.ndarray,
    order: np.ndarray, taken: np.ndarray, present: np.ndarray,
) -> None:  # fmt: skip
    """Follow a filling back to who is in it."""
    for row in range(homes, 0, -1):
        number, at = count[row, places], starts[row - 1]
        if number:
            present[home[at]] += 1
        for each in range(number):
            taken[order[at + each]] = 1
        places -= number


@compiled
def _apart(
    begin: int, end: int, home: np.ndarray, child: np.ndarray, base: np.ndarray,
    child_price: np.ndarray, home_price: np.ndarray, order: np.ndarray, cost: np.ndarray,
    low: int, high: int, step: int, place_price: int, taken: np.ndarray, present: np.ndarray,
) -> int:  # fmt: skip
    """Return the least that one sponsor costs where its places have a price."""
    total, number = 0, low
    for places in range(low + 1, high + 1):
        if step * places >= place_price:
            break
        number = places
    total += step * number * (number + 1) // 2 - place_price * number
    at = begin
    while at < end:
        upto = at
        while upto < end and home[upto] == home[at]:
            upto += 1
        _ranked(at, upto, child, base, child_price, order, cost)
        best, most, cheap = 0, 0, home_price[home[at]]
        for each in range(at, upto):
            cheap += cost[each] + place_price
            if cheap < best:
                best, most = cheap, each - at + 1
        total += best
        if most:
            present[home[at]] += 1
        for each in range(most):
            taken[order[at + each]] = 1
        at = upto
    return total
