"""Records that may be one child or one sponsor: found by rule, decided by a person, audited."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.child_merges import merge_children
from api.services.child_states import resettle, settle_state
from api.services.clock import local_date
from api.services.errors import NotFound, Refused
from api.services.sponsors import merge_sponsors
from data.schema import (
    Account,
    Child,
    ChildState,
    DuplicatePair,
    Household,
    Measurement,
    PairDecision,
    PairKind,
    Sponsor,
    SponsorKind,
    SponsorState,
)
from data.sealing import KeyRing, SealBroken, unseal

UNDECIDED = (PairDecision.OPEN, PairDecision.ASKED)
ORGANISATIONS = (SponsorKind.COMPANY, SponsorKind.INSTITUTION)


def find_duplicates(
    session: Session,
    *,
    by: Account,
    now: datetime,
    kind: PairKind = PairKind.CHILD,
    settles: bool = True,
) -> list[DuplicatePair]:
    """Compare all records of a kind; new pairs are stored open, decided ones stay decided.

    Children of a new pair wait for review, unless ``settles`` is false: then who may see but one of
    them learns nothing, and the pair waits for the office. Equal NIKs never meet here: the store
    holds each once.

    Returns
    -------
    list
        The new pairs, the likeliest first.
    """
    known = {
        (pair.first_id, pair.second_id)
        for pair in session.exec(select(DuplicatePair).where(DuplicatePair.kind == kind)).all()
    }
    found = _likely_children(session) if kind is PairKind.CHILD else _likely_sponsors(session)
    pairs = []
    for first, second, score, reasons in found:
        key = (min(first, second), max(first, second))
        if key in known:
            continue
        known.add(key)
        pairs.append(
            DuplicatePair(
                kind=kind, first_id=key[0], second_id=key[1], score=score, reasons=reasons
            )
        )
    session.add_all(pairs)
    session.flush()
    if kind is PairKind.CHILD and settles:
        _settle(session, pairs, now)
    if pairs:
        record(
            session,
            by=by,
            action="duplicate:find",
            subject=kind.value,
            subject_id="",
            now=now,
            after={"num_pairs": len(pairs)},
        )
    return pairs


Likely = tuple[int, int, int, list[dict[str, object]]]


def _likely_children(session: Session) -> list[Likely]:
    from data.duplicates.children import ChildIdentity, find_duplicate_children

    gone = (ChildState.DUPLICATE, ChildState.EXITED, ChildState.GRADUATED)
    rows = session.exec(
        select(Child, Household)
        .join(Household, col(Household.id) == col(Child.household_id))
        .where(col(Child.state).not_in(gone))
        .order_by(col(Child.id))
    ).all()
    identities = [
        ChildIdentity(
            key=str(child.id),
            name=child.name,
            born_on=child.born_on,
            sex=child.sex.value,
            parent_name=home.guardian_name or None,
            kelurahan_code=home.kelurahan_code,
            address=home.address or None,
        )
        for child, home in rows
    ]
    # Two NIKs are two people, unless one was mistyped: then name, day and parent still speak.
    return [
        (int(pair.first), int(pair.second), round(pair.score), _reasons(pair.reasons))
        for pair in find_duplicate_children(identities)
    ]


def _likely_sponsors(session: Session) -> list[Likely]:
    from data.duplicates.sponsors import SponsorIdentity, find_duplicate_sponsors

    rows = session.exec(
        select(Sponsor).where(Sponsor.state == SponsorState.ACTIVE).order_by(col(Sponsor.id))
    ).all()
    identities = [
        SponsorIdentity(
            key=str(sponsor.id),
            name=sponsor.name,
            is_organisation=sponsor.kind in ORGANISATIONS,
            organisation=sponsor.institution,
            phone=sponsor.phone,
            email=sponsor.email,
            address=sponsor.address or None,
            kelurahan_code=sponsor.kelurahan_code,
        )
        for sponsor in rows
    ]
    return [
        (int(pair.first), int(pair.second), round(pair.score), _reasons(pair.reasons))
        for pair in find_duplicate_sponsors(identities)
    ]


def _reasons(reasons: object) -> list[dict[str, object]]:
    return [
        {"code": reason.code, "params": dict(reason.params)}
        for reason in reasons  # type: ignore[attr-defined]
    ]


def _settle(session: Session, pairs: list[DuplicatePair], now: datetime) -> None:
    """Send both children of each new pair to review, with what is stored read once."""
    child_ids = {at for pair in pairs for at in (pair.first_id, pair.second_id)}
    series: dict[int, list[Measurement]] = defaultdict(list)
    if child_ids:
        for one in session.exec(select(Measurement)).all():
            series[one.child_id].append(one)
    for child_id in sorted(child_ids):
        child = session.get_one(Child, child_id)
        settle_state(child, series[child_id], on=local_date(now), has_open_pair=True)
        session.add(child)
    session.flush()


def list_pairs(
    session: Session, *, kind: PairKind | None = None, decisions: Sequence[PairDecision] = ()
) -> list[DuplicatePair]:
    """Return pairs (of a kind, with one of some decisions), the likeliest first."""
    query = select(DuplicatePair).order_by(col(DuplicatePair.score).desc(), col(DuplicatePair.id))
    if kind is not None:
        query = query.where(DuplicatePair.kind == kind)
    if decisions:
        query = query.where(col(DuplicatePair.decision).in_(decisions))
    return list(session.exec(query).all())


def count_pairs(session: Session) -> Counter[tuple[PairKind, PairDecision]]:
    """Return how many pairs there are of each kind and decision."""
    rows = session.exec(
        select(DuplicatePair.kind, DuplicatePair.decision, func.count()).group_by(
            col(DuplicatePair.kind), col(DuplicatePair.decision)
        )
    ).all()
    return Counter({(PairKind(kind), PairDecision(done)): count for kind, done, count in rows})


def find_pair(session: Session, *, pair_id: int) -> DuplicatePair:
    """Return one pair.

    Raises
    ------
    NotFound
        ``duplicate.not_found``.
    """
    pair = session.get(DuplicatePair, pair_id)
    if pair is None:
        raise NotFound("duplicate.not_found", pair=pair_id)
    return pair


def decide_pair(
    session: Session,
    *,
    pair: DuplicatePair,
    decision: PairDecision,
    by: Account,
    now: datetime,
    keys: KeyRing,
    note: str = "",
    kept_id: int | None = None,
    sum_pledges: bool = False,
) -> DuplicatePair:
    """Say that two records are distinct, duplicates (``kept_id`` stays), or ask the field.

    Of duplicate children, the earlier deliveries go with the kept record; when the other one has
    some, only an approver decides (:func:`api.services.child_merges.merge_children`). Sponsors are
    always merged by an approver.

    Raises
    ------
    Forbidden
        ``duplicate.approver_only``, ``sponsor.approver_only``.
    Refused
        ``duplicate.decided_before`` when it was decided before; ``duplicate.which_stays`` without a
        ``kept_id`` of the pair; ``duplicate.merged_before``, ``sponsor.merged_before``;
        ``duplicate.unlock_first`` while a month with the other record is on its way to approval.
    """
    session.flush()
    session.refresh(pair, with_for_update=True)
    if pair.decision not in UNDECIDED:
        raise Refused("duplicate.decided_before", pair=pair.id, by=pair.decided_by or "")
    if decision is PairDecision.DUPLICATE:
        if kept_id not in {pair.first_id, pair.second_id}:
            raise Refused("duplicate.which_stays", pair=pair.id)
        dropped_id = pair.second_id if kept_id == pair.first_id else pair.first_id
        if pair.kind is PairKind.SPONSOR:
            merge_sponsors(
                session,
                kept=session.get_one(Sponsor, kept_id),
                dropped=session.get_one(Sponsor, dropped_id),
                by=by,
                now=now,
                sum_pledges=sum_pledges,
                note=note,
            )
        else:
            merge_children(
                session,
                kept=session.get_one(Child, kept_id),
                dropped=session.get_one(Child, dropped_id),
                by=by,
                now=now,
                keys=keys,
            )
    pair.decision, pair.decided_by, pair.decided_at = decision, by.username, now
    pair.note = note.strip()
    session.add(pair)
    session.flush()
    both = {pair.first_id, pair.second_id}
    if decision is PairDecision.DUPLICATE and kept_id is not None:
        both |= _point_to_kept(session, pair, kept_id, now)
    if pair.kind is PairKind.CHILD:
        for child_id in sorted(both):
            resettle(session, session.get_one(Child, child_id), on=local_date(now))
    record(
        session,
        by=by,
        action="duplicate:decide",
        subject=pair.kind.value,
        subject_id=f"{pair.first_id}-{pair.second_id}",
        now=now,
        after={"decision": decision.value, "kept": kept_id},
        purpose=note,
    )
    return pair


def reopen_pair(
    session: Session, *, pair: DuplicatePair, by: Account, now: datetime
) -> DuplicatePair:
    """Take back that two records are distinct: nobody has decided on them then.

    Two records that were merged stay one: what either of them had cannot be told apart again.

    Raises
    ------
    Refused
        ``duplicate.not_distinct`` for any other decision; ``duplicate.merged_before``,
        ``sponsor.merged_before`` when one of the two was merged into a third since.
    """
    session.flush()
    session.refresh(pair, with_for_update=True)
    if pair.decision is not PairDecision.DISTINCT:
        raise Refused("duplicate.not_distinct", pair=pair.id)
    _refuse_merged(session, pair)
    pair.decision, pair.decided_by, pair.decided_at = PairDecision.OPEN, None, None
    session.add(pair)
    session.flush()
    if pair.kind is PairKind.CHILD:
        for child_id in (pair.first_id, pair.second_id):
            resettle(session, session.get_one(Child, child_id), on=local_date(now))
    record(
        session,
        by=by,
        action="duplicate:reopen",
        subject=pair.kind.value,
        subject_id=f"{pair.first_id}-{pair.second_id}",
        now=now,
    )
    return pair


def _refuse_merged(session: Session, pair: DuplicatePair) -> None:
    for number in (pair.first_id, pair.second_id):
        if pair.kind is PairKind.SPONSOR:
            sponsor = session.get_one(Sponsor, number)
            if sponsor.state is SponsorState.MERGED:
                raise Refused("sponsor.merged_before", sponsor=sponsor.code)
        elif (child := session.get_one(Child, number)).state is ChildState.DUPLICATE:
            raise Refused("duplicate.merged_before", child=child.code)


def _point_to_kept(session: Session, pair: DuplicatePair, kept_id: int, now: datetime) -> set[int]:
    """Let other undecided pairs of the dropped record ask about the kept one; return whom of.

    Where that pair is known already, what was or will be said of it stands for both.
    """
    dropped_id = ({pair.first_id, pair.second_id} - {kept_id}).pop()
    rows = session.exec(select(DuplicatePair).where(DuplicatePair.kind == pair.kind)).all()
    known = {(row.first_id, row.second_id): row for row in rows}
    touched = set()
    for row in rows:
        if row.decision not in UNDECIDED or dropped_id not in (row.first_id, row.second_id):
            continue
        third_id = row.second_id if row.first_id == dropped_id else row.first_id
        key = (min(kept_id, third_id), max(kept_id, third_id))
        same = known.get(key)
        if same is None:
            row.first_id, row.second_id = key
            known[key] = row
        else:
            decided = same.decision not in UNDECIDED
            row.decision = same.decision if decided else PairDecision.DUPLICATE
            row.decided_by, row.decided_at = pair.decided_by, now
            row.note = f"pair {same.id}"
        session.add(row)
        touched.add(third_id)
    session.flush()
    return touched


NIK_PARTS = (("area", slice(0, 6)), ("birth", slice(6, 12)), ("serial", slice(12, 16)))
"""Kecamatan of issue, birth date and serial number (Permendagri 102/2019)."""


def nik_parts_apart(
    first: Child | Sponsor, second: Child | Sponsor, *, keys: KeyRing
) -> tuple[str, ...] | None:
    """Return in which parts two records' NIK differ; () for the same, None where one has none.

    The numbers themselves never leave this function; who asks writes the comparing down
    (``child:compare``, ``sponsor:compare``).
    """
    if not first.nik_index or not second.nik_index:
        return None
    if first.nik_index == second.nik_index:
        return ()
    kind = "child" if isinstance(first, Child) else "sponsor"
    try:
        one, other = (
            unseal(keys, each.nik_sealed or b"", place=f"{kind}:nik:{each.uid}")
            for each in (first, second)
        )
    except SealBroken:
        return ("unknown",)
    return tuple(name for name, part in NIK_PARTS if one[part] != other[part]) or ("unknown",)
