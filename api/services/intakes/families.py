"""Family lists (KRS, verval GENTING): poverty and risk of households that we know."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from api.services.intakes.plan import NOT_LINKED, Plan, RowPlan
from api.services.months import month_of
from data.queries.people import HomeIndex, squashed
from data.readers.records import HouseholdRiskRecord
from data.schema import Accompaniment, Household
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


def plan_families(plan: Plan, records: Sequence[HouseholdRiskRecord]) -> None:
    """Plan the poverty and risk of households, joined by family card or parent and place.

    A family without a registered child changes nothing and is noted as not linked; so is one
    that fits two households, because nobody can say from the file which it is. Accompaniment that
    the list tells of counts in the month that the list speaks of, else in that of the import.
    """
    homes = HomeIndex(plan.session.exec(select(Household).order_by(Household.code)).all())
    told = _Accompanied(plan)
    for record in records:
        label = record.head_name or record.wife_name or record.family_code or "?"
        row = RowPlan(record.row, "household", label)
        plan.rows.append(row)
        card = record.family_card
        kk_index = blind_index(plan.keys, card) if card else None
        home = _find(homes, record, kk_index)
        if home is None:
            row.notes = [NOT_LINKED]
            row.warnings.append({"code": NOT_LINKED, "params": {}, "value": label})
            continue
        row.label = home.code
        _compare(plan, row, home, record)
        told.take(row, home, record.assistance_codes)
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


class _Accompanied:
    """What the store and this file say of accompaniment in the month of the file."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.source = str(plan.options.get("file_name", ""))
        self.month = month_of(plan.as_of or plan.today)
        rows = plan.session.exec(select(Accompaniment).where(Accompaniment.month == self.month))
        self.of_home = {row.household_id: row for row in rows}

    def take(self, shown: RowPlan, home: Household, codes: tuple[int, ...]) -> None:
        """Plan what a family got; a list that tells nothing takes nothing back."""
        number = home.id or 0
        known = self.of_home.get(number)
        before = self.plan.value(known, "codes") if known else None
        if not codes or before == list(codes):
            return
        if known is None:
            known = self.of_home[number] = Accompaniment(
                household_id=number, month=self.month, codes=list(codes),
                source=self.source, by=self.plan.by, at=self.plan.now,
            )  # fmt: skip
            self.plan.add(1, known)
        elif known.id is None:
            known.codes = list(codes)
        else:
            self.plan.change(known, {"codes": list(codes), "source": self.source})
        shown.fields["accompaniment"] = {"before": before, "after": list(codes)}
        if shown.action == "same":
            shown.action = "changed"
