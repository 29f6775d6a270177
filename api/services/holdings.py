"""How much the register holds of what each kind of file brings."""

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.schema import (
    Assignment,
    Child,
    ChildState,
    Consent,
    ConsentPurpose,
    Depot,
    DropPoint,
    Household,
    OtherHelp,
    Sponsor,
    StockItem,
    Vehicle,
)


def held_of_each_kind(session: Session) -> Mapping[str, int]:
    """Return kind of file → how many records it has brought.

    Children but duplicates, families with a known risk, children with a standing consent to the
    programme, sponsors, depots and drop points, vehicles, items in stock, pairs of any month,
    children whom other programmes help.
    """
    counts = {
        "children": select(func.count(col(Child.id))).where(Child.state != ChildState.DUPLICATE),
        "krs": select(func.count(col(Household.id))).where(col(Household.is_at_risk).is_not(None)),
        "consents": select(func.count(func.distinct(Consent.child_id))).where(
            Consent.purpose == ConsentPurpose.PROGRAMME, col(Consent.withdrawn_at).is_(None)
        ),
        "sponsors": select(func.count(col(Sponsor.id))),
        "depots": select(func.count(col(Depot.id))),
        "drop_points": select(func.count(col(DropPoint.id))),
        "fleet": select(func.count(col(Vehicle.id))),
        "stock": select(func.count(col(StockItem.id))).where(StockItem.on_hand > 0),
        "last_month": select(func.count(col(Assignment.id))),
        "other_help": select(func.count(func.distinct(OtherHelp.child_id))),
    }
    one = select(*(each.scalar_subquery().label(name) for name, each in counts.items()))
    held: dict[str, int] = dict(session.execute(one).mappings().one())
    return held | {"places": held["depots"] + held["drop_points"]}
