"""Children files (e-PPGBM and its kin): children, households, measurements, states."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import select

from api.services.child_states import latest_measured, open_pair_ids, settle_state
from api.services.growth import compute_growth
from api.services.intakes.plan import Plan, Rejection, RowPlan
from api.services.months import month_of
from data.queries.people import HomeIndex
from data.readers.headers import squash
from data.readers.identity import masked
from data.readers.records import ChildRecord, MeasurementRecord, Position
from data.schema import Child, ChildState, Household, Measurement, Sex
from data.schema.base import new_uid
from data.sealing import blind_index, mask, seal

POSITIONS = {Position.LYING: "l", Position.STANDING: "h"}
HOUSEHOLD_FIELDS = {
    "guardian_name": "parent_name",
    "phone": "parent_phone",
    "address": "address",
    "rt": "rt",
    "rw": "rw",
    "kelurahan_code": "kelurahan_code",
    "posyandu": "posyandu",
    "puskesmas": "puskesmas",
    "lat": "latitude",
    "lon": "longitude",
}
MEASURED = ("weight_g", "lenhei_mm", "position", "muac_mm", "weight_gain", "file_haz")
LEAST_ALIKE = 60
"""Likeness of names in per cent from which a number and a name may belong together."""
COMPUTED = ("haz", "waz", "whz", "flags")


CAME_BACK = "child_came_back"


class _Register:
    """The children that the store holds and that this file adds, by what identifies them."""

    def __init__(self, plan: Plan) -> None:
        self.homes = HomeIndex(plan.session.exec(select(Household)).all())
        self.by_nik: dict[str, Child] = {}
        self.by_code: dict[str, Child] = {}
        self.by_name: dict[tuple[Any, ...], list[Child]] = defaultdict(list)
        self.home_of: dict[int, Household] = {}
        self.told: set[int] = set()
        """Homes of which this file has told already; siblings' rows do not overwrite it."""
        self.kept_of: dict[int, Child] = {}
        """The child that a merged record speaks of, by the record's identity."""
        homes = {home.id: home for home in self.homes.all}
        children = plan.session.exec(select(Child).order_by(Child.code)).all()
        for child in children:
            if child.state is not ChildState.DUPLICATE:
                self.add(child, homes[child.household_id])
        self._add_merged(children, homes)
        self.measured: dict[int, list[Measurement]] = defaultdict(list)
        for one in plan.session.exec(select(Measurement)).all():
            self.measured[one.child_id].append(one)

    def _add_merged(self, children: Sequence[Child], homes: dict[int | None, Household]) -> None:
        """Let the words of merged records lead to the child that was kept, after its own."""
        by_id = {child.id: child for child in children}
        for child in children:
            if child.state is not ChildState.DUPLICATE:
                continue
            kept, steps = child, 0
            while kept.duplicate_of_id is not None and steps < len(by_id):
                kept, steps = by_id[kept.duplicate_of_id], steps + 1
            if kept.state is ChildState.DUPLICATE:
                continue
            self.kept_of[id(child)] = kept
            self.home_of[id(child)] = homes[child.household_id]
            self.by_code.setdefault(child.code, child)
            if child.nik_index:
                self.by_nik.setdefault(child.nik_index, child)
            self.by_name[_name_key(child.name, child.born_on, child.sex)].append(child)

    def add(self, child: Child, home: Household) -> None:
        self.home_of[id(child)] = home
        self.by_code[child.code] = child
        if child.nik_index:
            self.by_nik[child.nik_index] = child
        self.by_name[_name_key(child.name, child.born_on, child.sex)].append(child)

    def find(self, record: ChildRecord, nik_index: str | None) -> Child | None:
        """Return the same child: by NIK, our code, or the same words in the same place."""
        if nik_index and nik_index in self.by_nik:
            return self.by_nik[nik_index]
        if record.child_code and record.child_code in self.by_code:
            return self.by_code[record.child_code]
        for child in self.by_name[_name_key(record.name, record.born_on, record.sex)]:
            home = self.home_of[id(child)]
            same_parent = squash(record.parent_name or "") == squash(home.guardian_name)
            same_place = (record.kelurahan_code or None) == home.kelurahan_code
            other_nik = nik_index and child.nik_index and nik_index != child.nik_index
            if same_parent and same_place and not other_nik:
                return child
        return None


def _name_key(name: str, born_on: date, sex: str) -> tuple[Any, ...]:
    return squash(name), born_on, str(sex)


