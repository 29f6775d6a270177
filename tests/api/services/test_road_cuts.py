"""Roads that stay closed when the map that they were closed on is retired."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session

from api.services.road_cuts import name_what_cuts_off
from data.schema import RoadClosure
from logistics.distance import GivenMatrix
from tests.factories import NOW
from tests.logistics.problems import MONDAY, line, problem, stop

pytestmark = pytest.mark.stores("sqlite")


def cut_off(matrix: GivenMatrix, row: int) -> GivenMatrix:
    def cut(name: str) -> dict[str, Any]:
        legs = {kind: each.copy() for kind, each in getattr(matrix, name).items()}
        for each in legs.values():
            each[row, :] = each[:, row] = -1
        return legs

    return replace(matrix, distance_m=cut("distance_m"), duration_s=cut("duration_s"))


@pytest.mark.parametrize("stored", [line(1), cut_off(line(), 2)], ids=["not known", "no way"])
def test_without_a_map_a_closed_road_is_blamed_for_nothing(
    session: Session, stored: GivenMatrix
) -> None:
    session.add(
        RoadClosure(lat=0.0, lon=0.0, from_day=MONDAY, reason="Banjir", by="a", created_at=NOW)
    )
    session.flush()
    before = problem(stop(1), stop(2))
    before = replace(before, travel=replace(stored, source="roads"))
    assert name_what_cuts_off(session, before, kinds=["car"]) is before
