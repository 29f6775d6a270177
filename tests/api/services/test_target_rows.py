"""Every number of the sheet of targeting leads to as many rows as it says."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, select

from api.services.errors import Forbidden, NotFound
from api.services.monitoring_sheets import Wanted
from api.services.target_rows import CHILDREN, FIGURES, TargetRow, rows_of_target
from api.services.targeting_tables import targeting_tables
from data.schema import (
    AuditEntry,
    Child,
    ConsumptionCheck,
    Cycle,
    CycleChild,
    Eaten,
    Household,
    Package,
    Role,
)
from tests.api.services.test_reconcile import LATER, closed_month
from tests.api.services.test_targeting import left_out, tables
from tests.factories import make_account

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def month(session: Session) -> Cycle:
    """A month with somebody in every table: served, left out, doubtful, asked."""
    cycle, _, _ = closed_month(session)
    left_out(session, cycle, "x.no_place", 4)
    left_out(session, cycle, "x.no_consent", 1)
    home = session.exec(select(Household)).first()
    child = session.exec(select(Child)).all()[2]
    assert home is not None
    home.poverty_decile, child.review_reasons = 8, ["graduation_proposed"]
    young = session.exec(select(CycleChild)).all()[1]
    young.age_days, young.tier = 200, 2
    first, second, _ = session.exec(select(Package)).all()
    session.add_all(
        [home, child, young]
        + [
            ConsumptionCheck(
                package_id=package.id or 0, cycle_id=cycle.id or 0, child_id=package.child_id,
                checked_on=LATER.date(), eaten=eaten, by="x", at=LATER,
            )
            for package, eaten in ((first, Eaten.CHILD), (second, Eaten.SHARED))
        ]
    )  # fmt: skip
    session.flush()
    return cycle


def behind(session: Session, cycle: Cycle, address: str) -> tuple[TargetRow, ...]:
    asked = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    return rows_of_target(
        session, cycle=cycle, figure=asked["angka"], group=asked.get("menurut", ""),
        part=asked.get("isi", ""), by=make_account(session, Role.AUDITOR), now=LATER,
    ).rows  # fmt: skip


def test_every_number_has_as_many_rows_as_it_says(session: Session, month: Cycle) -> None:
    num_followed = 0
    for table in tables(session).values():
        assert len(table.behind) == len(table.rows) + 1 or table.total is None, table.title
        for row, address in zip((*table.rows, table.total or ()), table.behind, strict=False):
            for value, column in zip(row, table.columns, strict=bool(row)):
                code = column.indicator
                if not isinstance(value, int) or not value or code not in FIGURES:
                    continue
                link = address.replace("{code}", code)
                if link.startswith("/monev/baris"):
                    continue  # the report's own rows: tests/api/services/test_figure_rows.py
                rows = behind(session, month, link)
                num_followed += 1
                amount = {
                    "spread_packages": sum(each.packages or 0 for each in rows),
                    "chain_number": sum(each.places or 1 for each in rows),
                }
                assert amount.get(code, len(rows)) == value, (table.title, row, code)
    assert num_followed > 40


def test_a_share_shows_all_its_cases_and_who_is_missing(session: Session, month: Cycle) -> None:
    rows = behind(session, month, "/monev/sasaran/baris?angka=served")
    assert [each.is_served for each in rows].count(False) == 2
    assert len(rows) == 5
    (row,) = behind(session, month, "?angka=matching_unmatched&menurut=reason&isi=x.no_consent")
    assert (row.kind, row.reason, row.is_served) == ("child", "x.no_consent", False)


def test_children_are_only_for_who_may_read_them(session: Session, month: Cycle) -> None:
    by = make_account(session, Role.COORDINATOR)
    asked = {"cycle": month, "group": "", "part": "", "by": by, "now": LATER}
    for figure in CHILDREN:
        with pytest.raises(Forbidden, match=r"access\.role"):
            rows_of_target(session, figure=figure, **asked)  # type: ignore[arg-type]
    assert not session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    for figure in ("chain_promised", "eaten_asked"):
        assert rows_of_target(session, figure=figure, **asked).rows  # type: ignore[arg-type]
    links = [
        address
        for table in targeting_tables(session, Wanted(now=LATER))
        for address in table.behind
        if address.startswith("/monev/sasaran/baris")
    ]
    assert [parse_qs(urlsplit(each).query)["angka"][0] for each in links] == [
        "chain_promised", "chain_received", "eaten_asked", "eaten_by_child",
    ]  # fmt: skip


def test_a_part_of_the_rows_is_the_same_part_of_all(session: Session, month: Cycle) -> None:
    asked = {"cycle": month, "figure": "served", "group": "", "part": "", "now": LATER}
    asked["by"] = make_account(session, Role.AUDITOR)
    whole = rows_of_target(session, **asked)  # type: ignore[arg-type]
    part = rows_of_target(session, shown=lambda num: slice(2, num - 1), **asked)  # type: ignore[arg-type]
    assert (part.num_rows, part.rows) == (5, whole.rows[2:4])


def test_who_looked_is_noted_and_nonsense_is_refused(session: Session, month: Cycle) -> None:
    behind(session, month, "?angka=waiting_long&menurut=reason&isi=x.no_place")
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    assert [each.subject_id for each in noted] == ["waiting_long"]
    for asked in ("?angka=delivery_km", "?angka=served&menurut=nik"):
        with pytest.raises(NotFound, match=r"monitoring\.figure"):
            behind(session, month, asked)
    assert "concentration" in CHILDREN