def plan_children(plan: Plan, records: Sequence[ChildRecord]) -> None:
    """Plan what a file of children changes.

    A record whose NIK belongs to a child of another name and birth date is rejected: nobody can
    say from the file whose it is.
    """
    register = _Register(plan)
    grown: list[tuple[Child, Measurement]] = []
    touched: list[tuple[Child, Child, RowPlan, list[Measurement]]] = []
    seen: dict[int, RowPlan] = {}
    for record in records:
        nik_index = blind_index(plan.keys, record.nik) if record.nik else None
        child = register.find(record, nik_index)
        if child is not None and _is_another(register, child, record, plan):
            params = {"child": child.code}
            shown = masked(record.nik or "", is_identity=True)
            plan.rejections.append(
                Rejection(record.rows, "intake.nik_of_another", params, column="NIK", value=shown)
            )
            continue
        if child is not None and id(child) in register.kept_of:
            touched.append(_merged_row(plan, register, child, record, grown))
            continue
        if child is None:
            row, child = _new_child(plan, register, record, nik_index)
        elif id(child) in seen:
            row = RowPlan(record.row, "child", child.code, action="merged")
        else:
            row = RowPlan(record.row, "child", child.code)
            if child.id is not None:
                _compare(plan, register, row, child, record, nik_index)
        plan.rows.append(row)
        first = seen.setdefault(id(child), row)
        scratch = _scratch(plan, child)
        fresh = _measure(plan, register, first, child, scratch, record, grown)
        touched.append((child, scratch, first, fresh))
    compute_growth(grown)
    _settle(plan, touched)


def _merged_row(
    plan: Plan,
    register: _Register,
    merged: Child,
    record: ChildRecord,
    grown: list[tuple[Child, Measurement]],
) -> tuple[Child, Child, RowPlan, list[Measurement]]:
    """Plan a row that speaks of a record merged into another: only new measurements count.

    Its words lost when the records were merged, and would come back with every file otherwise.
    """
    child = register.kept_of[id(merged)]
    known = {one.measured_on for one in register.measured[child.id or 0]}
    fresh = tuple(one for one in record.measurements if one.measured_on not in known)
    row = RowPlan(record.row, "child", child.code, action="merged")
    row.notes.append("intake.merged_into")
    plan.rows.append(row)
    scratch = _scratch(plan, child)
    trimmed = replace(record, measurements=fresh)
    return child, scratch, row, _measure(plan, register, row, child, scratch, trimmed, grown)


def _is_another(register: _Register, child: Child, record: ChildRecord, plan: Plan) -> bool:
    """Whether a number leads to another child: another name with another birth date, or a twin.

    A name that a person confirmed may differ from the office's as far as it likes; then the parent
    tells.
    """
    from data.duplicates.names import can_be_one_name

    name = plan.value(child, "name")
    if squash(name) == squash(record.name):
        return False
    if plan.value(child, "born_on") != record.born_on:
        return True
    is_other_sex = plan.value(child, "sex") is not Sex(record.sex.value)
    if not is_other_sex and can_be_one_name(name, record.name):
        return False
    guardian = plan.value(register.home_of[id(child)], "guardian_name")
    same_parent = _alike(guardian, record.parent_name or guardian)
    return not (same_parent and "name" in child.confirmed_fields)


def _alike(one: str, other: str | None) -> bool:
    from rapidfuzz import fuzz

    return fuzz.token_sort_ratio(squash(one), squash(other or "")) >= LEAST_ALIKE


def _new_child(
    plan: Plan, register: _Register, record: ChildRecord, nik_index: str | None
) -> tuple[RowPlan, Child]:
    home = _home(plan, register, record)
    child = Child(
        code=plan.codes.child(record.kelurahan_code),
        household_id=home.id or 0,
        name=record.name,
        sex=Sex(record.sex.value),
        born_on=record.born_on,
        birth_weight_g=record.birth_weight_g,
        birth_length_mm=record.birth_length_mm,
        state=ChildState.DRAFT,
        uid=new_uid(),
        allergies=[],
        review_reasons=[],
        confirmed_fields={},
        registered_month=month_of(plan.today),
        updated_at=plan.now,
        updated_by=plan.by,
    )
    _seal_nik(plan, child, record.nik, nik_index)
    plan.add(1, child)
    plan.link(child, "household_id", home)
    register.add(child, home)
    row = RowPlan(record.row, "child", record.name, action="new")
    _compare_home(plan, register, row, home, record, as_of=_day_of(plan, record), is_older=False)
    row.fields |= {
        name: {"before": None, "after": value}
        for name, value in (
            ("name", record.name),
            ("born_on", record.born_on),
            ("sex", record.sex),
            ("kelurahan_code", record.kelurahan_code),
            ("address", record.address),
            ("guardian_name", record.parent_name),
        )
        if value is not None
    }
    return row, child


