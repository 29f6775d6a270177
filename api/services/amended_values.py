"""What a correction of a closed month says, made whole: before and after of what it is about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from api.services.amended_goods import (
    BUCKET_OF,
    BUCKETS,
    accepted_now,
    chosen_items,
    counted_items,
    package_state_now,
    packed_by_item,
    whereabouts,
    whole_or_none,
)
from api.services.clock import local_date
from api.services.corrected_judgements import Judged, judged_now, judgement
from api.services.delivery_times import earliest_moment
from api.services.errors import Refused
from data.reference.reasons import delivery_reasons
from data.schema import Fulfilment, FulfilmentState, Package, PackageState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from api.services.amended_goods import Whereabouts

__all__ = ["corrected_judgement", "corrected_package"]

F = FulfilmentState
NO_KIT = ("too_old", "no_allowed_food")


def corrected_judgement(
    session: Session,
    *,
    row: Fulfilment,
    package: Package | None,
    after: Mapping[str, object],
    now: datetime,
) -> tuple[dict[str, object], dict[str, object]]:
    """Return before and after of a judgement, with everything that follows from what was said.

    Raises
    ------
    Refused
        As :func:`api.services.amendments.amend_cycle`.
    """
    standing = judged_now(session, row=row)
    packed = packed_by_item(session, package=package) if package else {}
    known_items = accepted_now(session, package=package) if package else None
    items = chosen_items(packed, known_items, after)
    accepted = sum(items.values()) if items is not None else _accepted(standing, after)
    items = items or whole_or_none(packed, accepted)
    state = judgement(standing.packed_items, accepted)
    if _choice("state", after.get("state", state.value), list(F)) != state:
        raise Refused(
            "amend.inconsistent",
            state=str(after["state"]),
            accepted=accepted,
            packed=standing.packed_items,
        )
    day = _day(session, standing, after, accepted, package, now)
    wanted: dict[str, object] = {
        "state": state.value,
        "accepted_items": accepted,
        "delivered_on": day.isoformat() if day else None,
        "reason": _reason(after.get("reason", None if state is F.FULFILLED else standing.reason)),
    }
    known: dict[str, object] = {
        "state": standing.state.value,
        "accepted_items": standing.accepted_items,
        "delivered_on": standing.delivered_on.isoformat() if standing.delivered_on else None,
        "reason": standing.reason,
    }
    moved = accepted - standing.accepted_items
    changed = {name: value for name, value in wanted.items() if value != known[name]}
    if items is not None and items != known_items and (moved or "items" in after):
        changed["items"], known["items"] = items, known_items
    if not changed:
        raise Refused("amend.nothing")
    if moved or "items" in changed or "moved_to" in after:
        if items is None:
            raise Refused("amend.by_item", items=", ".join(packed))
        more = {code: units - (known_items or {}).get(code, units) for code, units in items.items()}
        changed["moved_to"] = _bucket(session, package, after, more, moved)
    before = {
        name: known[name] for name in changed if known.get(name) is not None or name in wanted
    }
    return before, changed


def _bucket(
    session: Session,
    package: Package | None,
    after: Mapping[str, object],
    more: Mapping[str, int],
    moved: int,
) -> str:
    """Return where units go that were not accepted, or lie that were; there must be so many."""
    if after.get("moved_to") is None:
        raise Refused("amend.where")
    bucket = _choice("moved_to", after["moved_to"], BUCKETS)
    if package is None or not _may_lie(package, bucket):
        raise Refused("amend.moved_to", where=bucket, units=abs(moved))
    found = whereabouts(session, package=package)
    wanted = {code: units for code, units in more.items() if units > 0}
    lacks = any(units > found.by_item[bucket][code] for code, units in wanted.items())
    if moved > found.units[bucket] or (lacks and found.is_told_by_item):
        raise Refused("amend.moved_to", where=bucket, units=sum(wanted.values()) or abs(moved))
    return bucket


def _may_lie(package: Package, bucket: str) -> bool:
    """Whether a package's goods can be there: only a box that stayed is carried to the next."""
    return bucket != "carried" or package.state == PackageState.CARRIED


