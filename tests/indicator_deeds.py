"""Deeds in one small month; ``indicator_amounts.csv`` tells what each figure comes to after each.

The month: December 2026, six children of Bukit Sari with a sponsor each; five packages arrived,
at the sixth door nobody was at home. A deed is done in a savepoint and undone. In the table, no
deed is the month itself; a figure that a deed has no line for stays as it was, so that each deed
is the amount of some figures and the counter-case of all others. ``unchanged`` names those that it
could be taken to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from api.services.replacements import BRIDGE_PLEDGE
from data.schema import (
    Accompaniment,
    Assignment,
    AssignmentState,
    Child,
    ChildState,
    Consent,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    DeliveryEvent,
    DeliveryException,
    Eaten,
    GrowthReview,
    HelpProgramme,
    Household,
    MatchRun,
    Measurement,
    OtherHelp,
    Outcome,
    Package,
    PackageState,
    Pledge,
    PledgeReceipt,
    PledgeState,
    PublishedFigure,
    ReviewDecision,
    Route,
    RouteState,
    Sponsor,
    SponsorState,
    Stop,
    StopState,
    SupervisionFinding,
    SupervisionVisit,
)
from tests.factories import (
    NOW,
    make_assignment,
    make_child,
    make_cycle,
    make_cycle_child,
    make_match_run,
    make_measurement,
    make_pledge,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DEEDS", "SmallMonth"]


@dataclass(frozen=True)
class SmallMonth:
    """The month that every deed is done in."""

    session: Session
    cycle: Cycle

    def all(self, kind: type[Any]) -> list[Any]:
        """Return the rows of a kind, the first first."""
        return list(self.session.exec(select(kind).order_by(col(kind.id))).all())

    def set(self, row: Any, **values: Any) -> object:
        """Change a row, and give it back."""
        for name, value in values.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.flush()
        return row

    def take_away(self, row: Any) -> object:
        """Delete a row, and give it back."""
        self.session.delete(row)
        self.session.flush()
        return row

    def add(self, row: Any) -> object:
        """Store a row, and give it back."""
        self.session.add(row)
        self.session.flush()
        return row

    def listed(self, *, child: Mapping[str, Any] | None = None, **frozen: Any) -> Child:
        """Put one more child on the locked list."""
        made = make_child(self.session, **(child or {}))
        make_cycle_child(self.session, self.cycle, made, **frozen)
        return made

    def weighed(self, child: Child, day: int, *, month: int = 12, **values: Any) -> object:
        """Weigh and measure a child."""
        return make_measurement(
            self.session, child, measured_on=date(2026, month, day),
            **({"weight_g": 9503, "lenhei_mm": 803} | values),
        )  # fmt: skip

    def served_since(self, month: str) -> None:
        """Let the six have had their sponsors before."""
        run = make_match_run(self.session, make_cycle(self.session, month))
        for pair in self.all(Assignment):
            make_assignment(
                self.session, run, self.session.get_one(Child, pair.child_id),
                self.session.get_one(Pledge, pair.pledge_id),
            )  # fmt: skip
        self.session.flush()


def kept_off(reason: str, **child: Any) -> Callable[[SmallMonth], object]:
    """A listed child, never measured, that a rule keeps off."""
    return lambda m: m.listed(child={"haz": None} | child, is_eligible=False, reason=reason)


def arrived(m: SmallMonth) -> Package:
    """A package that arrived."""
    found: Package = next(p for p in m.all(Package) if p.state is PackageState.ACCEPTED)
    return found


def not_home(m: SmallMonth) -> Package:
    """The package at whose door nobody was."""
    found: Package = next(p for p in m.all(Package) if p.state is not PackageState.ACCEPTED)
    return found


def event_of(m: SmallMonth, package: Package) -> DeliveryEvent:
    """The report of a package."""
    found: DeliveryEvent = next(e for e in m.all(DeliveryEvent) if e.package_id == package.id)
    return found


def receipt(amount_rp: int, month: str = "2026-12") -> Callable[[SmallMonth], object]:
    """Money of the first pledge."""

    def come(m: SmallMonth) -> object:
        return m.add(
            PledgeReceipt(
                receipt_uid="x", pledge_id=m.all(Pledge)[0].id, month=month, amount_rp=amount_rp,
                received_on=date(2026, 12, 2), recorded_by="x", recorded_at=NOW,
            )
        )  # fmt: skip

    return come


def accompanied(*codes: int, month: str = "2026-12") -> Callable[[SmallMonth], None]:
    """A family's codes."""

    def note(m: SmallMonth) -> None:
        home = m.all(Child)[0].household_id
        m.add(Accompaniment(household_id=home, month=month, codes=[*codes], by="kader", at=NOW))

    return note