def _seal_nik(plan: Plan, child: Child, nik: str | None, nik_index: str | None) -> None:
    if nik:
        child.nik_sealed = seal(plan.keys, nik, place=f"child:nik:{child.uid}")
        child.nik_index, child.nik_masked = nik_index, mask(nik)


# Defaults that a function makes are given outright below and above: for each row pydantic would
# look the function's signature up again, which is most of the time of a large file.


def _home(plan: Plan, register: _Register, record: ChildRecord) -> Household:
    """Return the family's household: by family card, by parent and address, or a new one."""
    card = record.family_card
    kk_index = blind_index(plan.keys, card) if card else None
    found = register.homes.find(
        kk_index=kk_index,
        guardian=record.parent_name,
        kelurahan_code=record.kelurahan_code,
        address=record.address,
        rt=record.rt,
    )
    if found is not None:
        return found
    fields = {name: getattr(record, theirs) for name, theirs in HOUSEHOLD_FIELDS.items()}
    home = Household(
        code=plan.codes.household(record.kelurahan_code),
        updated_at=plan.now,
        updated_by=plan.by,
        uid=new_uid(),
        risk_factors=[],
        confirmed_fields={},
        **fields | {"guardian_name": record.parent_name or "", "address": record.address or ""},
    )
    if card:
        home.kk_sealed = seal(plan.keys, card, place=f"household:kk:{home.uid}")
        home.kk_index = kk_index
    if record.parent_nik:
        home.guardian_nik_index = blind_index(plan.keys, record.parent_nik)
    plan.add(0, home)
    register.homes.add(home)
    return home


def _compare(
    plan: Plan,
    register: _Register,
    row: RowPlan,
    child: Child,
    record: ChildRecord,
    nik_index: str | None,
) -> None:
    as_of = _day_of(plan, record)
    known = max((one.measured_on for one in register.measured[child.id or 0]), default=None)
    is_older = as_of is not None and known is not None and as_of < known
    values = {
        "name": record.name,
        "sex": Sex(record.sex.value),
        "born_on": record.born_on,
        "birth_weight_g": record.birth_weight_g,
        "birth_length_mm": record.birth_length_mm,
    }
    if squash(child.name) == squash(record.name):
        del values["name"]
    plan.compare(row, child, values, as_of=as_of, is_older=is_older)
    home = register.home_of[id(child)]
    _compare_home(plan, register, row, home, record, as_of=as_of, is_older=is_older)
    if record.nik and child.nik_index is None and nik_index not in register.by_nik:
        place = f"child:nik:{child.uid}"
        plan.change(
            child,
            {
                "nik_sealed": seal(plan.keys, record.nik, place=place),
                "nik_index": nik_index,
                "nik_masked": mask(record.nik),
            },
        )
        row.fields["nik"] = {"before": None, "after": mask(record.nik)}
        row.action = "changed"
        register.by_nik[nik_index or ""] = child


def _day_of(plan: Plan, record: ChildRecord) -> date | None:
    """Return the day that a record speaks of: the file's, else its last measurement's."""
    return plan.as_of or max((one.measured_on for one in record.measurements), default=None)


def _compare_home(
    plan: Plan,
    register: _Register,
    row: RowPlan,
    home: Household,
    record: ChildRecord,
    *,
    as_of: date | None,
    is_older: bool,
) -> None:
    """Let the first row that speaks of a stored home change it; siblings' rows change it no more.

    A new child's row counts like a known one's: when the file comes again it is one.
    """
    if home.id is None or id(home) in register.told:
        return
    register.told.add(id(home))
    fields = {name: getattr(record, theirs) for name, theirs in HOUSEHOLD_FIELDS.items()}
    plan.compare(row, home, fields, as_of=as_of, is_older=is_older)


