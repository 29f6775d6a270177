"""Family lists (KRS, verval GENTING): poverty and risk of households that we know."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from api.services.intakes.plan import Plan, RowPlan
from data.queries.people import HomeIndex, squashed
from data.readers.records import HouseholdRiskRecord
from data.schema import Household
from data.sealing import blind_index, seal

RISKS = (
    "lacks_safe_water",
    "lacks_safe_latrine",
    "wife_too_young",
    "wife_too_old",
    "births_too_close",
    "too_many_children",
    "no_modern_contraception",
)
NOT_LINKED = "family_not_linked"


def plan_families(plan: Plan, records: Sequence[HouseholdRiskRecord]) -> None:
    """Plan the poverty and risk of households, joined by family card or parent and place.

    A family without a registered child changes nothing and is noted as not linked; so is one
    that fits two households, because nobody can say from the file which it is.
    """
    homes = HomeIndex(plan.session.exec(select(Household).order_by(Household.code)).all())
    for record in records:
        label = record.head_name or record.wife_name or record.family_code or "?"
        row = RowPlan(record.row, "household", label)
        plan.rows.append(row)
        card = record.family_card
        kk_index = blind_index(plan.keys, card) if card else None
        home = _find(homes, record, kk_index)
        if home is None:
            row.notes = [NOT_LINKED]
            continue
        row.label = home.code
        _compare(plan, row, home, record)
        if card and home.kk_index is None and plan.value(home, "kk_index") is None:
            sealed = seal(plan.keys, card, place=f"household:kk:{home.uid}")
            plan.change(home, {"kk_sealed": sealed, "kk_index": kk_index})
            row.fields["family_card"] = {"before": None, "after": "•"}
            row.action = "changed"


def _find(homes: HomeIndex, record: HouseholdRiskRecord, kk_index: str | None) -> Household | None:
    names = (record.head_name, record.wife_name)
    by_card = homes.find(kk_index=kk_index, guardian=None, kelurahan_code=None)
    if by_card is not None:
        return by_card
    fitting = [
        home
        for home in homes.of_guardian(names, record.kelurahan_code)
        if not (kk_index and home.kk_index and home.kk_index != kk_index)
    ]
    if len(fitting) > 1 and record.address:
        street = squashed(record.address)
        fitting = [home for home in fitting if squashed(home.address) == street]
    return fitting[0] if len(fitting) == 1 else None


def _compare(plan: Plan, row: RowPlan, home: Household, record: HouseholdRiskRecord) -> None:
    flags = {name: getattr(record, name) for name in RISKS}
    known = [value for value in flags.values() if value is not None]
    values: dict[str, Any] = {
        "poverty_decile": record.welfare_decile,
        # To stand on a list of families at risk without columns of risk is the risk.
        "is_at_risk": any(known) if known else True,
        "risk_factors": [name for name, value in flags.items() if value] if known else None,
    }
    if home.lat is None:
        values |= {"lat": record.latitude, "lon": record.longitude}
    plan.compare(row, home, values, as_of=plan.as_of)
