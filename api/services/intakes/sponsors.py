"""Lists of sponsors and what they promise."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from api.services.capacity import RUNNING
from api.services.intakes.plan import GIVES_NO_MORE, Plan, Rejection, RowPlan
from api.services.months import month_of
from api.services.pledge_goods import goods_line
from data.queries.people import squashed
from data.readers.records import SponsorRecord
from data.schema import Pledge, PledgeForm, Sponsor, SponsorKind, SponsorState
from data.sealing import blind_index, mask, seal

DEFAULT_MONTHS = 6
"""How long a pledge runs when the list does not say; the programme's usual term."""


class _Register:
    def __init__(self, plan: Plan) -> None:
        self.by_nik: dict[str, Sponsor] = {}
        self.by_code: dict[str, Sponsor] = {}
        self.by_name: dict[str, list[Sponsor]] = defaultdict(list)
        rows = {row.id: row for row in plan.session.exec(select(Sponsor)).all()}
        for row in rows.values():
            current = row
            while current.merged_into_id is not None:
                current = rows[current.merged_into_id]
            self.by_code[row.code] = current
            if row.nik_index:
                self.by_nik[row.nik_index] = current
            if row.state is not SponsorState.MERGED:
                self.by_name[squashed(row.name)].append(row)
        self.pledges: dict[int, list[Pledge]] = defaultdict(list)
        for pledge in plan.session.exec(select(Pledge).order_by(Pledge.code)).all():
            self.pledges[id(rows[pledge.sponsor_id])].append(pledge)

    def find(self, record: SponsorRecord, nik_index: str | None) -> Sponsor | None:
        """Return the same sponsor: by our code, NIK or NIP, or the same name and a contact."""
        if record.sponsor_code in self.by_code:
            return self.by_code[record.sponsor_code]
        if nik_index and nik_index in self.by_nik:
            return self.by_nik[nik_index]
        for sponsor in self.by_name[squashed(record.name)]:
            if nik_index and sponsor.nik_index and nik_index != sponsor.nik_index:
                continue
            if _shares(sponsor, record):
                return sponsor
        return None


def _shares(sponsor: Sponsor, record: SponsorRecord) -> bool:
    """Return whether a contact agrees; without any on either side the name has to do."""
    ours = (sponsor.phone, sponsor.email, squashed(sponsor.address) or None)
    theirs = (record.phone, record.email, squashed(record.address) or None)
    both = [(one, other) for one, other in zip(ours, theirs, strict=True) if one and other]
    if both:
        return any(one == other for one, other in both)
    return squashed(sponsor.institution) == squashed(record.organisation)


def plan_sponsors(plan: Plan, records: Sequence[SponsorRecord]) -> None:
    """Plan sponsors and their pledges.

    The same sponsor twice in one file with the same promise counts once; with another promise the
    row is rejected, because only a person may add pledges up.
    """
    register = _Register(plan)
    promised: dict[int, dict[str, Any]] = {}
    for record in records:
        number = record.nik or record.nip
        nik_index = blind_index(plan.keys, number) if number else None
        sponsor = register.find(record, nik_index)
        promise = _promise(record)
        if sponsor is not None and id(sponsor) in promised:
            _repeat(plan, record, sponsor, same=promised[id(sponsor)] == promise)
            continue
        if sponsor is None:
            row, sponsor = _new(plan, register, record, number, nik_index)
        else:
            row = RowPlan(record.row, "sponsor", sponsor.code)
            _compare(plan, row, sponsor, record)
        promised[id(sponsor)] = promise
        plan.rows.append(row)
        if record.is_willing:
            _pledge(plan, register, row, sponsor, record, promise)
        else:
            runs = any(pledge.state in RUNNING for pledge in register.pledges[id(sponsor)])
            row.notes.append(GIVES_NO_MORE if runs else "sponsor_not_willing")


def _repeat(plan: Plan, record: SponsorRecord, sponsor: Sponsor, *, same: bool) -> None:
    if same:
        plan.rows.append(RowPlan(record.row, "sponsor", sponsor.name, action="merged"))
    else:
        params = {"sponsor": sponsor.name}
        plan.rejections.append(Rejection((record.row,), "intake.sponsor_twice", params))


