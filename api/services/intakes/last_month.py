"""Who supported whom last month: the pairs that the next month tries to keep."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import select

from api.services.intakes.plan import Plan, Rejection, RowPlan
from api.services.intakes.unnamed import NamedChild, Unnamed, listed
from api.services.months import later_month, month_of
from data.queries.people import squashed
from data.readers.identity import masked
from data.readers.records import LastMonthPair
from data.reference.regions import regions
from data.schema import (
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Cycle,
    CycleState,
    Household,
    MatchRun,
    Pledge,
    RunState,
    Sponsor,
)

if TYPE_CHECKING:
    from datetime import date

MISSED = ("belum", "gagal", "tidak", "batal", "unfulfilled", "not ", "failed", "cancelled")
HISTORICAL = {"historical": True}


class _Register:
    def __init__(self, plan: Plan) -> None:
        session = plan.session
        homes = {home.id: home for home in session.exec(select(Household)).all()}
        self.children: dict[str, Child] = {}
        self.unnamed = Unnamed(plan, "Kode Anak")
        self.born: dict[date, list[tuple[Child, Household]]] = defaultdict(list)
        self.named: dict[str, list[tuple[Child, Household]]] = defaultdict(list)
        for child in session.exec(select(Child)).all():
            self.children[child.code] = child
            if child.state is not ChildState.DUPLICATE:
                pair = (child, homes[child.household_id])
                self.named[squashed(child.name)].append(pair)
                self.born[child.born_on].append(pair)
        self.sponsors = {row.code: row for row in session.exec(select(Sponsor)).all()}
        self.called: dict[str, list[Sponsor]] = defaultdict(list)
        for sponsor in self.sponsors.values():
            self.called[squashed(sponsor.name)].append(sponsor)
        self.pledges: dict[int, list[Pledge]] = defaultdict(list)
        for pledge in session.exec(select(Pledge).order_by(Pledge.first_month)).all():
            self.pledges[pledge.sponsor_id].append(pledge)

    def children_of(self, record: LastMonthPair) -> list[Child]:
        """Return the children that a row may name; one, when it names it for certain."""
        if record.child_code in self.children:
            return [self.children[record.child_code]]
        fitting = self.named[squashed(record.child_name)]
        for narrow in (
            lambda child, _: record.child_born_on in {None, child.born_on},
            lambda _, home: (
                not record.parent_name
                or squashed(home.guardian_name) == squashed(record.parent_name)
            ),
            lambda _, home: record.kelurahan_code in {None, home.kelurahan_code},
        ):
            fitting = [pair for pair in fitting if narrow(*pair)]
        return [child for child, _ in fitting]

    def alike(self, record: LastMonthPair) -> list[Child]:
        """Return who was born on a row's day or has its name, in its kelurahan when it has one."""
        born = self.born.get(record.child_born_on, []) if record.child_born_on else []
        return [
            child
            for child, home in (*born, *self.named.get(squashed(record.child_name), ()))
            if record.kelurahan_code in {None, home.kelurahan_code}
        ]

    def sponsors_of(self, record: LastMonthPair) -> list[Sponsor]:
        """Return the sponsors that a row may name; one, when it names it for certain."""
        if record.sponsor_code in self.sponsors:
            return [self.sponsors[record.sponsor_code]]
        fitting = self.called[squashed(record.sponsor_name)]
        if len(fitting) > 1 and record.sponsor_phone:
            fitting = [one for one in fitting if one.phone == record.sponsor_phone]
        return fitting


def plan_last_month(plan: Plan, records: Sequence[LastMonthPair]) -> None:
    """Plan the pairs of a month that was kept elsewhere, as a closed historical month.

    A month that was run here knows its pairs better than a file: its rows are only compared.
    """
    register = _Register(plan)
    usual = str(plan.options.get("month") or later_month(month_of(plan.today), -1))
    by_month: dict[str, list[LastMonthPair]] = defaultdict(list)
    for record in records:
        by_month[month_of(record.month) if record.month else usual].append(record)
    for month, rows in sorted(by_month.items()):
        _plan_month(plan, register, month, rows)
    plan.rows.sort(key=lambda row: row.row)


