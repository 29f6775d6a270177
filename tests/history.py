"""Months of a small city, lived through the real use cases by a script whose answers are known.

Every child follows a script (who is measured, gains, is at home, eats, is accompanied), written as
small rules of its number and the month's. ``Script`` says what each figure must be from these
rules alone; ``live`` makes it happen through registering, locking, matching, packing, planning,
the road and the closing. Nothing is pushed into tables.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from sqlmodel import col, select

from api.services import (
    children,
    companions,
    consents,
    consumption,
    couriers,
    cycles,
    departures,
    exception_actions,
    fulfilment,
    growth_reviews,
    matching,
    packing,
    planning,
    pledges,
    reconcile,
    registering,
    routes,
    sponsors,
    vehicles,
)
from api.services.companions import Given
from api.services.consumption import Answer
from api.services.default_places import ensure_depot
from api.services.fulfilment import DeliveryReport
from api.services.months import later_month
from api.services.registering import TakenMeasurement
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.growth.curves import curve
from data.schema import (
    Account,
    Child,
    ConsentPurpose,
    Cycle,
    DeliveryException,
    Eaten,
    ExceptionAction,
    Outcome,
    Package,
    ReviewDecision,
    Role,
    Route,
    VehicleKind,
    VerificationCall,
)
from tests.stores import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

__all__ = ["FIRST_MONTH", "PLACES", "People", "Script", "live"]

FIRST_MONTH = "2025-01"
PLACES = (
    ("19.71.05.1004", "Melati", "Gerunggang"),
    ("19.71.05.1004", "Mawar", "Gerunggang"),
    ("19.71.04.1001", "Anggrek", "Melintang"),
    ("19.71.06.1001", "Dahlia", "Selindung"),
)
"""Kelurahan, posyandu and puskesmas; a child that no sponsor's area has lives at the last."""
SERVED_AREAS = ["19.71.04", "19.71.05"]
BORN_DAYS_BEFORE = 400
JOINS, LEAVES, RECOVERS = 3, 2, 3
"""Month's number in which the last child joins, child 1 leaves, child 2 is normal from."""
MEASURED_ON, ENDS_ON = 4, 26


