"""Which event counts: the last that was not taken back, by whom and when it may be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.services.delivery_state import effective_event
from data.schema import DeliveryEvent, Outcome

NOON = datetime(2026, 12, 3, 5, 0, tzinfo=UTC)


def event(uid: str, outcome: Outcome, *, minutes: float = 0, **values: Any) -> DeliveryEvent:
    at = NOON + timedelta(minutes=minutes)
    given: dict[str, Any] = {"by": "kurir", "channel": "phone", "flag": ""} | values
    return DeliveryEvent(
        event_uid=uid, package_id=1, stop_id=1, outcome=outcome, reported_at=at, happened_at=at,
        received_at=at,
        **given,
    )  # fmt: skip


def counting(undo: dict[str, Any], **first: Any) -> str | None:
    accepted = event("first", Outcome.ACCEPTED, **first)
    taken_back = event("second", Outcome.UNDO, undoes_uid="first", **undo)
    found = effective_event([accepted, taken_back], 1)
    return found.event_uid if found else None


def test_who_recorded_takes_it_back_within_ten_minutes() -> None:
    assert counting({"minutes": 10}) is None


@pytest.mark.parametrize(
    "undo",
    [{"minutes": 10.1}, {"minutes": -1}, {"minutes": 5, "by": "kurir2"}],
    ids=["too late", "before it happened", "someone else"],
)
def test_other_undos_change_nothing(undo: dict[str, Any]) -> None:
    assert counting(undo) == "first"


def test_what_the_office_corrected_is_not_undone() -> None:
    office = {"channel": "office", "by": "koordinator"}
    assert counting({"minutes": 1, "by": "koordinator"}, **office) == "first"
