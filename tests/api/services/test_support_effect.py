"""Stretches from stored rows, and the sentence that may be said."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from api.i18n import Formats, translator
from api.services.effect_rows import PARTS, compared_children
from api.services.effect_tables import effect_sentence, effect_tables
from api.services.errors import NotFound
from api.services.monitoring_sheets import Wanted
from api.services.support_effect import effects, stretches
from data.monitoring.effect import Effect, Estimate, Why
from data.queries.effect import effect_signature
from data.schema import (
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    ChildState,
    CycleState,
    Household,
    MatchRun,
    Measurement,
    Pledge,
)
from tests.factories import (
    NOW,
    make_account,
    make_assignment,
    make_child,
    make_cycle,
    make_match_run,
    make_measurement,
    make_pledge,
)

pytestmark = pytest.mark.stores("sqlite")

START = date(2026, 3, 10)
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09")


class City:
    """Seven closed months and one pledge."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pledge: Pledge = make_pledge(session)
        self.reader = make_account(session)
        self.runs: list[MatchRun] = [
            make_match_run(session, make_cycle(session, month, state=CycleState.CLOSED))
            for month in MONTHS
        ]

    def child(
        self, *z: tuple[int, float], served: int = 0, first: int = 0, born: date = date(2024, 6, 1)
    ) -> Child:
        """A child measured so many days after 10 March, served from a month on."""
        child = make_child(self.session, haz=None, born_on=born)
        for days, haz in z:
            make_measurement(
                self.session, child, measured_on=START + timedelta(days=days), haz=haz, waz=haz
            )
        for run in self.runs[first : first + served]:
            make_assignment(self.session, run, child, self.pledge, state=AssignmentState.FULFILLED)
        return child


def found(session: Session) -> dict[tuple[int, bool], tuple[float, float, float | None]]:
    return {
        (one.child, one.is_supported): (one.start_z, one.end_z, one.change_before)
        for one in stretches(session, index="haz")
    }


def test_a_supported_child_runs_from_the_start_of_support_to_half_a_year_on(
    session: Session,
) -> None:
    city = City(session)
    child = city.child((-90, -2.9), (0, -2.8), (100, -2.6), (180, -2.4), (230, -2.3), served=7)
    (rows,) = found(session).items()
    assert rows[0] == (child.id, True)
    assert rows[1][:2] == (-2.8, -2.4)
    assert rows[1][2] == pytest.approx(0.1)


def test_two_months_of_support_are_not_enough_and_a_failed_one_does_not_count(
    session: Session,
) -> None:
    city = City(session)
    city.child((0, -2.8), (180, -2.4), served=2)
    child = city.child((0, -2.8), (180, -2.4), served=3)
    assert list(found(session)) == [(child.id, True)]
    failed = session.exec(select(Assignment).where(Assignment.child_id == child.id)).first()
    assert failed is not None
    failed.state = AssignmentState.UNFULFILLED
    session.add(failed)
    session.flush()
    assert found(session) == {}


def test_a_child_supported_later_is_first_a_partner_and_then_supported(session: Session) -> None:
    city = City(session)
    child = city.child((-200, -2.7), (-20, -2.6), (0, -2.6), (180, -2.2), served=7)
    rows = found(session)
    assert rows[child.id or 0, False][:2] == (-2.7, -2.6)
    assert rows[child.id or 0, True][:2] == (-2.6, -2.2)


def test_children_that_are_not_stunted_or_measured_wildly_stay_out(session: Session) -> None:
    city = City(session)
    city.child((0, -2.0), (180, -1.9))
    city.child((0, -2.5), (180, -6.5))
    city.child((0, -2.5), (100, -2.4))
    stays = city.child((0, -2.01), (180, -1.9))
    assert list(found(session)) == [(stays.id, False)]