@dataclass(frozen=True)
class Script:
    """What happens, and what every figure must therefore be.

    Parameters
    ----------
    num_months
        How many months are lived; the first is January 2025.
    num_children
        How many children; at least six. The last joins later, the one before it has no sponsor.
    """

    num_months: int = 6
    num_children: int = 8

    @property
    def months(self) -> list[str]:
        """The months, the first first."""
        return [later_month(FIRST_MONTH, number) for number in range(self.num_months)]

    def place(self, child: int) -> tuple[str, str, str]:
        """Where a child lives."""
        return PLACES[-1] if child == self.num_children - 2 else PLACES[child % 3]

    def is_here(self, child: int, month: int) -> bool:
        """Whether a child is entitled when the month is locked."""
        if child == self.num_children - 1:
            return month >= JOINS
        if child == 1:
            return month <= LEAVES
        # Who recovered stays until an approver lets it graduate, after that month's deliveries.
        return not (child == 2 and month > RECOVERS + 1)

    def is_served(self, child: int, month: int) -> bool:
        """Whether a child has a sponsor."""
        return self.is_here(child, month) and child != self.num_children - 2

    def is_measured(self, child: int, month: int) -> bool:
        """Whether a child that is known comes to be measured."""
        is_known = child != self.num_children - 1 or month >= JOINS
        return is_known and (self._is_first(child, month) or (child + month) % 4 != 3)

    def _is_first(self, child: int, month: int) -> bool:
        return month == (JOINS if child == self.num_children - 1 else 0) or (
            child == 2 and RECOVERS <= month <= RECOVERS + 1
        )

    def gain_g(self, child: int, month: int) -> int:
        """What a child gains in a month; nothing in some, and child 0 twice running."""
        flat = (child + month) % 5 == 4 or (child == 0 and month in (1, 2))
        return 0 if flat else 400

    def weight_g(self, child: int, month: int) -> int:
        """What a child weighs when it is measured in a month."""
        return 8800 + 30 * child + sum(self.gain_g(child, each) for each in range(1, month + 1))

    def haz(self, child: int, month: int) -> float:
        """How tall a child is for its age; child 2 recovers."""
        return -1.6 if child == 2 and month >= RECOVERS else -2.2 - 0.05 * (child % 8)

    def letter(self, child: int, month: int) -> str:
        """N, T, O or B by the posyandu's rule; nothing when not measured."""
        if not self.is_measured(child, month):
            return ""
        before = [each for each in range(month) if self.is_measured(child, each)]
        if not before:
            return "B"
        if before[-1] != month - 1:
            return "O"
        return "N" if self.gain_g(child, month) else "T"

    def is_two_t(self, child: int, month: int) -> bool:
        """Whether this month's T is the second in a row."""
        return self.letter(child, month) == "T" and self.letter(child, month - 1) == "T"

    def is_at_home(self, child: int, month: int) -> bool:
        """Whether somebody opens at the first attempt."""
        return (child + month) % 6 != 5

    def is_late(self, child: int, month: int) -> bool:
        """Whether a package that arrives does so on the day after the planned one."""
        return (child + month) % 7 == 2

    def is_told_late(self, child: int, month: int) -> bool:
        """Whether the report is here only after thirty hours."""
        return (child + month) % 5 == 1

    def has_evidence(self, child: int, month: int) -> bool:
        """Whether the receiver's name was written down."""
        return (child + 2 * month) % 3 != 0

    def case_days(self, month: int) -> int:
        """How long the cases of a month stay open."""
        return 3 if month % 2 == 0 else 9

    def codes(self, child: int, month: int) -> tuple[int, ...]:
        """The TPK codes of a child's family."""
        return ((), (8,), (3, 6))[(child + month) % 3]

    def eaten(self, child: int, month: int) -> Eaten | None:
        """What the family answers; None: not asked."""
        return (None, Eaten.CHILD, Eaten.CHILD, Eaten.SHARED)[(child + month) % 4]

    def figures(self, month: int, place: tuple[str, str, str] | None = None) -> Counter[str]:
        """Return the figures of a month, in the city or in one posyandu."""
        known = Counter[str]()
        for child in range(self.num_children):
            if place is not None and self.place(child) != place:
                continue
            known.update(self._of_child(child, month))
        return known

    def alone(self, month: int) -> dict[str, int | str]:
        """Return the figures of the city that belong to no area: everybody has a sponsor alone."""
        known = self.figures(month)
        arrived, served = known["delivery_delivered"], known["matching_matched"]
        return {
            "genting_children": arrived,
            "genting_sponsors": arrived,
            "genting_packages": arrived,
            "sponsors_registered": self.num_children,
            "sponsors_active": self.num_children,
            "sponsors_new": 0 if month else self.num_children,
            "sponsors_stopped": 0,
            "sponsors_pledged_rp": 0,
            "sponsors_received_rp": 0,
            "sponsors_shortfall_rp": 0,
            "matching_max_children": 1,
            "matching_bridged": 0,
            "matching_proof": "word.optimal",
            "pairs_sponsors": served,
            "pairs_per_sponsor": 1,
            "delivery_stops": served,
            "delivery_stops_done": arrived,
        }

    def _of_child(self, child: int, month: int) -> dict[str, int]:
        here, served = self.is_here(child, month), self.is_served(child, month)
        found: dict[str, int] = {
            "target_eligible": here,
            "matching_matched": served,
            "matching_unmatched": here and not served,
            "target_known": here,
            "target_registered": here,
            "target_with_consent": here,
            "target_packed": served,
            "target_received": served and self.is_at_home(child, month),
            "target_new": here and month > 0 and not self.is_here(child, month - 1),
            "target_graduated": child == 2 and month == RECOVERS + 1,
            "target_left": child == 1 and month == LEAVES,
            "team_families": here,
            "team_measured": here and self.is_measured(child, month),
            "team_recorded": here and bool(self.codes(child, month)),
            "team_accompanied": here and self.codes(child, month) == (3, 6),
        }
        if served:
            found |= self._of_package(child, month) | self._of_growth(child, month)
        return {code: int(value) for code, value in found.items()}

    def _of_package(self, child: int, month: int) -> dict[str, int]:
        arrives = self.is_at_home(child, month)
        late = arrives and self.is_late(child, month)
        answer = self.eaten(child, month) if arrives else None
        return {
            "delivery_planned": 1,
            "delivery_delivered": arrives,
            "delivery_failed": not arrives,
            "delivery_reached": arrives,
            "delivery_late": late,
            "days_late": late,
            "delivery_evidenced": arrives and self.has_evidence(child, month),
            "delivery_attempts": 1,
            "team_attempted": 1,
            "team_first": arrives,
            "team_cases": not arrives,
            "team_cases_in_time": not arrives and self.case_days(month) <= 7,
            "team_reports": 1,
            "team_reports_in_time": not self.is_told_late(child, month),
            "eaten_asked": answer is not None,
            "eaten_by_child": answer is Eaten.CHILD,
        }

    def _of_growth(self, child: int, month: int) -> dict[str, int]:
        letter = self.letter(child, month)
        return {
            "nutrition_supported": 1,
            "nutrition_measured": self.is_measured(child, month),
            **{f"nutrition_gain_{each}": letter == each.upper() for each in "ntob"},
            "nutrition_two_t": self.is_two_t(child, month),
        }


