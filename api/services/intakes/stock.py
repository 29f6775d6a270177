"""Stock lists: what was counted in the depots."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import select

from api.services.intakes.plan import Plan, Rejection, RowPlan
from data.queries.goods import boxed_goods
from data.queries.people import squashed
from data.readers.records import StockRecord
from data.reference.items import item, units_from
from data.schema import Depot, StockItem, StockMove, StockMoveKind

Key = tuple[int, str]


def plan_stock(plan: Plan, records: Sequence[StockRecord]) -> None:
    """Plan the counted stock: lots of one item in one depot add up to what is on hand.

    The difference from the books becomes a move, so that the sum of moves stays what is on hand.
    """
    session = plan.session
    depots = {squashed(row.name): row for row in session.exec(select(Depot)).all()}
    stored = {(row.depot_id, row.item_code): row for row in session.exec(select(StockItem)).all()}
    counted: dict[Key, int] = {}
    expires: dict[Key, date] = {}
    rows: dict[Key, RowPlan] = {}
    for record in records:
        found = _read(plan, record, depots)
        if found is None:
            continue
        key, units = found
        counted[key] = counted.get(key, 0) + units
        if record.expires_on is not None:
            expires[key] = min(expires.get(key, record.expires_on), record.expires_on)
        is_lot = key in rows
        row = RowPlan(record.row, "stock", key[1], action="merged" if is_lot else "same")
        plan.rows.append(row)
        rows.setdefault(key, row)
    packed = boxed_goods(session)
    for key, row in rows.items():
        _compare(plan, row, key, counted[key], stored.get(key), expires.get(key))
        if key in packed and "on_hand" in row.fields:
            units, num_packages = packed[key]
            params = {"counted": counted[key], "packed": units, "n": num_packages}
            row.warnings.append({"code": "intake.packed_in_between", "params": params})


def _read(plan: Plan, record: StockRecord, depots: dict[str, Depot]) -> tuple[Key, int] | None:
    depot = depots.get(squashed(record.depot_name))
    if depot is None and record.depot_name is None and len(depots) == 1:
        depot = next(iter(depots.values()))
    if depot is None:
        params = {"depot": record.depot_name or ""}
        plan.rejections.append(Rejection((record.row,), "intake.depot_unknown", params))
        return None
    code = record.item.item_code or ""
    units = units_from(item(code), float(record.item.quantity), record.item.unit)
    if units is None:
        params = {"item": record.item.name, "unit": record.item.unit}
        plan.rejections.append(Rejection((record.row,), "intake.unit_does_not_fit", params))
        return None
    return (depot.id or 0, code), int(units)


def _compare(
    plan: Plan,
    row: RowPlan,
    key: Key,
    counted: int,
    stored: StockItem | None,
    expires_on: date | None,
) -> None:
    before = stored.on_hand if stored else 0
    if stored is not None and counted < stored.reserved:
        params = {"item": key[1], "counted": counted, "reserved": stored.reserved}
        plan.rows.remove(row)
        plan.rejections.append(Rejection((row.row,), "intake.below_reserved", params))
        return
    if stored is None:
        fresh = StockItem(
            depot_id=key[0],
            item_code=key[1],
            on_hand=counted,
            expires_on=expires_on,
            counted_at=plan.now,
        )
        plan.add(0, fresh)
        row.action = "new"
    else:
        values: dict[str, object] = {"on_hand": counted} if counted != before else {}
        if expires_on is not None and expires_on != stored.expires_on:
            values["expires_on"] = expires_on
        plan.change(stored, values | {"counted_at": plan.now})
        row.action = "changed" if values else "same"
        if "expires_on" in values:
            row.fields["expires_on"] = {"before": stored.expires_on, "after": expires_on}
    if counted != before:
        row.fields["on_hand"] = {"before": before, "after": counted}
        kind = StockMoveKind.OPENING if stored is None else StockMoveKind.CORRECT
        move = StockMove(
            move_uid=f"import:{plan.options['sha256'][:24]}:{plan.now:%Y%m%d%H%M%S}:{key[0]}:{key[1]}"[
                :64
            ],
            depot_id=key[0],
            item_code=key[1],
            kind=kind,
            quantity=counted - before,
            note=str(plan.options.get("file_name", "")),
            by=plan.by,
            at=plan.now,
        )
        plan.add(1, move)