def _scratch(plan: Plan, child: Child) -> Child:
    """Return a copy on which a new state can be tried; a new child is its own."""
    if child.id is None:
        return child
    copy = Child(**child.model_dump())
    for name in ("name", "sex", "born_on"):
        setattr(copy, name, plan.value(child, name))
    return copy


def _measure(
    plan: Plan,
    register: _Register,
    row: RowPlan,
    child: Child,
    scratch: Child,
    record: ChildRecord,
    grown: list[tuple[Child, Measurement]],
) -> list[Measurement]:
    """Plan the measurements of a record; return all that the child then has."""
    series = register.measured[child.id or -id(child)]
    at = {one.measured_on: one for one in series}
    for found in record.measurements:
        values = _values(found)
        stored = at.get(found.measured_on)
        if stored is None:
            one = Measurement(
                child_id=child.id or 0,
                measured_on=found.measured_on,
                flags=[],
                source=str(plan.options.get("file_name", "")),
                **values,
            )
            plan.add(2, one)
            plan.link(one, "child_id", child)
            series.append(one)
            at[found.measured_on] = one
            grown.append((scratch, one))
            _show_measured(row, found.measured_on, None, values)
        elif stored.id is not None:
            _remeasure(plan, row, scratch, stored, values)
    if child.id is not None and (scratch.born_on, scratch.sex) != (child.born_on, child.sex):
        for one in series:
            if one.id is not None:
                _remeasure(plan, row, scratch, one, {}, is_forced=True)
    return series


def _values(found: MeasurementRecord) -> dict[str, Any]:
    return {
        "weight_g": found.weight_g,
        "lenhei_mm": found.height_mm,
        "position": POSITIONS[found.position] if found.position else None,
        "muac_mm": found.muac_mm,
        "weight_gain": found.weight_gain,
        "file_haz": found.stated_haz,
    }


def _show_measured(
    row: RowPlan, on: date, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    row.fields[f"measured:{on.isoformat()}"] = {"before": before, "after": after}
    if row.action == "same":
        row.action = "changed"


def _remeasure(
    plan: Plan,
    row: RowPlan,
    scratch: Child,
    stored: Measurement,
    values: dict[str, Any],
    *,
    is_forced: bool = False,
) -> None:
    different = {
        name: value
        for name, value in values.items()
        if value is not None and plan.value(stored, name) != value
    }
    if not different and not is_forced:
        return
    copy = Measurement(**stored.model_dump())
    for name in MEASURED:
        setattr(copy, name, different.get(name, plan.value(stored, name)))
    compute_growth([(scratch, copy)])
    computed = {name: getattr(copy, name) for name in COMPUTED}
    before = {name: getattr(stored, name) for name in different}
    plan.change(stored, different | computed)
    if different:
        _show_measured(row, stored.measured_on, before, different)


def _settle(
    plan: Plan,
    touched: list[tuple[Child, Child, RowPlan, list[Measurement]]],
) -> None:
    """Let the measurements decide states, and show each state that changes."""
    pairs = open_pair_ids(plan.session)
    for child, scratch, row, series in touched:
        now = [_as_planned(plan, one) for one in series]
        settle_state(scratch, now, on=plan.today, has_open_pair=(child.id or 0) in pairs)
        latest = latest_measured(now)
        if latest is not None:
            back = [CAME_BACK] if _came_back(child, series) else []
            row.notes = sorted({*row.notes, *latest.flags, *scratch.review_reasons, *back})
        if child.id is None:
            row.fields["state"] = {"before": None, "after": child.state}
            continue
        if row.action == "same":
            continue  # the same file twice changes nothing, whatever happened in between
        for name in ("state", "review_reasons", "was_in_programme"):
            after = getattr(scratch, name)
            if getattr(child, name) != after and plan.value(child, name) != after:
                plan.change(child, {name: after})
                if name != "was_in_programme":  # the state says it to people
                    row.fields[name] = {"before": getattr(child, name), "after": after}


def _came_back(child: Child, series: list[Measurement]) -> bool:
    """Whether a file measures a child after the day on which it left; a person decides on it."""
    left_on = child.effective_on
    return (
        child.state is ChildState.EXITED
        and left_on is not None
        and any(one.id is None and one.measured_on > left_on for one in series)
    )


def _as_planned(plan: Plan, one: Measurement) -> Measurement:
    if one.id is None:
        return one
    copy = Measurement(**one.model_dump())
    for name in (*MEASURED, *COMPUTED):
        setattr(copy, name, plan.value(one, name))
    return copy
