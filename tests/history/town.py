"""The town in which a script is lived, through the real use cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

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
    reconcile,
    registering,
    routes,
    vehicles,
)
from api.services.companions import Given
from api.services.consumption import Answer
from api.services.default_places import ensure_depot
from api.services.fulfilment import DeliveryReport, LineResult
from api.services.registering import TakenMeasurement
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
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
    PackageLine,
    ReviewDecision,
    Role,
    Route,
    VehicleKind,
    VerificationCall,
)
from tests.history import stories
from tests.history.script import (
    ENDS_ON,
    GRADUATES,
    GUESTS,
    MEASURED_ON,
    Script,
    at,
)
from tests.stores import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from data.schema import Pledge

__all__ = ["People", "Town", "live"]


@dataclass(frozen=True)
class People:
    """Who acts."""

    staff: Account
    approver: Account
    coordinator: Account
    courier: Account


@dataclass
class Town:
    """A store in which a script is lived."""

    session: Session
    script: Script
    people: People
    children: dict[int, Child] = field(default_factory=dict)
    giver: Pledge | None = None
    """The pledge of money."""

    def number_of(self, child_id: int) -> int:
        """A child's number in the script."""
        return next(number for number, child in self.children.items() if child.id == child_id)

    def packages(self, cycle: Cycle) -> list[Package]:
        """Return a month's packages, by code."""
        rows = select(Package).where(Package.cycle_id == cycle.id).order_by(col(Package.code))
        return list(self.session.exec(rows))


def live(session: Session, script: Script) -> Iterator[tuple[int, Cycle]]:
    """Live a script month by month; give each month's number when it is closed."""
    town = _settled(session, script)
    for month in range(script.num_months):
        yield month, _lived(town, month)


def _settled(session: Session, script: Script) -> Town:
    accounts = {
        role: Account(username=role.value, full_name=role.value, role=role, created_at=at(0, 1))
        for role in (Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.COURIER)
    }
    session.add_all(accounts.values())
    session.flush()
    town = Town(session, script, People(*accounts.values()))
    ensure_depot(session)
    vehicle = vehicles.save_vehicle(
        session, vehicle=None, by=town.people.coordinator, now=at(0, 1),
        changes={"name": "Pikap", "kind": VehicleKind.PICKUP, "capacity_g": 900_000,
                 "capacity_ml": 3_000_000},
    )  # fmt: skip
    couriers.assign_courier(
        session, vehicle_id=vehicle.id or 0, username=town.people.courier.username,
        by=town.people.coordinator, now=at(0, 1),
    )  # fmt: skip
    for ward, posyandu, _ in script.places:
        companions.save_team(
            session, name=f"TPK {posyandu}", kelurahan_code=ward, posyandu=[posyandu],
            is_active=True, by=town.people.staff, now=at(0, 1),
        )  # fmt: skip
    for number in range(script.num_sponsors):
        stories.promise(town, f"Donatur {number}", 0)
    return town


def _register(town: Town, number: int, month: int) -> None:
    script, by, now = town.script, town.people.staff, at(month, MEASURED_ON)
    ward, posyandu, puskesmas = script.place(number)
    lat, lon = script.point(number)
    told = 101 if number == 102 else number
    child = registering.register_child(
        town.session,
        fields={"name": f"Anak {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[told % 26]}{told * 7919}",
                "sex": "male" if script.is_boy(number) else "female",
                "born_on": script.born_on(number)},
        home={"guardian_name": f"Wali {told * 104729}", "address": f"Jl. {told * 1301}",
              "kelurahan_code": ward if script.has_kelurahan(number) else None,
              "posyandu": posyandu, "puskesmas": puskesmas, "lat": lat, "lon": lon,
              "poverty_decile": script.decile(number)},
        measurement=_measured(script, number, month) if script.is_measured(number, month) else None,
        by=by, now=now, keys=KEYS,
    )  # fmt: skip
    if script.has_consent(number):
        consents.grant_consent(
            town.session, child=child, purpose=ConsentPurpose.PROGRAMME, guardian_name="Wali",
            granted_on=now.date(), by=by, now=now,
        )  # fmt: skip
    if number in GUESTS and GUESTS[number].cause == "kept_off_paused":
        children.pause_child(
            town.session, child=child, by=by, now=now, reason="mudik",
            until=at(GUESTS[number].leaves + 1, ENDS_ON).date(),
        )  # fmt: skip
    town.children[number] = child


