"""Our own route sheet coming back with what was delivered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.readers.quantities import as_count
from data.readers.records import DeliveryResultRecord

if TYPE_CHECKING:
    from data.readers.rows import Body, Row

__all__ = ["read"]


def read(body: Body) -> tuple[list[DeliveryResultRecord], int]:
    """Read all filled lines; the same line twice with the same outcome is merged."""
    lines: dict[str, DeliveryResultRecord] = {}
    num_merged = 0
    for row in body.rows():
        line = _record(row)
        if line is None:
            continue
        earlier = lines.get(line.line_id)
        if earlier is None:
            lines[line.line_id] = line
        elif replace(line, row=earlier.row) == earlier:
            num_merged += 1
        else:
            row.refuse("line_id", "line_twice", other_row=earlier.row)
    return list(lines.values()), num_merged


def _record(row: Row) -> DeliveryResultRecord | None:
    line_id = row.text("line_id", required=True)
    loaded = row.take("loaded", as_count, required=True)
    accepted, rejected = _outcome(row, loaded)
    reason = row.text("reason")
    if loaded is not None and accepted is not None and rejected is not None:
        _check_sum(row, loaded, accepted, rejected, reason)
    delivered_on = row.day("delivered_on")
    if delivered_on is not None and delivered_on > row.body.context.today:
        row.refuse("delivered_on", "date_in_future")
    if row.is_rejected or line_id is None or None in (loaded, accepted, rejected):
        return None
    return DeliveryResultRecord(
        row=row.number,
        line_id=line_id,
        route=row.text("route"),
        position=row.take("position", as_count),
        package_code=row.text("package_code"),
        recipient=row.text("recipient"),
        num_loaded=loaded or 0,
        num_accepted=accepted or 0,
        num_rejected=rejected or 0,
        reason=reason,
        delivered_on=delivered_on,
        received_by=row.text("received_by"),
        note=row.text("note"),
    )


def _outcome(row: Row, loaded: int | None) -> tuple[int | None, int | None]:
    """Return accepted and rejected; of the two, one may be left to the other."""
    if row.cell("accepted") is None and row.cell("rejected") is None:
        row.refuse("accepted", "result_not_filled")
        return None, None
    accepted = row.take("accepted", as_count)
    rejected = row.take("rejected", as_count)
    if row.is_rejected or loaded is None:
        return accepted, rejected
    if rejected is None and accepted is not None:
        # All accepted needs no zero beside it; fewer does need to be said.
        return accepted, 0
    if accepted is None and rejected is not None:
        return 0, rejected
    return accepted, rejected


def _check_sum(row: Row, loaded: int, accepted: int, rejected: int, reason: str | None) -> None:
    if accepted + rejected != loaded:
        row.refuse(
            "rejected",
            "result_sum",
            suggestion=str(loaded - accepted) if accepted <= loaded else None,
            loaded=loaded,
            accepted=accepted,
            rejected=rejected,
        )
    elif rejected > 0 and reason is None:
        row.refuse("reason", "reason_missing", rejected=rejected)