def _new(
    plan: Plan,
    register: _Register,
    record: SponsorRecord,
    number: str | None,
    nik_index: str | None,
) -> tuple[RowPlan, Sponsor]:
    sponsor = Sponsor(
        code=plan.codes.sponsor(),
        name=record.name,
        kind=SponsorKind(record.sponsor_kind.value),
        institution=record.organisation,
        phone=record.phone,
        email=record.email,
        address=record.address or "",
        kelurahan_code=record.kelurahan_code,
        lat=record.latitude,
        lon=record.longitude,
        updated_at=plan.now,
        updated_by=plan.by,
    )
    if number:
        sponsor.nik_sealed = seal(plan.keys, number, place=f"sponsor:nik:{sponsor.uid}")
        sponsor.nik_index, sponsor.nik_masked = nik_index, mask(number)
        register.by_nik[nik_index or ""] = sponsor
    plan.add(0, sponsor)
    register.by_name[squashed(record.name)].append(sponsor)
    row = RowPlan(record.row, "sponsor", record.name, action="new")
    row.fields = {"name": {"before": None, "after": record.name}}
    return row, sponsor


def _compare(plan: Plan, row: RowPlan, sponsor: Sponsor, record: SponsorRecord) -> None:
    values = {
        "kind": SponsorKind(record.sponsor_kind.value),
        "institution": record.organisation,
        "phone": record.phone,
        "email": record.email,
        "address": record.address,
        "kelurahan_code": record.kelurahan_code,
        "lat": record.latitude,
        "lon": record.longitude,
    }
    plan.compare(row, sponsor, values, as_of=plan.as_of)


def _promise(record: SponsorRecord) -> dict[str, Any]:
    goods = [goods_line(line) for line in record.goods]
    # Whoever only lists goods or nothing else brings them for one child.
    children = record.num_children or (0 if record.donation_rp else 1)
    wishes = {"wish_area_codes": sorted(record.wish_area_codes)} if record.wish_area_codes else {}
    return {
        "form": PledgeForm(record.aid_form.value),
        "num_children": children,
        "amount_rp": record.donation_rp or 0,
        "goods": goods,
        "area_codes": sorted(record.area_codes),
        **wishes,  # a file that says nothing of wishes takes none back
    }


def _pledge(
    plan: Plan,
    register: _Register,
    row: RowPlan,
    sponsor: Sponsor,
    record: SponsorRecord,
    promise: dict[str, Any],
) -> None:
    known = _known_pledge(register.pledges[id(sponsor)], record)
    if known is not None:
        values = {**promise, "num_months": record.num_months}
        plan.compare(row, known, values, as_of=plan.as_of)
        return
    first = record.starts_on or plan.today
    pledge = Pledge(
        code=plan.codes.pledge(),
        sponsor_id=sponsor.id or 0,
        first_month=month_of(first),
        num_months=record.num_months or DEFAULT_MONTHS,
        updated_at=plan.now,
        updated_by=plan.by,
        **promise,
    )
    plan.add(1, pledge)
    plan.link(pledge, "sponsor_id", sponsor)
    register.pledges[id(sponsor)].append(pledge)
    shown = {"first_month": pledge.first_month, "num_months": pledge.num_months, **promise}
    row.fields["pledge"] = {"before": None, "after": shown}
    if record.starts_on is None or record.num_months is None:
        row.notes.append("pledge_months_assumed")
    if row.action == "same":
        row.action = "changed"


def _known_pledge(pledges: Sequence[Pledge], record: SponsorRecord) -> Pledge | None:
    """Return the pledge that a row speaks of: of the same first month, or the one that runs."""
    if record.starts_on is not None:
        month = month_of(record.starts_on)
        return next((pledge for pledge in pledges if pledge.first_month == month), None)
    return next((pledge for pledge in reversed(pledges) if pledge.state in RUNNING), None)