@dataclass(frozen=True)
class People:
    """Who acts."""

    staff: Account
    approver: Account
    coordinator: Account
    courier: Account


@dataclass
class _City:
    """A store in which a script is lived."""

    session: Session
    script: Script
    people: People
    children: dict[int, Child] = field(default_factory=dict)

    def number_of(self, child_id: int) -> int:
        return next(number for number, child in self.children.items() if child.id == child_id)


def live(session: Session, script: Script) -> Iterator[tuple[int, Cycle]]:
    """Live a script month by month; give each month's number when it is closed."""
    city = _settled(session, script)
    for month in range(script.num_months):
        yield month, _lived(city, month)


def at(month: int, day: int, hour: int = 2) -> datetime:
    """Return an instant of a month of the script."""
    name = later_month(FIRST_MONTH, month)
    first = datetime.combine(date.fromisoformat(f"{name}-01"), time(hour), UTC)
    return first + timedelta(days=day - 1)


def _settled(session: Session, script: Script) -> _City:
    accounts = {
        role: Account(username=role.value, full_name=role.value, role=role, created_at=at(0, 1))
        for role in (Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.COURIER)
    }
    session.add_all(accounts.values())
    session.flush()
    city = _City(session, script, People(*accounts.values()))
    ensure_depot(session)
    vehicle = vehicles.save_vehicle(
        session, vehicle=None, by=city.people.coordinator, now=at(0, 1),
        changes={"name": "Pikap", "kind": VehicleKind.PICKUP, "capacity_g": 900_000,
                 "capacity_ml": 3_000_000},
    )  # fmt: skip
    couriers.assign_courier(
        session, vehicle_id=vehicle.id or 0, username=city.people.courier.username,
        by=city.people.coordinator, now=at(0, 1),
    )  # fmt: skip
    for ward, posyandu, _ in PLACES:
        companions.save_team(
            session, name=f"TPK {posyandu}", kelurahan_code=ward, posyandu=[posyandu],
            is_active=True, by=city.people.staff, now=at(0, 1),
        )  # fmt: skip
    for number in range(script.num_children):
        sponsor = sponsors.register_sponsor(
            session, fields={"name": f"Donatur {number}", "kelurahan_code": PLACES[0][0]},
            by=city.people.staff, now=at(0, 1), keys=KEYS,
        )  # fmt: skip
        pledges.add_pledge(
            session, sponsor=sponsor, by=city.people.staff, now=at(0, 1),
            fields={"num_children": 1, "first_month": FIRST_MONTH, "num_months": 60,
                    "area_codes": SERVED_AREAS},
        )  # fmt: skip
    for number in range(script.num_children - 1):
        _register(city, number, 0)
    return city


