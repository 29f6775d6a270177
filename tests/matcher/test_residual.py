"""Cheapest ways through the residual network."""

import numpy as np
import pytest

from matcher.packed_costs import MISSING
from matcher.residual import FAR, Residual

GONE = int(MISSING)


def network(arcs: dict[tuple[int, int], tuple[int, int]], size: int) -> Residual:
    """Return a network of two packs; an arc that is missing may cost anything on the second."""
    found = Residual.__new__(Residual)
    found.cost = np.zeros((2, size, size), dtype=np.int64)
    found.cost[0] = MISSING
    for (tail, head), packs in arcs.items():
        found.cost[:, tail, head] = packs
    found.sink, found._paths = size - 1, None
    return found


@pytest.mark.parametrize("backward", [False, True])
def test_a_ring_of_arcs_that_are_not_there_is_no_way(backward: bool) -> None:
    arcs = {(0, 1): (2, 3), (1, 0): (-2, -3), (2, 3): (GONE, -5), (3, 2): (GONE, -5)}
    least, before = network(arcs, 4).distances(0, backward=backward)
    assert least[:, 0].tolist() == [0, 0]
    assert least[:, 1].tolist() == ([-2, -3] if backward else [2, 3])
    assert (least[0, 2:] > FAR).all()
    assert before[1] == 0
    assert before[2:].tolist() == [-1, -1]
