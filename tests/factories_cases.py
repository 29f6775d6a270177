"""Cases for tests of what is done about them."""

from sqlmodel import Session, select

from api.services import (
    exception_actions,
    fulfilment,
)
from data.schema import (
    Account,
    Cycle,
    DeliveryException,
    ExceptionAction,
    Outcome,
    Package,
    Stop,
)
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.kept import kept


@kept
def failed(
    session: Session, reason: str = "nobody_home", text: str = ""
) -> tuple[Cycle, DeliveryException, Package, Stop, Account]:
    """A package that was not handed over: month, case, package, stop, coordinator."""
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=2)
    package = package_at(session, stops[0])
    sent = report(package, "e1", Outcome.FAILED, reason=reason, reason_text=text)
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    case = session.exec(select(DeliveryException)).one()
    return cycle, case, package, stops[0], coordinator


def act(
    session: Session,
    case: DeliveryException,
    action: ExceptionAction,
    by: Account,
    **values: object,
) -> None:
    """Choose an action of a case."""
    exception_actions.choose_action(
        session,
        case=case,
        action=action,
        by=by,
        now=NOW,
        base_version=case.version,
        **values,  # type: ignore[arg-type]
    )