def _register(city: _City, number: int, month: int) -> None:
    ward, posyandu, puskesmas = city.script.place(number)
    born_on = at(0, 1).date() - timedelta(days=BORN_DAYS_BEFORE + 11 * number)
    child = registering.register_child(
        city.session,
        fields={"name": f"Anak {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}{number * 7919}",
                "sex": "female", "born_on": born_on},
        home={"guardian_name": f"Wali {number * 104729}", "address": f"Jl. {number * 1301}",
              "kelurahan_code": ward, "posyandu": posyandu, "puskesmas": puskesmas,
              "lat": -2.11 - number * 0.0013, "lon": 106.10 + number * 0.0011},
        measurement=_measured(city.script, number, month, born_on),
        by=city.people.staff, now=at(month, MEASURED_ON), keys=KEYS,
    )  # fmt: skip
    consents.grant_consent(
        city.session, child=child, purpose=ConsentPurpose.PROGRAMME, guardian_name="Wali",
        granted_on=at(month, MEASURED_ON).date(), by=city.people.staff, now=at(month, MEASURED_ON),
    )  # fmt: skip
    city.children[number] = child


def _measured(script: Script, number: int, month: int, born_on: date) -> TakenMeasurement:
    on = at(month, MEASURED_ON).date()
    days = np.array([(on - born_on).days])
    height_cm = float(curve("lfa", is_boy=False, z=script.haz(number, month), days=days)[0])
    is_lying = int(days[0]) < 731
    return TakenMeasurement(
        measured_on=on,
        weight_g=script.weight_g(number, month),
        lenhei_mm=round(height_cm * 10),
        position="L" if is_lying else "H",
    )


def _lived(city: _City, month: int) -> Cycle:
    session, script, people = city.session, city.script, city.people
    _measure(city, month)
    cycle = cycles.open_cycle(
        session, month=script.months[month], by=people.staff, now=at(month, 5), any_month=True
    )
    cycles.lock_cycle(session, cycle=cycle, by=people.staff, now=at(month, 5), reason="riwayat")
    matching.propose_matching(session, cycle=cycle, by=people.staff, now=at(month, 5))
    cycles.submit_cycle(session, cycle=cycle, by=people.staff, now=at(month, 5))
    cycles.approve_cycle(session, cycle=cycle, by=people.approver, now=at(month, 6))
    _pack(city, cycle, month)
    day = _send_out(city, cycle, month)
    _deliver(city, cycle, month, day)
    _ask_and_accompany(city, cycle, month)
    _leave(city, month)
    _close(city, cycle, month)
    return cycle


def _measure(city: _City, month: int) -> None:
    newcomer = city.script.num_children - 1
    if month == JOINS:
        _register(city, newcomer, month)
    for number, child in city.children.items():
        is_new = month == 0 or (number == newcomer and month == JOINS)
        if not is_new and city.script.is_measured(number, month):
            registering.record_measurement(
                city.session, child=child, by=city.people.staff, now=at(month, MEASURED_ON),
                measurement=_measured(city.script, number, month, child.born_on),
            )  # fmt: skip


def _pack(city: _City, cycle: Cycle, month: int) -> None:
    by, now = city.people.coordinator, at(month, 7)
    result = packing.pack_cycle(city.session, cycle=cycle, by=by, now=now)
    for short in result.shortages:
        sign_shortage(
            city.session, cycle=cycle, item_code=short.item_code, remedy=Remedy.PURCHASE, by=by,
            now=now,
        )  # fmt: skip
    if result.shortages:
        packing.pack_cycle(city.session, cycle=cycle, by=by, now=now)
    packing.mark_packed(city.session, cycle=cycle, by=by, now=now)


def _send_out(city: _City, cycle: Cycle, month: int) -> date:
    session, by = city.session, city.people.coordinator
    day = min(package.deliver_on for package in _packages(session, cycle))
    planning.plan_routes(
        session, cycle=cycle, by=by, now=at(month, 7),
        options=planning.PlanOptions(days=(day,), seconds=0.2),
    )  # fmt: skip
    routes.confirm_all(session, cycle=cycle, by=by, now=at(month, 7))
    leaving = select(Route).where(Route.cycle_id == cycle.id).order_by(col(Route.code))
    for route in session.exec(leaving).all():
        departures.dispatch_route(
            session, route=route, by=by, now=datetime.combine(day, time(1), UTC)
        )
    return day