def case(days: int | None, *, secret: bool = False) -> Callable[[SmallMonth], None]:
    """A case of the road, closed after so many days."""

    def open_case(m: SmallMonth) -> None:
        closed = None if days is None else NOW + timedelta(days=days)
        m.add(
            DeliveryException(
                cycle_id=m.cycle.id or 0, package_id=arrived(m).id, reason="nobody_home",
                opened_by="x", opened_at=NOW, closed_at=closed, is_sensitive=secret,
            )
        )  # fmt: skip

    return open_case


def visit(**checklist: bool) -> Callable[[SmallMonth], SupervisionVisit]:
    """A visit and what was in order."""

    def plan(m: SmallMonth) -> SupervisionVisit:
        made = SupervisionVisit(
            kelurahan_code="19.71.05.1004", posyandu="Melati", planned_on=date(2026, 12, 1),
            visitor="x", checklist=checklist, planned_by="x", planned_at=NOW,
        )  # fmt: skip
        m.add(made)
        return made

    return plan


def finding(due_on: date) -> Callable[[SmallMonth], None]:
    """An open finding."""

    def find(m: SmallMonth) -> None:
        m.add(
            SupervisionFinding(
                visit_id=visit()(m).id or 0, text="x", action="y", owner="x", due_on=due_on,
                found_by="x", found_at=NOW,
            )
        )  # fmt: skip

    return find


def gain(*, before: int, after: int, first: int = 11) -> Callable[[SmallMonth], object]:
    """A served child weighed in an earlier month and in this one; the other weighings are gone."""

    def weigh(m: SmallMonth) -> object:
        child = m.all(Child)[0]
        for row in m.all(Measurement):
            if row.child_id == child.id:
                m.session.delete(row)
        m.session.flush()
        m.weighed(child, 4, month=first, weight_g=before)
        return m.weighed(child, 4, weight_g=after)

    return weigh


def grown(before: float, after: float) -> Callable[[SmallMonth], None]:
    """A child served since October whose height for age moves."""

    def grow(m: SmallMonth) -> None:
        m.served_since("2026-10")
        child = m.all(Child)[0]
        m.weighed(child, 3, month=10, haz=before)
        m.weighed(child, 4, haz=after)

    return grow


def published(**values: object) -> Callable[[SmallMonth], None]:
    """A figure that somebody else published."""

    def enter(m: SmallMonth) -> None:
        fields: dict[str, Any] = {
            "kind": "survey", "area": "Kota Pangkalpinang", "dated_on": date(2026, 11, 1),
            "value": 18.5, "unit": "percent", "name": "Survei kota", "source": "Dinas", "by": "x",
            "at": NOW,
        }  # fmt: skip
        m.add(PublishedFigure(**fields | values))

    return enter


def first_pair(m: SmallMonth) -> Assignment:
    """The pair of a package that arrived; codes drawn by chance say whose does not."""
    return m.session.get_one(Assignment, arrived(m).assignment_id)


def other_pair(m: SmallMonth) -> Assignment:
    """Another pair whose package arrived."""
    _, other, *_ = (p for p in m.all(Package) if p.state is PackageState.ACCEPTED)
    return m.session.get_one(Assignment, other.assignment_id)


def first_child(m: SmallMonth) -> CycleChild:
    """The child of the first pair as it stood at the lock."""
    child_id = first_pair(m).child_id
    found: CycleChild = next(row for row in m.all(CycleChild) if row.child_id == child_id)
    return found


def left(on: date, state: ChildState) -> Callable[[SmallMonth], object]:
    """A child that left before the list was locked."""
    return lambda m: make_child(m.session, haz=None, state=state, effective_on=on)


def month_before(num_eligible: int) -> Callable[[SmallMonth], None]:
    """The month before, with so many of the six entitled."""

    def was(m: SmallMonth) -> None:
        before = make_cycle(m.session, "2026-11", state="closed", snapshot_hash="x")
        for child in m.all(Child)[:num_eligible]:
            make_cycle_child(m.session, before, child)

    return was


