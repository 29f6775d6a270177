"""Lists of consents that guardians signed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import select

from api.services.consents import refusal
from api.services.intakes.plan import Plan, RowPlan
from api.services.intakes.unnamed import NamedChild, Unnamed
from data.duplicates.names import can_be_one_name
from data.queries.people import squashed
from data.readers.identity import masked
from data.readers.records import ConsentRecord
from data.schema import Child, ChildState, Consent, ConsentPurpose
from data.sealing import blind_index


def plan_consents(plan: Plan, records: Sequence[ConsentRecord]) -> None:
    """Plan answers per purpose; a *no* withdraws an earlier *yes* and is kept as a paper itself."""
    by_nik, by_name = _children(plan)
    given: dict[tuple[int, str], list[Consent]] = defaultdict(list)
    for consent in plan.session.exec(select(Consent)).all():
        given[consent.child_id, consent.purpose].append(consent)
    unnamed = Unnamed(plan, "NIK")
    by_day: dict[object, list[Child]] = defaultdict(list)
    of_name: dict[str, list[Child]] = defaultdict(list)
    for (name, born_on), children in by_name.items():
        by_day[born_on] += children
        of_name[name] += children
    for record in records:
        index = blind_index(plan.keys, record.nik) if record.nik else ""
        is_by_nik = index in by_nik
        fitting = (
            [by_nik[index]]
            if is_by_nik
            else by_name.get((squashed(record.child_name), record.born_on), [])
        )
        if len(fitting) != 1:
            said = NamedChild(
                row=record.row,
                name=record.child_name or "",
                born_on=record.born_on,
                nik=record.nik,
            )
            alike = (*by_day.get(record.born_on, ()), *of_name.get(squashed(said.name), ()))
            unnamed.reject(said, fitting, alike)
            continue
        row = RowPlan(record.row, "consent", fitting[0].code)
        row.warnings += _doubts(record, fitting[0], is_by_nik=is_by_nik)
        plan.rows.append(row)
        if record.allergies is not None:
            allergies = {"allergies": sorted(record.allergies)}
            plan.compare(row, fitting[0], allergies, as_of=plan.as_of or record.consented_on)
        for purpose, says in (
            (ConsentPurpose.PROGRAMME, record.programme),
            (ConsentPurpose.DISPLAY, record.display),
            (ConsentPurpose.PHOTO, record.photo),
        ):
            series = given[fitting[0].id or 0, purpose]
            _apply(plan, row, fitting[0], record, purpose, series, says=says)


def _doubts(record: ConsentRecord, child: Child, *, is_by_nik: bool) -> list[dict[str, Any]]:
    """Say where NIK and name of a row do not both lead to the child that it is taken for."""
    name = record.child_name or ""
    if record.nik is None or (is_by_nik and (not name or can_be_one_name(child.name, name))):
        return []
    nik = masked(record.nik, is_identity=True)
    params = {"child": name, "code": child.code, "nik": nik}
    if is_by_nik:
        params["known"] = child.name
        return [
            {
                "code": "intake.consent_other_name",
                "params": params,
                "column": "Nama Anak",
                "value": name,
            }
        ]
    code = "intake.consent_nik_unknown"
    if child.nik_masked:
        code, params["known"] = "intake.consent_other_nik", child.nik_masked
    return [{"code": code, "params": params, "column": "NIK", "value": nik}]


def _children(
    plan: Plan,
) -> tuple[dict[str, Child], dict[tuple[str, object], list[Child]]]:
    by_nik: dict[str, Child] = {}
    by_name: dict[tuple[str, object], list[Child]] = defaultdict(list)
    for child in plan.session.exec(select(Child)).all():
        if child.state is ChildState.DUPLICATE:
            continue
        if child.nik_index:
            by_nik[child.nik_index] = child
        by_name[squashed(child.name), child.born_on].append(child)
    return by_nik, by_name


def _apply(
    plan: Plan,
    row: RowPlan,
    child: Child,
    record: ConsentRecord,
    purpose: ConsentPurpose,
    series: list[Consent],
    *,
    says: bool | None,
) -> None:
    """Plan one answer of a paper: the later paper counts; yes and no of one day give no consent.

    Silence ends an earlier yes, for it is no consent, and is no paper of a refusal either.
    """
    day = record.consented_on
    if says is None:
        ended = _withdraw(plan, [one for one in series if one.granted_on < day])
        if ended is not None:
            row.fields[purpose.value] = {"before": ended, "after": None}
            row.action = "changed"
        return
    said = {one.is_refusal: one for one in sorted(series, key=lambda one: one.granted_on)}
    same, other = said.get(not says), said.get(says)
    if (same and same.granted_on >= day) or (other and other.granted_on > day):
        return  # known, or older than what was said since
    paper = _paper(plan, child, record, purpose, says=says)
    if says and other is not None and other.granted_on == day:
        paper.withdrawn_at = plan.now
    before = None if says else _withdraw(plan, [one for one in series if one.granted_on <= day])
    plan.add(0, paper)
    is_torn = other is not None and other.granted_on == day
    after = "consent_contradictory" if is_torn else day if says else "consent_refused"
    row.fields[purpose.value] = {"before": before, "after": after}
    row.action = "changed" if series or row.action == "changed" else "new"
    if is_torn and purpose is ConsentPurpose.PROGRAMME:
        params = {"child": child.name, "code": child.code, "day": day.isoformat()}
        row.warnings.append({"code": "intake.consent_contradictory", "params": params})
    series.append(paper)


def _withdraw(plan: Plan, papers: Sequence[Consent]) -> date | None:
    """Plan that consents end; return the day of the last one that was in force."""
    ended = None
    for one in papers:
        if plan.value(one, "withdrawn_at") is not None:
            continue
        ended = one.granted_on
        if one.id is None:
            one.withdrawn_at = plan.now
        else:
            plan.change(one, {"withdrawn_at": plan.now})
    return ended


def _paper(
    plan: Plan, child: Child, record: ConsentRecord, purpose: ConsentPurpose, *, says: bool
) -> Consent:
    if not says:
        return refusal(
            child_id=child.id or 0,
            purpose=purpose,
            guardian_name=record.guardian_name,
            refused_on=record.consented_on,
            recorded_by=plan.by,
            evidence=record.evidence or "",
        )
    return Consent(
        child_id=child.id or 0,
        purpose=purpose,
        guardian_name=record.guardian_name,
        evidence=record.evidence or "",
        granted_on=record.consented_on,
        recorded_by=plan.by,
    )
