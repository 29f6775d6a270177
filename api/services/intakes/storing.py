"""Storing a plan in one transaction, and taking it back as long as nothing was built on it."""

import base64
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from api.services.errors import Refused
from api.services.intakes.plan import Plan
from data.schema import ImportBatch

VERSIONED_FIELDS = ("version", "updated_at", "updated_by")


def store_plan(session: Session, plan: Plan, *, batch: ImportBatch) -> list[dict[str, object]]:
    """Write the planned rows and fields; return what takes them back, last stage first.

    A row with a ``batch_id`` is one file's own statement and keeps which.
    """
    undo: list[dict[str, object]] = []
    for row, values in plan.updates:
        undo.append(_changed(row, values))
        for name, value in values.items():
            setattr(row, name, value)
        if "version" in type(row).model_fields:
            row.version += 1
            row.updated_at, row.updated_by = plan.now, plan.by
        session.add(row)
    for stage in plan.stages:
        members = {id(row) for row in stage}
        for row, name, target in plan.links:
            if id(row) in members:
                setattr(row, name, target.id)
        for row in stage:
            if "batch_id" in type(row).model_fields:
                row.batch_id = batch.id
        session.add_all(stage)
        session.flush()
    for row, name, target in plan.back_links:
        setattr(row, name, target.id)
        session.add(row)
    session.flush()
    undo.extend(_added(row) for stage in plan.stages for row in stage)
    return undo[::-1]


def _added(row: Any) -> dict[str, object]:
    """Return an added row's step; one without a version is known again by its values."""
    version = getattr(row, "version", None)
    values = None
    if version is None:
        values = {name: _kept(getattr(row, name)) for name in type(row).model_fields}
    return {
        "table": row.__tablename__,
        "id": row.id,
        "added": True,
        "version": version,
        "values": values,
    }


def _changed(row: Any, values: dict[str, Any]) -> dict[str, object]:
    return {
        "table": row.__tablename__,
        "id": row.id,
        "fields": {
            name: [_kept(getattr(row, name)), _kept(value)] for name, value in values.items()
        },
    }


def _kept(value: Any) -> Any:
    """Return a value so that JSON keeps it and :func:`_given_back` restores it."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"instant": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, StrEnum):
        return value.value
    return value


def _given_back(kept: Any, current: Any) -> Any:
    if isinstance(kept, dict) and set(kept) == {"bytes"}:
        return base64.b64decode(kept["bytes"])
    if isinstance(kept, dict) and set(kept) == {"instant"}:
        return datetime.fromisoformat(kept["instant"])
    if isinstance(kept, dict) and set(kept) == {"day"}:
        return date.fromisoformat(kept["day"])
    if isinstance(current, StrEnum) and kept is not None:
        return type(current)(kept)
    return kept


def take_back(
    session: Session,
    *,
    batch: ImportBatch,
    steps: list[dict[str, object]],
    now: datetime,
    by: str,
) -> None:
    """Bring back what stood before a batch.

    Raises
    ------
    Refused
        ``intake.built_upon`` when a row was changed since, or something refers to an added row.
    """
    models = _models()
    for step in steps:
        model = models[str(step["table"])]
        row = session.get(model, step["id"])
        if row is None:
            raise _built_upon(batch, step, "missing")
        if step.get("added"):
            _remove(session, batch, step, row)
        else:
            _restore(batch, step, row, now, by)
            session.add(row)
    session.flush()


def _remove(session: Session, batch: ImportBatch, step: dict[str, object], row: Any) -> None:
    if step.get("version") is not None and row.version != step["version"]:
        raise _built_upon(batch, step, "edited")
    values = step.get("values") or {}
    assert isinstance(values, dict)  # noqa: S101 - as stored above
    if any(_kept(getattr(row, name)) != value for name, value in values.items()):
        raise _built_upon(batch, step, "edited")
    try:
        with session.begin_nested():
            session.delete(row)
            session.flush()
    except IntegrityError:
        raise _built_upon(batch, step, "used") from None


def _restore(batch: ImportBatch, step: dict[str, object], row: Any, now: datetime, by: str) -> None:
    fields = step["fields"]
    assert isinstance(fields, dict)  # noqa: S101 - as stored above
    for name, (before, after) in fields.items():
        current = getattr(row, name)
        if _kept(current) != after:
            raise _built_upon(batch, step, "edited")
        setattr(row, name, _given_back(before, current))
    if "version" in type(row).model_fields:
        row.version += 1
        row.updated_at, row.updated_by = now, by


def _built_upon(batch: ImportBatch, step: dict[str, object], why: str) -> Refused:
    return Refused(
        "intake.built_upon", batch=batch.id, table=step["table"], row=step["id"], why=why
    )


def _models() -> dict[str, type[SQLModel]]:
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in SQLModel._sa_registry.mappers  # noqa: SLF001 - its only list of tables
    }
