"""A phone and the office at once: no package is both brought back and delivered."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import exception_actions, fulfilment
from api.services.errors import Refused, ServiceError
from data.engine import read_session, write_session
from data.queries.deliveries import lines_of_package
from data.schema import (
    Account,
    DeliveryException,
    ExceptionAction,
    Outcome,
    Package,
    PackageState,
    StockMove,
    StockMoveKind,
    Stop,
)
from tests.api.services.test_packing_race import at_once
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report

LATER = NOW + timedelta(hours=1)


def failed_delivery(engine: Engine) -> tuple[Package, Account, Account]:
    with write_session(engine) as session:
        _, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
        package = package_at(session, stops[0])
        failed = report(package, "e", Outcome.FAILED, reason="nobody_home")
        fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    return package, coordinator, courier


def bring_back(session: Session, by: Account) -> None:
    case = session.exec(select(DeliveryException)).one()
    exception_actions.choose_action(
        session, case=case, action=ExceptionAction.RETURN, by=by, now=LATER, base_version=1
    )


def accept(session: Session, package: Package, by: Account) -> fulfilment.Acknowledgement:
    sent = report(package, "later", happened_at=LATER)
    return fulfilment.record_delivery(session, report=sent, by=by, now=LATER)


def test_delivered_and_brought_back_at_once_is_one_of_both(engine: Engine) -> None:
    package, coordinator, courier = failed_delivery(engine)

    def deliver() -> None:
        with write_session(engine) as session:
            accept(session, package, courier)

    def give_back() -> None:
        try:
            with write_session(engine) as session:
                bring_back(session, coordinator)
        except ServiceError:
            pass  # the family has it: what the state below says

    at_once(deliver, give_back)

    with read_session(engine) as session:
        found = session.get_one(Package, package.id)
        lines = lines_of_package(session, package_id=found.id or 0)
        back = session.exec(select(StockMove).where(StockMove.kind == StockMoveKind.RETURN)).all()
        kept = {line.accepted == line.quantity for line in lines}
        expected = {
            PackageState.ACCEPTED: (0, {True}),
            PackageState.RESTOCKED: (len(lines), {False}),
        }
        assert (len(back), kept) == expected[found.state]


@pytest.mark.stores("postgresql")
def test_goods_of_a_package_delivered_since_it_was_read_stay_with_the_family(
    engine: Engine,
) -> None:
    package, coordinator, courier = failed_delivery(engine)
    with write_session(engine) as office:
        case = office.exec(select(DeliveryException)).one()
        read = (
            office.get_one(Package, package.id),
            lines_of_package(office, package_id=package.id or 0),
        )
        with write_session(engine) as phone:
            accept(phone, package, courier)
        with pytest.raises(ServiceError, match=r"exception\.stale"):
            bring_back(office, coordinator)
        assert read[0].state is PackageState.ACCEPTED
        assert all(line.accepted == line.quantity for line in read[1])
        assert case.version == 2


@pytest.mark.stores("postgresql")
def test_a_package_brought_back_since_it_was_read_is_not_delivered(engine: Engine) -> None:
    package, coordinator, courier = failed_delivery(engine)
    with write_session(engine) as page:
        seen = page.get_one(Package, package.id)
        stop = page.get_one(Stop, package.stop_id)
        with write_session(engine) as office:
            bring_back(office, coordinator)
        with pytest.raises(Refused, match=r"delivery\.not_loaded"):
            fulfilment.full_result(
                page, stop=stop, event_uid="x", outcome=Outcome.ACCEPTED, by=courier, now=LATER
            )
        assert seen.state is PackageState.RESTOCKED
