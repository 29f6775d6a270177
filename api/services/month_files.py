"""The lists of a month as files for the dinas itself: who supports whom, who waits and why.

They hold names, because they are the office's own working lists; document numbers are never in
them. What couriers and donors get comes from ``api.services.dispatch`` and ``donor``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.documents.telephones import local_number
from api.i18n import N_, sentence, translator
from api.services import match_changes, matching, packing, planning
from api.services.change_words import kind_words, loss_words
from api.services.month_columns import (
    ASSIGNMENT_COLUMNS,
    CHANGE_COLUMNS,
    DUPLICATE_COLUMNS,
    PACKAGE_COLUMNS,
    SHORTAGE_COLUMNS,
    UNASSIGNED_COLUMNS,
    UNSERVED_COLUMNS,
)
from api.services.package_contents import kit_name
from api.services.package_list import list_packages
from api.services.shortages import Remedy
from data.queries.assignments import kept_off
from data.queries.cycles import is_approved
from data.queries.records import frozen_by_record
from data.reference.items import items
from data.reference.regions import regions
from data.schema import (
    Assignment,
    Child,
    CycleChild,
    DuplicatePair,
    Household,
    MatchRun,
    PairDecision,
    PairKind,
    PlanRun,
    Pledge,
    Sponsor,
    Unassigned,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from api.documents.report_models import Cell
    from data.reference.items import Item
    from data.schema import Cycle


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]], language: str) -> bytes:
    from api.documents.csv_files import csv_bytes

    say = translator(language)
    return csv_bytes([say(column) for column in columns], rows)


def _yes(is_so: object, language: str) -> str:
    return translator(language)(N_("ya") if is_so else N_("tidak"))


class MonthRows:
    """The rows of one month that several lists need, read once."""

    def __init__(self, session: Session, cycle: Cycle, language: str = "id") -> None:
        self.language = language
        known = regions()
        self.kelurahan = {each.code: each for each in known.all_kelurahan}
        self.kecamatan = {each.code: each.name for each in known.all_kecamatan}
        self.frozen = frozen_by_record(session, cycle)
        children = session.exec(select(Child).where(col(Child.id).in_(list(self.frozen)))).all()
        self.child = {row.id or 0: row for row in children}
        wanted = {row.household_id for row in children}
        homes = session.exec(select(Household).where(col(Household.id).in_(wanted))).all()
        self.household = {row.id or 0: row for row in homes}
        self.pledge = {row.id or 0: row for row in session.exec(select(Pledge)).all()}
        self.pledge_of_code = {row.code: row for row in self.pledge.values()}
        self.sponsor = {row.id or 0: row for row in session.exec(select(Sponsor)).all()}

    def area(self, code: str | None) -> tuple[str, str]:
        """Return the names of kecamatan and kelurahan; blank when the kelurahan is unknown."""
        found = self.kelurahan.get(code or "")
        return (self.kecamatan[found.kecamatan_code], found.name) if found else ("", "")

    def area_of(self, child: Child) -> tuple[str, str]:
        """Return where a child lived when the month was locked."""
        return self.area(self.frozen[child.id or 0].kelurahan_code)

    def giver(self, pledge_code: str | None) -> str:
        """Return a pledge's code with its sponsor's name; blank without a pledge."""
        if pledge_code is None:
            return ""
        found = self.pledge_of_code.get(pledge_code)
        return f"{pledge_code} {self.sponsor[found.sponsor_id].name}" if found else pledge_code


def dialled_number(phone: str | None) -> str:
    """Return a phone number as people write it, ``0813-0000-0004``, from another country too.

    Spreadsheets take a leading ``+`` for a formula, and bare digits for a number without its zero.
    """
    dialled = local_number(phone or "")
    if not dialled.startswith("+"):
        return dialled
    digits = dialled.replace("+", "00")
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def assignments_csv(session: Session, cycle: Cycle, rows: MonthRows) -> bytes:
    """Return ``assignments.csv``: one line per pair."""
    lines = [
        _assignment_line(cycle, rows, pair) for pair in matching.assignments(session, cycle=cycle)
    ]
    return _csv(ASSIGNMENT_COLUMNS, sorted(lines, key=lambda line: str(line[1])), rows.language)


def _assignment_line(cycle: Cycle, rows: MonthRows, pair: Assignment) -> Sequence[Cell]:
    child = rows.child[pair.child_id]
    home = rows.household[child.household_id]
    pledge = rows.pledge[pair.pledge_id]
    sponsor = rows.sponsor[pledge.sponsor_id]
    frozen = rows.frozen[pair.child_id]
    reason = str(pair.why.get("reason", ""))
    params = pair.why.get("params", {})
    return (
        cycle.month,
        child.code,
        child.name,
        child.born_on.isoformat(),
        home.guardian_name,
        *rows.area(frozen.kelurahan_code),
        sponsor.code,
        sponsor.name,
        dialled_number(sponsor.phone),
        pledge.code,
        frozen.tier,
        pair.distance_m,
        _yes(pair.is_kept, rows.language),
        _yes(pair.is_pinned, rows.language),
        sentence(reason, params if isinstance(params, dict) else {}, rows.language)
        if reason
        else "",
        _status(cycle, f"word.{pair.state.value}", rows.language),
    )


def _status(cycle: Cycle, code: str, language: str) -> str:
    """Say how far a pair or package is; in a month that nobody approved all are proposals."""
    return sentence(code if is_approved(cycle) else "word.proposed", {}, language)


def unassigned_csv(session: Session, cycle: Cycle, rows: MonthRows) -> bytes:
    """Return ``unassigned.csv``: every child without a sponsor, eligible or not, with the reason.

    Eligible children carry the cheapest change that would cover them; the others the rule that
    keeps them off this month's list. Children who are simply not stunted are not in it.
    """
    lines: list[Sequence[Cell]] = [
        _unassigned_line(cycle, rows, left, child)
        for left, child in matching.unassigned(session, cycle=cycle)
    ]
    lines += [
        _kept_off_line(cycle, rows, frozen, child)
        for frozen, child in kept_off(session, cycle=cycle, limit=None)[0]
    ]
    return _csv(UNASSIGNED_COLUMNS, sorted(lines, key=lambda line: str(line[1])), rows.language)


def _unassigned_line(
    cycle: Cycle, rows: MonthRows, left: Unassigned, child: Child
) -> Sequence[Cell]:
    frozen = rows.frozen[left.child_id]
    remedy_code, remedy = _cheapest(left.remedy, rows.language)
    return (
        cycle.month,
        child.code,
        child.name,
        *rows.area(frozen.kelurahan_code),
        frozen.tier,
        frozen.points,
        frozen.months_waiting,
        left.reason,
        sentence(left.reason, left.params, rows.language),
        remedy_code,
        remedy,
    )


def _cheapest(remedy: dict[str, object], language: str) -> tuple[str, str]:
    """Return code and sentence of the first (cheapest) remedy; blank without one."""
    remedies = remedy.get("remedies")
    if not isinstance(remedies, list) or not remedies:
        return "", ""
    code = str(remedies[0]["code"])
    return code, sentence(code, remedies[0].get("params", {}), language)


def _kept_off_line(
    cycle: Cycle, rows: MonthRows, frozen: CycleChild, child: Child
) -> Sequence[Cell]:
    reason = frozen.reason or ""
    remedy_code = f"{reason}.remedy"
    return (
        cycle.month,
        child.code,
        child.name,
        *rows.area(frozen.kelurahan_code),
        None,
        None,
        frozen.months_waiting,
        reason,
        sentence(reason, {}, rows.language),
        remedy_code,
        sentence(remedy_code, {}, rows.language),
    )


def changes_csv(session: Session, cycle: Cycle, rows: MonthRows) -> bytes:
    """Return ``changes.csv``: every difference from last month's pairs, why, and its price."""
    names = {row.code: row for row in rows.child.values()}
    lines: list[Sequence[Cell]] = []
    for change in match_changes.changes(session, cycle=cycle, against="last_month"):
        child = names.get(change.child_code)
        lines.append(
            (
                cycle.month,
                change.child_code,
                child.name if child else "",
                *(rows.area_of(child) if child else ("", "")),
                kind_words(change, rows.language),
                rows.giver(change.before),
                rows.giver(change.after),
                sentence(change.reason, change.params, rows.language),
                loss_words(change, rows.language),
            )
        )
    return _csv(CHANGE_COLUMNS, lines, rows.language)