def test_a_planted_difference_is_found_in_the_stored_rows(session: Session) -> None:
    city = City(session)
    for number in range(40):
        start = -2.2 - number % 20 * 0.05
        noise = (number * 7 % 11 - 5) * 0.01
        city.child((0, start), (180, start + 0.3 + noise), served=7)
        city.child((0, start), (180, start + 0.1 - noise))
    answer = effects(session)["haz"]
    assert (answer.pairs, answer.why) == (40, Why.BETTER)
    assert answer.estimate is not None
    assert answer.estimate.mean == pytest.approx(0.2, abs=0.02)
    (table,) = effect_tables(session, Wanted(now=NOW))
    assert "TB/U: anak yang didampingi bertambah 0,2" in table.notes[0]
    assert effects(session) is effects(session)
    behind = {
        part: compared_children(session, index="haz", part=part, by=city.reader, now=NOW)
        for part in PARTS
    }
    pairs = behind["pairs"].rows
    assert behind["pairs"].counts == {"pairs": 40, "supported_alone": 0, "others_alone": 0}
    assert len({code for row in pairs for code in (row.supported, row.other)}) == 80
    differences = [row.difference or 0 for row in pairs]
    assert behind["pairs"].mean_difference == pytest.approx(sum(differences) / 40)
    assert min(differences) < 0.2 < max(differences)
    # Too short at the start to be like anybody.
    lone = city.child((0, -4.5), (180, -4.4))
    (row,) = compared_children(
        session, index="haz", part="others_alone", by=city.reader, now=NOW
    ).rows
    assert (row.supported, row.other, row.difference) == ("", lone.code, None)
    with pytest.raises(NotFound, match=r"monitoring\.figure"):
        compared_children(session, index="baz", part="pairs", by=city.reader, now=NOW)
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    assert [each.after["rows"] for each in noted if each.after] == [40, 1]
    city.child((0, -2.5), (180, -2.4))
    assert effects(session)["haz"].others == answer.others + 2


def sentence(why: Why, estimate: Estimate | None = None, language: str = "id") -> str:
    answer = Effect(40, 50, 12, estimate, {"age": 0.0, "z": 0.0}, None, why)
    return effect_sentence("haz", answer, translator(language), Formats(language))


def test_what_changes_the_rows_changes_their_signature(session: Session) -> None:
    city = City(session)
    one = city.child((-90, -2.9), (0, -2.8), served=2)
    two = city.child((-90, -2.5), (0, -2.4))
    measured = session.exec(select(Measurement).order_by(col(Measurement.id))).all()
    seen = {effect_signature(session)}

    def changed() -> bool:
        session.flush()
        before = len(seen)
        seen.add(effect_signature(session))
        return len(seen) > before

    assert not changed()
    measured[0].haz, measured[2].haz = measured[2].haz, measured[0].haz
    assert changed()
    measured[0].measured_on -= timedelta(days=1)
    measured[2].measured_on += timedelta(days=1)
    assert changed()
    pair = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
    assert pair
    pair.child_id = two.id or 0
    assert changed()
    home = session.get_one(Household, one.household_id)
    home.version += 1
    assert changed()
    two.state = ChildState.DUPLICATE
    assert changed()


def test_the_sentence_says_what_may_be_said_and_no_more() -> None:
    assert "Baru ada 12 pasang" in sentence(Why.TOO_FEW)
    assert "belum dapat dikatakan" in sentence(Why.UNLIKE)
    assert "belum dapat dikatakan" in sentence(Why.UNLIKE_BEFORE)
    unclear = sentence(Why.NO_DIFFERENCE_SEEN, Estimate(40, 0.05, -0.1, 0.2), "en")
    assert unclear == (
        "HAZ: cannot tell yet. The difference is 0.05 SD, "
        "but chance alone could give -0.10 to 0.20."
    )
    worse = sentence(Why.WORSE, Estimate(40, -0.2, -0.3, -0.1))
    assert "bertambah 0,20 SD lebih sedikit" in worse
    assert "(19 dari 20: 0,10 sampai 0,30)" in worse