def _accepted(standing: Judged, after: Mapping[str, object]) -> int:
    if "accepted_items" in after:
        value = after["accepted_items"]
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, int) or not is_number or not 0 <= value <= standing.packed_items:
            raise Refused(
                "amend.value",
                field="accepted_items",
                found=str(value),
                allowed=f"0–{standing.packed_items}",
            )
        return value
    wanted = after.get("state")
    whole = {F.FULFILLED.value: standing.packed_items, F.UNFULFILLED.value: 0}
    return whole.get(str(wanted), standing.accepted_items)


def _day(
    session: Session,
    standing: Judged,
    after: Mapping[str, object],
    accepted: int,
    package: Package | None,
    now: datetime,
) -> date | None:
    if not accepted:
        if after.get("delivered_on") is not None:
            raise Refused("amend.day_without_goods")
        return None
    value = after.get("delivered_on", standing.delivered_on)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Refused(
                "amend.value", field="delivered_on", found=value, allowed="YYYY-MM-DD"
            ) from None
    earliest = (
        earliest_moment(session, package=package, stop_id=package.stop_id) if package else None
    )
    first, last = local_date(earliest) if earliest else date.min, local_date(now)
    if not isinstance(value, date) or not first <= value <= last:
        raise Refused(
            "amend.day", found=str(value or "–"), first=first.isoformat(), last=last.isoformat()
        )
    return value


def _reason(value: object) -> str | None:
    if value is None:
        return None
    known = (*delivery_reasons(), *(state.value for state in PackageState), "no_package", *NO_KIT)
    return _choice("reason", value, known)


def _choice(field: str, value: object, allowed: list[F] | tuple[str, ...]) -> str:
    if value not in tuple(allowed):
        raise Refused(
            "amend.value",
            field=field,
            found=str(value if value is not None else "–"),
            allowed=", ".join(str(getattr(one, "value", one)) for one in allowed),
        )
    return str(value)


def corrected_package(
    session: Session, *, package: Package, after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return before and after of goods that no family accepted and that are elsewhere.

    Raises
    ------
    Refused
        As :func:`api.services.amendments.amend_cycle`.
    """
    standing = package_state_now(session, package=package)
    found = whereabouts(session, package=package)
    if "state" not in after:
        return _moved_rest(package, found, standing, after)
    state = _choice("state", after["state"], tuple(one.value for one in BUCKET_OF))
    if standing.value == state or standing not in BUCKET_OF:
        raise Refused("amend.package_state", package=package.code, found=standing.value)
    bucket = BUCKET_OF[standing]
    after_now: dict[str, object] = {"state": state, "units": found.units[bucket]}
    if found.is_told_by_item:
        after_now["items"] = {code: found.by_item[bucket][code] for code in _codes(found)}
    return {"state": standing.value}, after_now


def _moved_rest(
    package: Package, found: Whereabouts, standing: PackageState, after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Move what a family left of a package, or some of it, from one bucket to another."""
    if after.get("moved_to") is None:
        raise Refused("amend.where")
    source, target = (
        _choice(name, after.get(name), BUCKETS) for name in ("moved_from", "moved_to")
    )
    there = found.left(source)
    if not found.is_told_by_item:
        raise Refused("amend.items", items=", ".join(_codes(found)))
    if source == target or not there or not _may_lie(package, target):
        raise Refused("amend.moved_to", where=source if not there else target, units=0)
    moved = counted_items(after["items"], there) if "items" in after else there
    moved = {code: units for code, units in moved.items() if units}
    if not moved:
        raise Refused("amend.nothing")
    entry: dict[str, object] = {"moved_from": source, "moved_to": target, "items": moved}
    if moved == there and BUCKET_OF.get(standing) == source and target in BUCKET_OF.values():
        state = next(one for one, bucket in BUCKET_OF.items() if bucket == target)
        return {"state": standing.value}, entry | {"state": state.value}
    return {}, entry


def _codes(found: Whereabouts) -> list[str]:
    return sorted({code for goods in found.by_item.values() for code in goods})