def _measured(script: Script, number: int, month: int) -> TakenMeasurement:
    return TakenMeasurement(
        measured_on=at(month, MEASURED_ON).date(),
        weight_g=script.weight_g(number, month),
        lenhei_mm=script.height_mm(number, month),
        position="L" if script.days(number, month) < 731 else "H",
    )


def _lived(town: Town, month: int) -> Cycle:
    session, script, people = town.session, town.script, town.people
    _measure(town, month)
    stories.before_lock(town, month)
    cycle = cycles.open_cycle(
        session, month=script.months[month], by=people.staff, now=at(month, 5), any_month=True
    )
    cycles.lock_cycle(session, cycle=cycle, by=people.staff, now=at(month, 5), reason="riwayat")
    matching.propose_matching(session, cycle=cycle, by=people.staff, now=at(month, 5))
    cycles.submit_cycle(session, cycle=cycle, by=people.staff, now=at(month, 5))
    cycles.approve_cycle(session, cycle=cycle, by=people.approver, now=at(month, 6))
    stories.after_approval(town, cycle, month)
    _pack(town, cycle, month)
    day = _send_out(town, cycle, month)
    _deliver(town, cycle, month, day)
    _ask_and_accompany(town, cycle, month)
    _leave(town, month)
    stories.at_end(town, month)
    _close(town, cycle, month)
    return cycle


def _measure(town: Town, month: int) -> None:
    script = town.script
    for number in script.known(month):
        if script.comes(number) == month:
            _register(town, number, month)
        elif script.is_measured(number, month):
            registering.record_measurement(
                town.session, child=town.children[number], by=town.people.staff,
                now=at(month, MEASURED_ON), measurement=_measured(script, number, month),
            )  # fmt: skip


def _pack(town: Town, cycle: Cycle, month: int) -> None:
    by, now = town.people.coordinator, at(month, 7)
    result = packing.pack_cycle(town.session, cycle=cycle, by=by, now=now)
    for short in result.shortages:
        sign_shortage(
            town.session, cycle=cycle, item_code=short.item_code, remedy=Remedy.PURCHASE, by=by,
            now=now,
        )  # fmt: skip
    if result.shortages:
        packing.pack_cycle(town.session, cycle=cycle, by=by, now=now)
    packing.mark_packed(town.session, cycle=cycle, by=by, now=now)


def _send_out(town: Town, cycle: Cycle, month: int) -> date:
    session, by = town.session, town.people.coordinator
    day = min(package.deliver_on for package in town.packages(cycle))
    planning.plan_routes(
        session, cycle=cycle, by=by, now=at(month, 7),
        options=planning.PlanOptions(days=(day,), iterations=500),
    )  # fmt: skip
    routes.confirm_all(session, cycle=cycle, by=by, now=at(month, 7))
    leaving = select(Route).where(Route.cycle_id == cycle.id).order_by(col(Route.code))
    for route in session.exec(leaving).all():
        departures.dispatch_route(
            session, route=route, by=by, now=datetime.combine(day, time(1), UTC)
        )
    return day