def event_set(
    pick: Callable[[SmallMonth], Package], **values: Any
) -> Callable[[SmallMonth], object]:
    """A report that says something else."""
    return lambda m: m.set(event_of(m, pick(m)), **values)


def referred(on: date, **values: Any) -> Callable[[SmallMonth], None]:
    """A severely wasted child, and what a person decided of it on a day."""

    def refer(m: SmallMonth) -> None:
        child = m.all(Child)[0]
        m.weighed(child, 4, whz=-3.01)
        fields: dict[str, Any] = {
            "child_id": child.id or 0, "month": f"{on:%Y-%m}", "reviewed_on": on,
            "decision": ReviewDecision.REFER, "note": "x", "months_served": 0, "by": "x", "at": NOW,
        }  # fmt: skip
        m.add(GrowthReview(**fields | values))

    return refer


def two_flat_months(m: SmallMonth) -> None:
    """A served child that gained nothing twice running."""
    gain(before=9503, after=9503)(m)
    m.weighed(m.all(Child)[0], 4, month=10)


def pledged(**values: Any) -> Callable[[SmallMonth], object]:
    """One more pledge, of one more sponsor."""
    return lambda m: make_pledge(m.session, **values)


def eaten(answer: Eaten) -> Callable[[SmallMonth], None]:
    """What a family answers about a package that arrived."""

    def ask(m: SmallMonth) -> None:
        package = arrived(m)
        m.add(
            ConsumptionCheck(
                cycle_id=m.cycle.id or 0, package_id=package.id or 0, child_id=package.child_id,
                checked_on=date(2026, 12, 20), eaten=answer, by="x", at=NOW,
            )
        )  # fmt: skip

    return ask


def three_gain(m: SmallMonth) -> None:
    """Three served children gain 300, 600 and 900 g."""
    for child, weight_g in zip(m.all(Child)[:3], (9800, 10_100, 10_400), strict=True):
        m.weighed(child, 4, weight_g=weight_g)


def three_grow(m: SmallMonth) -> None:
    """Three children served since October grow by 0.1, 0.2 and 0.6 of height for age."""
    m.served_since("2026-10")
    for child, haz in zip(m.all(Child)[:3], (-2.4, -2.3, -1.9), strict=True):
        m.weighed(child, 3, month=10, haz=-2.5)
        m.weighed(child, 4, haz=haz)


def helped_by_another(month: str = "2026-12") -> Callable[[SmallMonth], object]:
    """A served child on the list of another programme."""
    return lambda m: m.add(
        OtherHelp(
            programme=HelpProgramme.MBG, month=month, child_id=first_pair(m).child_id, by="x",
            at=NOW,
        )
    )  # fmt: skip


