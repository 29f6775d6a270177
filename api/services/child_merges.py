"""Two records of one child become one, and what was built on the dropped one goes with it."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.child_states import leave_month
from api.services.clock import local_date
from api.services.courier_pairs import carry_pairs
from api.services.cycle_lock import RUNNING, hold_running_cycles
from api.services.donor_aliases import follow_child
from api.services.editing import hold_rows
from api.services.errors import Forbidden, Refused
from api.services.package_contents import forbidden_items
from api.services.package_states import IN_DEPOT
from api.services.replacement_moves import settled_children
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    ConsumptionCheck,
    Cycle,
    CycleState,
    Fulfilment,
    GrowthReview,
    Measurement,
    OtherHelp,
    Package,
    PackageLine,
    PackageState,
    Role,
)
from data.sealing import KeyRing, seal, unseal

OVER = (AssignmentState.WITHDRAWN, AssignmentState.REPLACED)
BEFORE_APPROVAL = (CycleState.LOCKED, CycleState.PROPOSED, CycleState.IN_APPROVAL)


def merge_children(
    session: Session, *, kept: Child, dropped: Child, by: Account, now: datetime, keys: KeyRing
) -> None:
    """Let everything of ``dropped`` speak of ``kept``; the dropped record stays, with its link.

    Its number is sealed anew for the kept record when that has none; allergies add up. In a
    running month in which both have a sponsor, the one whose package has not left gives its place
    to the next child. Packages that have not left follow to the kept record's door, and are
    cancelled (to be packed again) when they hold what this child may not eat. A month in which
    both received stays as it was, in the books and in the audit trail.

    Raises
    ------
    Forbidden
        ``duplicate.approver_only`` when the dropped record has a sponsor or deliveries.
    Refused
        ``duplicate.merged_before`` when one of the records was merged already;
        ``duplicate.unlock_first`` while a month with the dropped record is on its way to approval.
    """
    hold_running_cycles(session)
    hold_rows(session, kept, dropped)
    for one in (kept, dropped):
        if one.state is ChildState.DUPLICATE:
            raise Refused("duplicate.merged_before", child=one.code)
    pairs = _standing(session, dropped)
    if pairs and by.role is not Role.APPROVER:
        raise Forbidden("duplicate.approver_only", child=dropped.code)
    cycles = {pair.cycle_id: session.get_one(Cycle, pair.cycle_id) for pair in pairs}
    for cycle in cycles.values():
        if cycle.state in BEFORE_APPROVAL:
            raise Refused("duplicate.unlock_first", month=cycle.month, child=dropped.code)
    doubled = {pair.cycle_id for pair in _standing(session, kept)} & set(cycles)
    leaving = [
        child
        for number in sorted(doubled)
        if (child := _who_leaves(session, cycles[number], kept, dropped)) is not None
    ]
    _move_books(session, kept, dropped, apart=doubled)
    follow_child(session, kept=kept, dropped=dropped)
    withdrawn = _join_consents(session, kept, dropped)
    _move_facts(session, kept, dropped, keys)
    dropped.state, dropped.duplicate_of_id = ChildState.DUPLICATE, kept.id
    for child in (kept, dropped):
        child.version += 1
        child.updated_at, child.updated_by = now, by.username
        session.add(child)
    session.flush()
    for child in leaving:
        leave_month(session, child, by, now, "merged")
    if dropped.household_id != kept.household_id:
        carry_pairs(session, gone=dropped.household_id, kept=kept.household_id, by=by, now=now)
    _mend_packages(session, kept, by, now)
    record(
        session,
        by=by,
        action="child:merge",
        subject="child",
        subject_id=kept.code,
        now=now,
        after={
            "merged": dropped.code,
            "version": kept.version,
            "both_in": sorted(cycles[number].month for number in doubled),
            "consents_withdrawn": withdrawn,
        },
    )


def _standing(session: Session, child: Child) -> list[Assignment]:
    return list(
        session.exec(
            select(Assignment).where(
                Assignment.child_id == child.id, col(Assignment.state).not_in(OVER)
            )
        ).all()
    )


def _who_leaves(session: Session, cycle: Cycle, kept: Child, dropped: Child) -> Child | None:
    """Return whose part of a running month ends; None when both packages are on their way."""
    if cycle.state not in RUNNING:
        return None
    settled = settled_children(session, cycle)
    if dropped.id not in settled:
        return dropped
    return kept if kept.id not in settled else None


def _move_books(session: Session, kept: Child, dropped: Child, *, apart: set[int]) -> None:
    """Let what months hold speak of the kept record, but for months apart."""
    known = {
        (row.match_run_id, row.pledge_id)
        for row in session.exec(select(Assignment).where(Assignment.child_id == kept.id)).all()
    }
    for row in session.exec(select(Assignment).where(Assignment.child_id == dropped.id)).all():
        if row.cycle_id not in apart and (row.match_run_id, row.pledge_id) not in known:
            row.child_id = kept.id or 0
            session.add(row)
    sent = session.exec(select(Package).where(Package.child_id == dropped.id)).all()
    judged = session.exec(select(Fulfilment).where(Fulfilment.child_id == dropped.id)).all()
    asked = session.exec(
        select(ConsumptionCheck).where(ConsumptionCheck.child_id == dropped.id)
    ).all()
    rows: list[Package | Fulfilment | ConsumptionCheck] = [*sent, *judged, *asked]
    for each in rows:
        if each.cycle_id not in apart:
            each.child_id = kept.id or 0
            session.add(each)


def _join_consents(session: Session, kept: Child, dropped: Child) -> list[str]:
    """Let consents go with the kept record; a withdrawal in one ends the other's earlier grants.

    Returns the purposes of which a grant ended so; one given on a later day stays in force.
    """
    of_kept, of_dropped = (
        list(session.exec(select(Consent).where(Consent.child_id == child.id)))
        for child in (kept, dropped)
    )
    noes = _last_withdrawals(of_kept), _last_withdrawals(of_dropped)
    ended: set[str] = set()
    for grants, said_no in zip((of_kept, of_dropped), reversed(noes), strict=True):
        for grant in grants:
            at = said_no.get(grant.purpose)
            if at and grant.withdrawn_at is None and grant.granted_on <= local_date(at):
                grant.withdrawn_at = at
                session.add(grant)
                ended.add(grant.purpose.value)
    for consent in of_dropped:
        consent.child_id = kept.id or 0
        session.add(consent)
    return sorted(ended)


def _last_withdrawals(consents: list[Consent]) -> dict[ConsentPurpose, datetime]:
    found: dict[ConsentPurpose, datetime] = {}
    for one in consents:
        if one.withdrawn_at is not None:
            found[one.purpose] = max(one.withdrawn_at, found.get(one.purpose, one.withdrawn_at))
    return found


def _move_facts(session: Session, kept: Child, dropped: Child, keys: KeyRing) -> None:
    """Let measurements, reviews, allergies and the number go with the kept record."""
    rows = session.exec(select(Measurement).where(Measurement.child_id == kept.id)).all()
    days = {row.measured_on for row in rows}
    for row in session.exec(select(Measurement).where(Measurement.child_id == dropped.id)).all():
        if row.measured_on not in days:
            row.child_id = kept.id or 0
            session.add(row)
    for review in session.exec(select(GrowthReview).where(GrowthReview.child_id == dropped.id)):
        review.child_id = kept.id or 0
        session.add(review)
    _move_other_help(session, kept, dropped)
    kept.registered_month = min(kept.registered_month, dropped.registered_month)
    kept.allergies = sorted({*kept.allergies, *dropped.allergies})
    if kept.nik_index is None and dropped.nik_sealed is not None:
        number = unseal(keys, dropped.nik_sealed, place=f"child:nik:{dropped.uid}")
        index, shown = dropped.nik_index, dropped.nik_masked
        dropped.nik_sealed = dropped.nik_index = dropped.nik_masked = None
        session.add(dropped)
        session.flush()
        kept.nik_sealed = seal(keys, number, place=f"child:nik:{kept.uid}")
        kept.nik_index, kept.nik_masked = index, shown
    session.add(kept)


def _mend_packages(session: Session, kept: Child, by: Account, now: datetime) -> None:
    """Bring packages that have not left to the kept record's door, or cancel what is forbidden."""
    from api.services.stale_routes import hold_months_of, mark_stale_for_child

    hold_months_of(session, child_id=kept.id or 0)
    rows = session.exec(
        select(Package)
        .join(Cycle, col(Cycle.id) == Package.cycle_id)
        .where(Package.child_id == kept.id, col(Cycle.state).in_(RUNNING))
        .order_by(col(Package.id))
    ).all()
    if any(_holds_forbidden(session, kept, package, local_date(now)) for package in rows):
        mark_stale_for_child(session, child_id=kept.id or 0, by=by, now=now, reason="merged")
        return
    moved = [
        package
        for package in rows
        if package.state in IN_DEPOT and package.household_id != kept.household_id
    ]
    for package in moved:
        package.household_id = kept.household_id
        session.add(package)
    session.flush()
    if moved:
        mark_stale_for_child(session, child_id=kept.id or 0, by=by, now=now, reason="address")


def _holds_forbidden(session: Session, child: Child, package: Package, today: date) -> bool:
    if package.state not in (*IN_DEPOT, PackageState.LOADED):
        return False
    lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id)).all()
    codes = [line.item_code for line in lines]
    on = max(package.deliver_on, today)
    return bool(forbidden_items(child, package.kit_code, codes, on))


def _move_other_help(session: Session, kept: Child, dropped: Child) -> None:
    """Let the lists of other programmes speak of the kept record, each list once."""
    rows = session.exec(
        select(OtherHelp).where(col(OtherHelp.child_id).in_((kept.id, dropped.id)))
    ).all()
    known = {(row.programme, row.month, row.batch_id) for row in rows if row.child_id == kept.id}
    for row in rows:
        said = (row.programme, row.month, row.batch_id)
        if row.child_id == dropped.id and said not in known:
            row.child_id = kept.id or 0
            session.add(row)
