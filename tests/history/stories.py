"""What sponsors and the office do beside the months' round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import (
    children,
    intake,
    pledges,
    replacements,
    sponsors,
    supervision,
    target_line,
    visit_findings,
)
from api.services.months import later_month
from data.schema import (
    Assignment,
    FigureKind,
    FigureUnit,
    Pledge,
    SupervisionFinding,
    SupervisionVisit,
)
from tests.history import script as told
from tests.history.script import BEFORE_LOCK, FIRST_MONTH, PLACES, SERVED_AREAS, at, on
from tests.stores import KEYS

if TYPE_CHECKING:
    from data.schema import Cycle
    from tests.history.town import Town

__all__ = ["after_approval", "at_end", "before_lock", "promise"]


def promise(town: Town, name: str, month: int, **fields: object) -> Pledge:
    """Let a sponsor come and promise to help a child of the served areas, or what is said."""
    by, now = town.people.staff, at(month, 1)
    sponsor = sponsors.register_sponsor(
        town.session, fields={"name": name, "kelurahan_code": PLACES[0][0]}, by=by, now=now,
        keys=KEYS,
    )  # fmt: skip
    asked = {"num_children": 1, "num_months": 60, "area_codes": list(SERVED_AREAS)} | fields
    first_month = later_month(FIRST_MONTH, month)
    return pledges.add_pledge(
        town.session, sponsor=sponsor, fields={"first_month": first_month} | asked, by=by, now=now
    )


def before_lock(town: Town, month: int) -> None:
    """Let sponsors come and change their minds, money come in, and a child leave in time."""
    if not town.script.has_stories:
        return
    by, now = town.people.staff, at(month, told.MEASURED_ON)
    _hear_of_others(town, month)
    if month == told.GIVES_FROM:
        town.giver = promise(
            town, "Pemberi uang", month, form="money", amount_rp=told.GIVES_RP, num_children=0,
            num_months=told.GIVES_MONTHS,
        )  # fmt: skip
    if month == told.STARTS:
        promise(
            town, "Perusahaan", month, num_children=told.NUM_COMPARED,
            num_months=told.HELP_MONTHS, area_codes=[told.HELPED_AT[0]],
        )  # fmt: skip
    if month == told.SPONSOR_ENDS + 1:
        promise(town, "Donatur pengganti", month)
    if month == told.AREA_MOVES:
        pledge = _pledge_of(town, 0)
        pledges.edit_pledge(
            town.session, pledge=pledge, base_version=pledge.version,
            changes={"area_codes": [PLACES[2][0]]}, by=by, now=now,
        )  # fmt: skip
    if month in told.RECEIVED_RP and town.giver is not None:
        _receive(town, town.giver, month, told.RECEIVED_RP[month])
    if month == told.GIFT_MONTH:
        _receive(town, _pledge_of(town, 0), month, told.GIFT_RP)
    if month == town.script.leaves(108):
        children.exit_child(
            town.session, child=town.children[108], by=town.people.approver,
            now=at(month, BEFORE_LOCK), effective_on=on(month, BEFORE_LOCK), reason="moved_out",
        )  # fmt: skip


def _hear_of_others(town: Town, month: int) -> None:
    """Hand in what other programmes list, as their offices write it."""
    lines = ["Program,Bulan,Nama Anak,Tgl Lahir"]
    for (programme, listed), numbers in told.LISTS.items():
        if listed == month:
            named = [(town.children[each].name, town.children[each].born_on) for each in numbers]
            for name, born_on in (*named, ("Bukan Anak Sini", on(0, 1))):
                lines.append(f"{programme},{on(month, 1):%Y-%m},{name},{born_on:%d/%m/%Y}")
    if len(lines) > 1:
        intake.import_file(
            town.session, file_name="program-lain.csv", content="\n".join(lines).encode(),
            by=town.people.staff, now=at(month, told.MEASURED_ON), keys=KEYS, kind="other_help",
            options={"date_order": "dmy"},
        )  # fmt: skip


def _receive(town: Town, pledge: Pledge, month: int, amount_rp: int) -> None:
    pledges.record_receipt(
        town.session, pledge=pledge, receipt_uid=f"riwayat-{month}",
        month=later_month(FIRST_MONTH, month), received_on=on(month, told.MEASURED_ON),
        amount_rp=amount_rp, by=town.people.staff, now=at(month, told.MEASURED_ON),
    )  # fmt: skip


def _pledge_of(town: Town, number: int) -> Pledge:
    """Return the pledge that a child had last."""
    pair = town.session.exec(
        select(Assignment)
        .where(Assignment.child_id == town.children[number].id)
        .order_by(col(Assignment.id).desc())
    ).first()
    assert pair is not None
    return town.session.get_one(Pledge, pair.pledge_id)


def after_approval(town: Town, cycle: Cycle, month: int) -> None:
    """Let a sponsor stop; the bridge fund steps in."""
    if not town.script.has_stories or month != told.SPONSOR_ENDS:
        return
    pledges.end_pledge(
        town.session, pledge=_pledge_of(town, 0), reason="cannot_continue", ended_on=on(month, 6),
        by=town.people.staff, now=at(month, 6),
    )  # fmt: skip
    for row in replacements.list_replacements(town.session, cycle=cycle):
        replacements.decide_replacement(
            town.session, replacement=row, accept=True, by=town.people.approver, now=at(month, 6)
        )


def at_end(town: Town, month: int) -> None:
    """Let the giver stop, the office visit a posyandu, and a target be set."""
    if not town.script.has_stories:
        return
    by, now = town.people.approver, at(month, 23)
    if month == 0:
        target_line.add_figure(
            town.session, kind=FigureKind.TARGET, area="Kota", on=told.TARGET_ON,
            value=told.TARGET, unit=FigureUnit.CHILDREN, name="Target", source="Kota", by=by,
            now=now,
        )  # fmt: skip
    if month == told.GIVES_FROM + told.GIVES_MONTHS - 1 and town.giver is not None:
        pledges.end_pledge(
            town.session, pledge=town.giver, reason="finished", ended_on=now.date(), by=by, now=now
        )
    if month == told.VISIT:
        _visit(town, month)
    if month == told.VISIT_ENDS:
        finding = town.session.exec(select(SupervisionFinding)).one()
        number = finding.id or 0
        visit_findings.answer_finding(
            town.session, finding_id=number, answer="sudah", by=town.people.coordinator, now=now
        )
        visit_findings.close_finding(town.session, finding_id=number, by=by, now=now)


def _visit(town: Town, month: int) -> None:
    by, now = town.people.coordinator, at(month, 23)
    visit: SupervisionVisit = supervision.plan_visit(
        town.session, kelurahan_code=PLACES[0][0], posyandu=PLACES[0][1], planned_on=now.date(),
        visitor=by.username, reasons={"rounded": 1}, by=by, now=now,
    )  # fmt: skip
    answers = dict.fromkeys(told.IN_ORDER, True) | dict.fromkeys(told.NOT_IN_ORDER, False)
    supervision.record_visit(
        town.session, visit=visit, visited_on=now.date(), answers=answers, notes="", by=by,
        now=now, base_version=visit.version,
    )  # fmt: skip
    visit_findings.add_finding(
        town.session, visit=visit, text="angka dibulatkan", action="latih", owner=by.username,
        due_on=told.DUE, by=by, now=now,
    )  # fmt: skip
