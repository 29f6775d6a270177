"""What stands around cases, read for many of them at once: package, goods, news, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.amended_goods import package_states_now
from api.services.corrected_judgements import corrected_judgements
from api.services.delivery_state import effective_event
from api.services.family_answers import DOUBTING, FamilyAnswer, answers_of
from api.services.late_news import LATE, LateNews, held_against
from api.services.package_goods import come_back_among
from api.services.verification_views import CallView, calls_of_cases
from data.queries.deliveries import events_by_package, lines_of_packages
from data.schema import Cycle, Package, PackageState, Stop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from data.schema import DeliveryEvent, DeliveryException, PackageLine

__all__ = ["Facts", "read_facts"]

LEFT_OVER = (PackageState.REJECTED, PackageState.PARTLY_ACCEPTED)
"""States of packages of which a courier may bring something back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands around one case now."""

    cycle: Cycle
    package: Package | None = None
    stop: Stop | None = None
    """Where the package goes by now, which may be a later attempt than the case's."""
    lines: tuple[PackageLine, ...] = ()
    event: DeliveryEvent | None = None
    """What counts of everything that was reported of the package at that stop."""
    has_come_back: bool = False
    """Whether units of the package went back on the shelf or were written off."""
    news: LateNews | None = None
    """What the phone told, where the case is about news that came too late to count."""
    answer: FamilyAnswer | None = None
    """What the family answered, where the case is about that."""
    calls: tuple[CallView, ...] = ()
    """The families that a case of a route has asked, in the order of the route."""

    @property
    def has_left_over(self) -> bool:
        """Whether a courier brings something back of which nobody has said where it went."""
        is_left = self.package is not None and self.package.state in LEFT_OVER
        return is_left and not self.has_come_back

    @property
    def is_contradicted(self) -> bool:
        """Whether a family says otherwise than what stands recorded."""
        return self.answer is not None and self.answer.differs

    @property
    def num_unasked(self) -> int:
        """How many families of the route have not answered."""
        return sum(call.answer is None for call in self.calls)


def read_facts(session: Session, *, cases: Sequence[DeliveryException]) -> dict[int, Facts]:
    """Return what stands around each case, in as many queries for many as for one."""
    cycles = {case.cycle_id for case in cases}
    months = {
        cycle.id: cycle for cycle in session.exec(select(Cycle).where(col(Cycle.id).in_(cycles)))
    }
    ids = sorted({case.package_id for case in cases if case.package_id is not None})
    packages = {
        package.id or 0: package
        for package in session.exec(select(Package).where(col(Package.id).in_(ids)))
    }
    stop_ids = {package.stop_id for package in packages.values() if package.stop_id is not None}
    stops = {stop.id: stop for stop in session.exec(select(Stop).where(col(Stop.id).in_(stop_ids)))}
    lines = lines_of_packages(session, package_ids=ids)
    events = events_by_package(session, package_ids=ids)
    back = come_back_among(session, package_ids=ids)
    news = _news(session, cases, packages, lines, events)
    told = {case.package_id for case in cases if case.reason in DOUBTING}
    answers = answers_of(
        session, packages=[packages[each] for each in ids if each in told], lines=lines
    )
    calls = calls_of_cases(
        session, case_ids=[case.id or 0 for case in cases if case.route_id is not None]
    )
    found: dict[int, Facts] = {}
    for case in cases:
        number, cycle = case.package_id or 0, months[case.cycle_id]
        package = packages.get(number)
        found[case.id or 0] = Facts(cycle=cycle, calls=tuple(calls.get(case.id or 0, ())))
        if package is not None:
            found[case.id or 0] = Facts(
                cycle=cycle,
                package=package,
                stop=stops.get(package.stop_id),
                lines=tuple(lines.get(number, ())),
                event=effective_event(events.get(number, []), package.stop_id),
                has_come_back=number in back,
                news=news.get(case.id or 0),
                answer=answers.get(number) if case.reason in DOUBTING else None,
            )
    return found


def _news(
    session: Session,
    cases: Sequence[DeliveryException],
    packages: Mapping[int, Package],
    lines: Mapping[int, Sequence[PackageLine]],
    events: Mapping[int, Sequence[DeliveryEvent]],
) -> dict[int, LateNews]:
    late = [case for case in cases if case.reason == LATE and case.package_id in packages]
    if not late:
        return {}
    own = [packages[case.package_id or 0] for case in late]
    judged = corrected_judgements(session, assignment_ids=[each.assignment_id for each in own])
    states = package_states_now(session, packages=own)
    found: dict[int, LateNews] = {}
    for case, package in zip(late, own, strict=True):
        told = events.get(package.id or 0, ())
        event = next((each for each in told if each.event_uid == case.event_uid), None)
        if event is None:
            continue
        news_now = held_against(
            event,
            package,
            events=told,
            lines=lines.get(package.id or 0, ()),
            corrected=judged.get(package.assignment_id),
            stands_as=states[package.id or 0],
        )
        if case.is_sensitive or not news_now.is_confidential:  # else a case of its own tells it
            found[case.id or 0] = news_now
    return found
