"""Two years lived through the real use cases, and every figure that its script gives away."""

from collections import Counter

import pytest
from sqlmodel import Session

from api.documents.report_models import Table
from api.services import monitoring
from api.services.figure_rows import rows_behind
from api.services.growth_tasks import growth_tasks
from api.services.report_versions import Figures, figures_of
from api.services.semester import read_semester
from api.services.semester_tables import semester_tables
from data.monitoring.shares import share_parts
from data.schema import Account, Cycle
from tests.factories import make_account
from tests.history import Script, at, live
from tests.history.answers import Answers
from tests.history.script import GRADUATES, RELAPSES
from tests.history.tables import indicator_codes
from tests.told_figures import told_figures, without_nothing

ADDED = (
    "target_graduated",
    "target_left",
    "delivery_planned",
    "delivery_delivered",
    "delivery_late",
    "nutrition_gain_n",
    "nutrition_gain_t",
    "nutrition_two_t",
)
EFFECT = ("haz", "waz")
NOT_KNOWN = ((None,), (None, None, None))
SCRIPT = Script(num_months=24, num_children=8, has_stories=True)
pytestmark = [pytest.mark.slow, pytest.mark.stores("sqlite")]


def test_every_figure_of_two_years_is_what_the_script_says(session: Session) -> None:
    answers = Answers(SCRIPT)
    answered, by = set[str](), make_account(session)
    for month, cycle in live(session, SCRIPT):
        figures = figures_of(session, cycle=cycle)
        known = without_nothing(answers.of_month(month))
        told = told_figures(session, cycle=cycle, now=at(month, 28))
        told |= without_nothing(effect_told(figures))
        assert differences(told, known) == {}, cycle.month
        answered |= {code for code, value in known.items() if value not in NOT_KNOWN}
        every_posyandu_is_known(answers, month, figures)
        children_to_look_at_are_known(session, answers, month)
        if month == SCRIPT.num_months - 1:
            rows_are_known(session, answers, cycle, by)
    assert indicator_codes() <= answered, "let something happen that the figure counts"
    shares_of_all_months_are_known(session, answers)
    for code, months in (("2025-1", range(6)), ("2026-2", range(18, 24))):
        the_semester_is_known(session, answers, code, months)


def differences(told: dict[str, object], known: dict[str, object]) -> dict[str, object]:
    """What is told otherwise than it is known: figure → (told, known)."""
    codes = indicator_codes()
    return {
        code: (told.get(code), known.get(code))
        for code in sorted(codes & (told.keys() | known.keys()))
        if told.get(code) != pytest.approx(known.get(code), abs=2e-6)
    }


def effect_told(figures: Figures) -> dict[str, object]:
    """What a closed month keeps of the comparison, by height and by weight for age."""
    assert figures.effect is not None
    found = [figures.effect[index] for index in EFFECT]
    estimates = [each.estimate for each in found if each.estimate]
    before = [each.before for each in found if each.before]
    return {
        "effect_children": tuple(n for each in found for n in (each.supported, each.others)),
        "effect_pairs": tuple(each.pairs for each in found),
        "effect_imbalance": tuple(each.imbalance[on] for each in found for on in ("age", "z")),
        "effect_difference": tuple(n for e in estimates for n in (e.mean, e.low, e.high)),
        "effect_before": tuple(n for e in before for n in (e.mean, e.low, e.high)),
    }


def every_posyandu_is_known(answers: Answers, month: int, figures: Figures) -> None:
    units = figures.counts.teams["posyandu"]
    for place in answers.script.places:
        own = answers.counts(month, place)
        names = [each for each in units if each.startswith(f"{place[1]} · ")]
        assert bool(names) == bool(own["target_eligible"]), (place, month)
        for level, unit in (("posyandu", name) for name in names):
            row = figures.counts.teams[level][unit]
            team = figures.counts.teams["tpk"][f"TPK {place[1]}"]
            for ratio in monitoring.ratios():
                if level in monitoring.levels_of(ratio):
                    assert share_parts(ratio, row) == share_parts(ratio, own), (unit, ratio.code)
                    assert share_parts(ratio, team) == share_parts(ratio, own), (unit, ratio.code)


def children_to_look_at_are_known(session: Session, answers: Answers, month: int) -> None:
    """Who falls back after graduating is found, and who may graduate is proposed."""
    asked = ("relapse", "graduation")
    tasks = growth_tasks(session, today=at(month, 28).date(), asked=asked)
    told = Counter(reason for task in tasks for reason in task.reasons)
    assert told["relapse"] == (month >= RELAPSES), month
    if month > GRADUATES:  # nobody of sixty months is on the list any more
        assert told["graduation"] == answers.num_recovered(month), month


def shares_of_all_months_are_known(session: Session, answers: Answers) -> None:
    months = answers.script.months
    known = sum((answers.counts(month) for month in range(len(months))), Counter[str]())
    for ratio in monitoring.ratios():
        found = monitoring.shares(
            session, ratio=ratio, level="city", first_month=months[0], last_month=months[-1]
        ).funnel.units[0]
        assert (found.hits, found.count) == share_parts(ratio, known), ratio.code


def the_semester_is_known(session: Session, answers: Answers, code: str, numbers: range) -> None:
    months = [answers.counts(month) for month in numbers]
    totals = totals_of(semester_tables(read_semester(session, code=code, is_public=False)))
    assert totals["target_eligible"] == months[-1]["target_eligible"]
    for figure in ADDED:
        assert totals[figure] == sum(each[figure] for each in months), (code, figure)


def totals_of(tables: tuple[Table, ...]) -> dict[str, object]:
    return {
        column.indicator: cell
        for table in tables
        if table.total
        for column, cell in zip(table.columns, table.total, strict=True)
        if column.indicator
    }


def rows_are_known(session: Session, answers: Answers, cycle: Cycle, by: Account) -> None:
    now = at(answers.script.num_months, 1)
    last = answers.counts(answers.script.num_months - 1)
    for code in ("served", "first_attempt", "reports_in_time", "accompanied", "gained"):
        found = rows_behind(session, cycle=cycle, code=code, level="city", unit="", by=by, now=now)
        assert {found.told, found.now} == {share_parts(found.indicator, last)}, code
        hits = sum(bool(row.is_hit) for row in found.rows)
        assert (hits, len(found.rows)) == found.now
