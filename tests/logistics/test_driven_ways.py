"""Ways as vehicles drive them, also between more points than a table holds."""

import numpy as np
import pytest

from bench.routing_city import city
from logistics import driven_ways
from logistics.arrays import ground_of
from logistics.check import check
from logistics.solve import solve
from logistics.survey import Survey


def test_a_city_too_large_for_tables_is_seen_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    month = city(num_stops=40, num_vehicles=3, num_days=2)
    rows = list(range(40))
    tabled = ground_of(Survey(month), rows)
    monkeypatch.setattr(driven_ways, "MOST_TABLED", 10)
    worked_out = Survey(month)
    assert not isinstance(worked_out.ways(month.vehicles[0]).distance_m, np.ndarray)
    ground = ground_of(worked_out, rows)
    for name in ("metres", "seconds", "near", "allowed", "stops", "prize"):
        assert np.array_equal(getattr(ground, name), getattr(tabled, name)), name
    plan = solve(month, engine="insertion", seconds=None, iterations=2)
    assert check(month, plan) == []
    assert plan.num_served == 40
