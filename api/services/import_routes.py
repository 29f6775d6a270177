"""Routes that stand on rows which a file, or its undo, changes."""

from datetime import datetime

from sqlmodel import Session

from api.services.changed_fleet import CONFIRMED_WITH, ask_anew
from api.services.cycle_lock import hold_running_cycles
from api.services.drop_points import follow_point
from data.schema import Account, DropPoint, ImportBatch


def hold_routes(session: Session, batch: ImportBatch) -> None:
    """Hold the running months before rows that their routes stand on, as the forms do."""
    if batch.kind in {"places", "fleet"}:
        hold_running_cycles(session)


def ask_routes_anew(
    session: Session, steps: list[dict[str, object]], by: Account, now: datetime
) -> None:
    """Ask for routes anew whose vehicle, depot or drop point a file, or its undo, changed."""
    from api.services.changed_fleet import fields_of_steps

    for table in CONFIRMED_WITH:
        if moved := fields_of_steps(steps, table):
            named = frozenset[str]().union(*moved.values())
            ask_anew(session, table=table, ids=moved, by=by, now=now, fields=named)
    for step in steps:
        fields = step.get("fields")
        if step["table"] == "droppoint" and isinstance(fields, dict) and fields:
            point = session.get_one(DropPoint, step["id"])
            follow_point(session, point, fields, by=by, now=now)