def _plan_month(
    plan: Plan, register: _Register, month: str, records: Sequence[LastMonthPair]
) -> None:
    cycle = plan.session.exec(select(Cycle).where(Cycle.month == month)).first()
    run = None
    stored: dict[int, Assignment] = {}
    if cycle is not None and cycle.match_run_id is not None:
        run = plan.session.get(MatchRun, cycle.match_run_id)
        pairs = plan.session.exec(
            select(Assignment).where(Assignment.match_run_id == cycle.match_run_id)
        ).all()
        stored = {pair.child_id: pair for pair in pairs}
    is_open = cycle is None or (run is not None and run.policy == HISTORICAL)
    fresh: list[Assignment] = []
    for record in records:
        found = _pair(plan, register, record, month)
        if found is None:
            continue
        child, pledge = found
        row = RowPlan(record.row, "assignment", child.code)
        known = stored.get(child.id or 0)
        if known is not None and known.pledge_id == pledge.id:
            row.action = "same" if known.id is not None else "merged"
            plan.rows.append(row)
        elif known is not None or not is_open:
            params = {"child": child.code, "month": month}
            plan.rejections.append(Rejection((record.row,), "intake.pair_differs", params))
        else:
            row.action = "new"
            row.fields = {"pledge": {"before": None, "after": pledge.code}}
            plan.rows.append(row)
            pair = _assignment(child, pledge, record)
            stored[child.id or 0] = pair
            fresh.append(pair)
    if fresh:
        _attach(plan, month, cycle, run, fresh)


def _pair(
    plan: Plan, register: _Register, record: LastMonthPair, month: str
) -> tuple[Child, Pledge] | None:
    fitting, sponsors = register.children_of(record), register.sponsors_of(record)
    if len(fitting) != 1:
        said = NamedChild(
            row=record.row,
            name=record.child_name,
            born_on=record.child_born_on,
            code=record.child_code,
        )
        register.unnamed.reject(said, fitting, register.alike(record))
        return None
    pledges = register.pledges.get(sponsors[0].id or 0, []) if len(sponsors) == 1 else []
    if not pledges:
        plan.rejections.append(_without_pledge(record, sponsors))
        return None
    ran = [pledge for pledge in pledges if pledge.first_month <= month]
    return fitting[0], (ran or pledges)[-1]


def _without_pledge(record: LastMonthPair, sponsors: Sequence[Sponsor]) -> Rejection:
    """Refuse a row that names no one sponsor, or one who never promised anything."""
    number = len(sponsors)
    code = {0: "intake.sponsor_unknown", 1: "intake.sponsor_without_pledge"}
    named = record.sponsor_name or record.sponsor_code or ""
    return Rejection(
        (record.row,),
        code.get(number, "intake.sponsor_ambiguous"),
        {"sponsor": named, "n": number, "codes": listed([one.code for one in sponsors])},
        column="Nama Orang Tua Asuh" if record.sponsor_name else "Kode Orang Tua Asuh",
        value=masked(named),
    )


def _assignment(child: Child, pledge: Pledge, record: LastMonthPair) -> Assignment:
    status = (record.status or "").lower()
    missed = any(word in status for word in MISSED)
    state = AssignmentState.UNFULFILLED if missed else AssignmentState.FULFILLED
    return Assignment(
        cycle_id=0,
        match_run_id=0,
        child_id=child.id or 0,
        pledge_id=pledge.id or 0,
        state=state,
        why={"reason": "reason.historical"},
    )


def _attach(
    plan: Plan, month: str, cycle: Cycle | None, run: MatchRun | None, fresh: list[Assignment]
) -> None:
    if cycle is None:
        cycle = Cycle(
            city_code=regions().all_kecamatan[0].code[:5],
            month=month,
            state=CycleState.CLOSED,
            updated_at=plan.now,
        )
        plan.add(0, cycle)
    if run is None:
        run = MatchRun(
            cycle_id=0,
            state=RunState.DONE,
            seed=0,
            policy=dict(HISTORICAL),
            by=plan.by,
            started_at=plan.now,
            finished_at=plan.now,
        )
        plan.add(1, run)
        plan.link(run, "cycle_id", cycle)
        plan.back_link(cycle, "match_run_id", run)
    for pair in fresh:
        plan.add(2, pair)
        plan.link(pair, "cycle_id", cycle)
        plan.link(pair, "match_run_id", run)