DAY = timedelta(days=1)
DEEDS: Mapping[str, Callable[[SmallMonth], object]] = {
    "another programme helps a served child too": helped_by_another(),
    "another programme helps a child in another month": helped_by_another("2026-11"),
    "a child too old is listed": kept_off("child.too_old"),
    "a possible double is listed": kept_off("child.open_duplicate"),
    "a paused child is listed": kept_off("child.paused"),
    "a child that is moving is listed": kept_off("child.moved_pending"),
    "a child never measured is listed": kept_off("child.not_measured"),
    "a child of normal height is listed": kept_off("child.not_stunted"),
    "a child without consent is listed": kept_off("child.no_consent", consented=False),
    "a child left before the lock": left(date(2026, 12, 1), ChildState.EXITED),
    "a child graduated before the lock": left(date(2026, 12, 1), ChildState.GRADUATED),
    "a child left the month before": left(date(2026, 11, 30), ChildState.EXITED),
    "a listed child graduates in the month": lambda m: m.set(
        m.all(Child)[0], state=ChildState.GRADUATED, effective_on=date(2026, 12, 20)
    ),
    "a listed child leaves in the month": lambda m: m.set(
        m.all(Child)[0], state=ChildState.EXITED, effective_on=date(2026, 12, 31)
    ),
    "a listed child leaves in the next month": lambda m: m.set(
        m.all(Child)[0], state=ChildState.EXITED, effective_on=date(2027, 1, 1)
    ),
    "an entitled child finds no sponsor": lambda m: m.listed(child={"haz": None}, months_waiting=2),
    "an entitled child waits for three months": lambda m: m.listed(
        child={"haz": None}, months_waiting=3
    ),
    "one of six was not entitled the month before": month_before(5),
    "all six were entitled the month before": month_before(6),
    "a consent is withdrawn": lambda m: m.set(m.all(Consent)[0], withdrawn_at=NOW),
    "a pair ends": lambda m: m.set(first_pair(m), state=AssignmentState.WITHDRAWN),
    "a package arrived in part": lambda m: m.set(arrived(m), state=PackageState.PARTLY_ACCEPTED),
    "a package that did not arrive is lost": lambda m: m.set(not_home(m), state=PackageState.LOST),
    "the last package arrives": lambda m: m.set(not_home(m), state=PackageState.ACCEPTED),
    "a package is cancelled": lambda m: m.set(not_home(m), state=PackageState.CANCELLED),
    "a package is handed over a day late": lambda m: m.set(
        event_of(m, arrived(m)),
        happened_at=event_of(m, arrived(m)).happened_at + DAY,
        received_at=event_of(m, arrived(m)).happened_at + DAY,
    ),
    "a package that failed was tried a day late": lambda m: m.set(
        event_of(m, not_home(m)),
        happened_at=event_of(m, not_home(m)).happened_at + DAY,
        received_at=event_of(m, not_home(m)).happened_at + DAY,
    ),
    "somebody writes down who received it": event_set(arrived, receiver="Nenek"),
    "nobody writes down who received it": event_set(arrived, receiver=""),
    "a report is taken away": lambda m: (m.take_away(event_of(m, arrived(m))),),
    "a package fails at the door": event_set(arrived, outcome=Outcome.FAILED, reason="nobody_home"),
    "the first report was a failure": event_set(arrived, outcome=Outcome.FAILED),
    "a report is here after 24 hours": lambda m: m.set(
        event_of(m, arrived(m)), received_at=event_of(m, arrived(m)).happened_at + DAY
    ),
    "a report is here after 25 hours": lambda m: m.set(
        event_of(m, arrived(m)), received_at=event_of(m, arrived(m)).happened_at + DAY * 25 / 24
    ),
    "the last stop is done": lambda m: m.set(m.all(Stop)[-1], state=StopState.DELIVERED),
    "the route is a kilometre longer": lambda m: m.set(m.all(Route)[0], distance_m=13_000),
    "the route is cancelled": lambda m: m.set(m.all(Route)[0], state=RouteState.CANCELLED),
    "what arrived cost more": lambda m: m.set(arrived(m), cost_rp=arrived(m).cost_rp + 1000),
    "what did not arrive cost more": lambda m: m.set(
        not_home(m), cost_rp=not_home(m).cost_rp + 1000
    ),
    "a child had another sponsor last month": lambda m: m.set(
        first_child(m), kept_pledge_id=other_pair(m).pledge_id
    ),
    "a child had the same sponsor last month": lambda m: m.set(
        first_child(m), kept_pledge_id=first_pair(m).pledge_id
    ),
    "a pair stands on the bridge": lambda m: m.set(
        m.session.get_one(Pledge, first_pair(m).pledge_id), code=BRIDGE_PLEDGE
    ),
    "a sponsor takes two": lambda m: m.set(other_pair(m), pledge_id=first_pair(m).pledge_id),
    "one level of the run is not proved": lambda m: m.set(
        m.all(MatchRun)[0], levels=[{"status": "optimal"}, {"status": "feasible"}]
    ),
    "all levels of the run are proved": lambda m: m.set(
        m.all(MatchRun)[0], levels=[{"status": "optimal"}]
    ),
    "there is no run": lambda m: m.set(m.cycle, match_run_id=None),
    "a sponsor promises from this month on": pledged(first_month="2026-12", amount_rp=50_000),
    "a sponsor promises from the next month on": pledged(first_month="2027-01", amount_rp=50_000),
    "a sponsor promised earlier": pledged(first_month="2026-10", num_months=12, amount_rp=50_000),
    "a promise is drafted": pledged(
        first_month="2026-10", state=PledgeState.DRAFT, amount_rp=50_000
    ),
    "a sponsor without children turns out to be another": lambda m: m.set(
        m.session.get_one(Sponsor, make_pledge(m.session).sponsor_id), state=SponsorState.MERGED
    ),
    "a promise ends in the month": lambda m: m.set(
        m.all(Pledge)[0], ended_on=date(2026, 12, 9), state=PledgeState.ENDED
    ),
    "a promise ended the month before": lambda m: m.set(
        m.all(Pledge)[0], ended_on=date(2026, 11, 30), state=PledgeState.ENDED
    ),
    "money comes in": receipt(100_000),
    "money comes in for a part of what was promised": lambda m: (
        m.set(m.all(Pledge)[0], amount_rp=300_000),
        receipt(100_000)(m),
    ),
    "more money comes in than was promised": lambda m: (
        m.set(m.all(Pledge)[0], amount_rp=300_000),
        receipt(350_000)(m),
    ),
    "money of the month before comes in": receipt(100_000, "2026-11"),
    "a served child gains 700 g": gain(before=8803, after=9503),
    "a served child gains nothing": gain(before=9503, after=9503),
    "a served child gains nothing twice running": two_flat_months,
    "a served child was not weighed the month before": gain(before=8803, after=9503, first=10),
    "a served child is weighed the first time": lambda m: (
        gain(before=8803, after=9503)(m),
        m.take_away(m.all(Measurement)[-2]),
    ),
    "a child without a sponsor gains 700 g": lambda m: m.weighed(m.listed(), 4, weight_g=10_203),
    "a served child is severely wasted": lambda m: m.weighed(m.all(Child)[0], 4, whz=-3.01),
    "a severely wasted child is referred the day it is measured": referred(date(2026, 12, 4)),
    "a severely wasted child is referred by the end of the next month": referred(date(2027, 1, 31)),
    "a severely wasted child is referred the day before it is measured": referred(
        date(2026, 12, 3)
    ),
    "a severely wasted child is referred after the next month": referred(date(2027, 2, 1)),
    "the referral of a severely wasted child is taken back": referred(
        date(2026, 12, 4), undone_by="x", undone_at=NOW, undo_reason="x"
    ),
    "a severely wasted child is only looked at": referred(
        date(2026, 12, 4), decision=ReviewDecision.CONTINUE
    ),
    "a served child is just not severely wasted": lambda m: m.weighed(m.all(Child)[0], 4, whz=-3.0),
    "three served children gain 300, 600 and 900 g": three_gain,
    "a served child was measured the month before only": lambda m: m.weighed(
        m.all(Child)[0], 4, month=11
    ),
    "three children grow by 0.1, 0.2 and 0.6": three_grow,
    "a child grows out of severe stunting": grown(-3.2, -2.5),
    "a child stays stunted": grown(-2.4, -2.6),
    "a child falls into severe stunting": grown(-2.5, -3.1),
    "a family is visited": accompanied(3, 6),
    "a family got nothing, which is on record": accompanied(8),
    "a family was visited the month before": accompanied(3, month="2026-11"),
    "a case is closed after seven days": case(7),
    "a case is closed after eight days": case(8),
    "a case stays open": case(None),
    "a confidential case is closed after a day": case(1, secret=True),
    "a visit finds two of three in order": visit(a=True, b=True, c=False),
    "a visit looked at nothing": visit(),
    "a finding is three days late": finding(date(2026, 11, 28)),
    "a finding is not due yet": finding(date(2026, 12, 2)),
    "the neediest child is one whose package arrived": lambda m: m.set(first_child(m), tier=1),
    "a served child is proposed for graduation": lambda m: m.set(
        m.all(Child)[0], review_reasons=["graduation_proposed"]
    ),
    "a served child is looked at for another reason": lambda m: m.set(
        m.all(Child)[0], review_reasons=["not_measured"]
    ),
    "a family is of the eighth decile": lambda m: m.set(
        m.session.get_one(Household, m.all(Child)[0].household_id), poverty_decile=8
    ),
    "a family is of the seventh decile": lambda m: m.set(
        m.session.get_one(Household, m.all(Child)[0].household_id), poverty_decile=7
    ),
    "the child ate it": eaten(Eaten.CHILD),
    "others ate it too": eaten(Eaten.SHARED),
    "a survey is published": published(),
    "a published figure is withdrawn": published(withdrawn_at=NOW, withdrawn_by="x"),
}