def packages_csv(session: Session, cycle: Cycle, rows: MonthRows) -> bytes:
    """Return ``packages.csv``: one line per package with its contents."""
    known = items()
    lines: list[Sequence[Cell]] = [
        (
            cycle.month,
            box.code,
            box.child_code,
            box.household_code,
            box.guardian_name,
            *rows.area(box.kelurahan_code),
            box.kit_code,
            box.kit_version,
            kit_name(box.kit_code, rows.language),
            "; ".join(
                _goods(known[line.item_code], line.quantity, rows.language) for line in box.lines
            ),
            box.weight_g / 1000,
            box.volume_ml / 1000,
            box.cost_rp,
            _yes(box.needs_cool_box, rows.language),
            box.route_code or "",
            _status(cycle, f"package_state.{box.state.value}", rows.language),
        )
        for box in list_packages(session, cycle=cycle)
    ]
    return _csv(PACKAGE_COLUMNS, lines, rows.language)


def _item_name(item: Item, language: str) -> str:
    return item.name_en if language == "en" else item.name_id


def _goods(item: Item, quantity: int, language: str) -> str:
    """Return ``Telur ayam 30 butir`` or ``Rice 5 kg``."""
    unit = item.unit_en if language == "en" else item.unit_id
    return f"{_item_name(item, language)} {quantity} {unit}"