def _deliver(town: Town, cycle: Cycle, month: int, day: date) -> None:
    session, script = town.session, town.script
    for package in town.packages(cycle):
        number = town.number_of(package.child_id)
        late = script.is_at_home(number, month) and script.is_late(number, month)
        happened = datetime.combine(day + timedelta(days=late), time(3), UTC)
        delay = timedelta(hours=30 if script.is_told_late(number, month) else 1)
        fulfilment.record_delivery(
            session, report=_told(town, package, number, month, happened),
            by=town.people.courier, now=happened + delay,
        )  # fmt: skip
    for case in session.exec(
        select(DeliveryException).where(DeliveryException.cycle_id == cycle.id)
    ).all():
        closed = case.opened_at + timedelta(days=script.case_days(month))
        spoilt = case.reason == "goods_damaged"
        exception_actions.choose_action(
            session, case=case, by=town.people.coordinator,
            action=ExceptionAction.SPOIL if spoilt else ExceptionAction.RETURN,
            now=closed, base_version=case.version,
        )  # fmt: skip
        exception_actions.close_exception(
            session, case=case, by=town.people.coordinator, now=closed, base_version=case.version
        )


def _told(
    town: Town, package: Package, number: int, month: int, happened: datetime
) -> DeliveryReport:
    script = town.script
    is_home, in_part = script.is_at_home(number, month), script.is_in_part(number, month)
    lines = select(PackageLine).where(PackageLine.package_id == package.id)
    first, *rest = town.session.exec(lines.order_by(col(PackageLine.id))).all()
    outcome = Outcome.PARTLY_ACCEPTED if in_part else Outcome.ACCEPTED
    return DeliveryReport(
        event_uid=f"riwayat-{package.code}",
        package_code=package.code,
        outcome=outcome if is_home else Outcome.FAILED,
        reason=None if is_home else "nobody_home",
        lines=(
            LineResult(first.uid, first.quantity - 1, 1, "goods_damaged"),
            *(LineResult(line.uid, line.quantity, 0) for line in rest),
        )
        if in_part
        else (),
        happened_at=happened,
        channel="phone",
        receiver="Nenek" if is_home and script.has_evidence(number, month) else "",
    )


def _ask_and_accompany(town: Town, cycle: Cycle, month: int) -> None:
    session, script, by = town.session, town.script, town.people.coordinator
    packages = {town.number_of(one.child_id): one for one in town.packages(cycle)}
    for ward, posyandu, puskesmas in script.places:
        own = [n for n in town.children if script.place(n) == (ward, posyandu, puskesmas)]
        answers = [
            Answer(packages[n].id or 0, Eaten(answer))
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
            Given(town.children[n].household_id, script.codes(n, month))
            for n in own
            if script.is_here(n, month)
        ]
        companions.record_accompaniment(
            session, month=cycle.month, kelurahan_code=ward, posyandu=posyandu, given=given, by=by,
            now=at(month, 20),
        )  # fmt: skip


def _leave(town: Town, month: int) -> None:
    """Let children be referred, one graduate, and others move away, after the deliveries."""
    by, now = town.people.approver, at(month, 22)
    for number, child in town.children.items():
        if town.script.is_referred(number, month):
            growth_reviews.record_review(
                town.session, child=child, decision=ReviewDecision.REFER, note="puskesmas", by=by,
                now=now,
            )  # fmt: skip
    if month == GRADUATES:
        growth_reviews.record_review(
            town.session, child=town.children[2], decision=ReviewDecision.GRADUATE,
            note="dua kali normal", by=by, now=now,
        )  # fmt: skip
    for number, child in town.children.items():
        if town.script.leaves(number) == month and town.script.is_listed(number, month):
            children.exit_child(
                town.session, child=child, by=by, now=now, effective_on=now.date(),
                reason="moved_out",
            )  # fmt: skip


def _close(town: Town, cycle: Cycle, month: int) -> None:
    session, people, now = town.session, town.people, at(month, ENDS_ON)
    reconcile.start_reconciling(session, cycle=cycle, by=people.coordinator, now=now)
    calls = select(VerificationCall).where(VerificationCall.cycle_id == cycle.id)
    for call in session.exec(calls).all():
        reconcile.answer_call(session, call=call, answer="received", by=people.coordinator, now=now)
    reconcile.close_cycle(session, cycle=cycle, by=people.approver, now=now)