def _deliver(city: _City, cycle: Cycle, month: int, day: date) -> None:
    session, script = city.session, city.script
    for package in _packages(session, cycle):
        number = city.number_of(package.child_id)
        is_home = script.is_at_home(number, month)
        is_late = is_home and script.is_late(number, month)
        happened = datetime.combine(day + timedelta(days=is_late), time(3), UTC)
        delay = timedelta(hours=30 if script.is_told_late(number, month) else 1)
        fulfilment.record_delivery(
            session,
            report=DeliveryReport(
                event_uid=f"riwayat-{package.code}", package_code=package.code,
                outcome=Outcome.ACCEPTED if is_home else Outcome.FAILED,
                reason=None if is_home else "nobody_home",
                happened_at=happened, channel="phone",
                receiver="Nenek" if is_home and script.has_evidence(number, month) else "",
            ),
            by=city.people.courier, now=happened + delay,
        )  # fmt: skip
    for case in session.exec(
        select(DeliveryException).where(DeliveryException.cycle_id == cycle.id)
    ).all():
        closed = case.opened_at + timedelta(days=script.case_days(month))
        exception_actions.choose_action(
            session, case=case, action=ExceptionAction.RETURN, by=city.people.coordinator,
            now=closed, base_version=case.version,
        )  # fmt: skip
        exception_actions.close_exception(
            session, case=case, by=city.people.coordinator, now=closed, base_version=case.version
        )


def _ask_and_accompany(city: _City, cycle: Cycle, month: int) -> None:
    session, script, by = city.session, city.script, city.people.coordinator
    packages = {city.number_of(one.child_id): one for one in _packages(session, cycle)}
    for ward, posyandu, puskesmas in PLACES:
        own = [n for n in city.children if script.place(n) == (ward, posyandu, puskesmas)]
        answers = [
            Answer(packages[n].id or 0, answer)
            for n in own
            if n in packages
            and script.is_at_home(n, month)
            and (answer := script.eaten(n, month)) is not None
        ]
        consumption.record_answers(
            session, cycle=cycle, kelurahan_code=ward, posyandu=posyandu, answers=answers,
            checked_on=at(month, 20).date(), by=by, now=at(month, 20),
        )  # fmt: skip
        given = [
            Given(city.children[n].household_id, script.codes(n, month))
            for n in own
            if script.is_here(n, month)
        ]
        companions.record_accompaniment(
            session, month=cycle.month, kelurahan_code=ward, posyandu=posyandu, given=given, by=by,
            now=at(month, 20),
        )  # fmt: skip


def _leave(city: _City, month: int) -> None:
    """Let the recovered child graduate, and another move away, after the month's deliveries."""
    if month == RECOVERS + 1:
        growth_reviews.record_review(
            city.session, child=city.children[2], decision=ReviewDecision.GRADUATE,
            note="dua kali normal", by=city.people.approver, now=at(month, 22),
        )  # fmt: skip
    if month == LEAVES:
        children.exit_child(
            city.session, child=city.children[1], by=city.people.approver, now=at(month, 22),
            effective_on=at(month, 22).date(), reason="moved_out",
        )  # fmt: skip


def _close(city: _City, cycle: Cycle, month: int) -> None:
    session, people, now = city.session, city.people, at(month, ENDS_ON)
    reconcile.start_reconciling(session, cycle=cycle, by=people.coordinator, now=now)
    calls = select(VerificationCall).where(VerificationCall.cycle_id == cycle.id)
    for call in session.exec(calls).all():
        reconcile.answer_call(session, call=call, answer="received", by=people.coordinator, now=now)
    reconcile.close_cycle(session, cycle=cycle, by=people.approver, now=now)


def _packages(session: Session, cycle: Cycle) -> list[Package]:
    rows = select(Package).where(Package.cycle_id == cycle.id).order_by(col(Package.code))
    return list(session.exec(rows))