def shortages_csv(session: Session, cycle: Cycle, language: str = "id") -> bytes:
    """Return ``shortages.csv``: what is missing and who waits, or the purchase list."""
    if not list_packages(session, cycle=cycle):
        return _csv(SHORTAGE_COLUMNS, [], language)
    status, known = packing.packing_status(session, cycle=cycle), items()
    short: list[Sequence[Cell]] = [
        (
            cycle.month,
            _item_name(known[each.item_code], language),
            each.needed,
            each.available,
            each.missing,
            sentence(f"word.{each.remedy.value}", {}, language) if each.remedy else "",
            _item_name(known[each.substitute_code], language) if each.substitute_code else "",
            "; ".join(waiting.package_code for waiting in each.waiting),
            None,
            "",
        )
        for each in status.shortages
    ]
    bought: list[Sequence[Cell]] = [
        (
            cycle.month,
            _item_name(known[each.item_code], language),
            each.quantity,
            each.on_hand,
            each.quantity - each.on_hand,
            sentence(f"word.{Remedy.PURCHASE.value}", {}, language),
            "",
            "",
            each.cost_rp,
            each.price_source or "",
        )
        for each in status.purchases
    ]
    return _csv(SHORTAGE_COLUMNS, [*short, *bought], language)


def unserved_csv(session: Session, cycle: Cycle, rows: MonthRows) -> bytes:
    """Return ``unserved.csv``: every package that no route carries, with the reason."""
    lines: list[Sequence[Cell]] = [
        (
            cycle.month,
            each.package_code,
            each.household_code,
            each.guardian_name,
            *rows.area(each.kelurahan_code),
            each.reason,
            "; ".join(sentence(*told, rows.language) for told in each.reasons),
            "; ".join(sentence(*told, rows.language) for told in each.remedies),
        )
        for each in planning.unserved_packages(session, cycle=cycle)
    ]
    return _csv(UNSERVED_COLUMNS, lines, rows.language)


def _decided(pair: DuplicatePair) -> str:
    """Return what was decided of a pair; in a file it matters not whether somebody looked."""
    return "waiting" if pair.decision is PairDecision.OPEN else pair.decision.value


def duplicates_csv(session: Session, language: str = "id") -> bytes:
    """Return ``duplicates.csv``: pairs that a person must judge (*Keputusan*: sama / beda)."""
    say = translator(language)
    lines: list[Sequence[Cell]] = []
    children = {row.id: (row.code, row.name) for row in session.exec(select(Child)).all()}
    sponsors = {row.id: (row.code, row.name) for row in session.exec(select(Sponsor)).all()}
    for pair in session.exec(select(DuplicatePair).order_by(col(DuplicatePair.score).desc())).all():
        known = children if pair.kind is PairKind.CHILD else sponsors
        reasons = []
        for reason in pair.reasons:
            params = reason.get("params", {})
            reasons.append(
                sentence(
                    f"alike.{reason['code']}", params if isinstance(params, dict) else {}, language
                )
            )
        lines.append(
            (
                say(N_("anak") if pair.kind is PairKind.CHILD else N_("orang tua asuh")),
                *known[pair.first_id],
                *known[pair.second_id],
                pair.score,
                "; ".join(reasons),
                sentence(f"pair_decision.{_decided(pair)}", {}, language),
            )
        )
    return _csv(DUPLICATE_COLUMNS, lines, language)


def matching_json(session: Session, cycle: Cycle) -> bytes:
    """Return ``matching.json``: what ``asuh check`` reads: problem, levels, pairs."""
    from api.services.match_store import result_file

    return result_file(matching.current_run(session, cycle=cycle))


def plan_json(session: Session, cycle: Cycle) -> bytes | None:
    """Return ``plan.json``: what ``asuh check`` reads: problem and plan; None without a plan."""
    run = session.get(PlanRun, cycle.plan_run_id) if cycle.plan_run_id else None
    if run is None or run.plan_json is None or run.problem_json is None:
        return None
    content = {"problem": json.loads(run.problem_json), "plan": json.loads(run.plan_json)}
    return json.dumps(content, indent=1).encode()


def month_files(session: Session, *, cycle: Cycle, language: str = "id") -> dict[str, bytes]:
    """Return every list of the month by file name; a list without lines still has its header.

    Headers, sentences, states and goods are in the reader's language; next month reads either.
    Codes and what other programs read (``matching.json``, ``plan.json``) are the same in both.
    """
    rows = MonthRows(session, cycle, language)
    files = {"duplicates.csv": duplicates_csv(session, language)}
    if session.get(MatchRun, cycle.match_run_id or 0) is not None:
        files |= {
            "assignments.csv": assignments_csv(session, cycle, rows),
            "unassigned.csv": unassigned_csv(session, cycle, rows),
            "changes.csv": changes_csv(session, cycle, rows),
            "matching.json": matching_json(session, cycle),
        }
    files |= {
        "packages.csv": packages_csv(session, cycle, rows),
        "shortages.csv": shortages_csv(session, cycle, language),
        "unserved.csv": unserved_csv(session, cycle, rows),
    }
    plan = plan_json(session, cycle)
    return files | ({"plan.json": plan} if plan else {})
