"""Every reader of a locked month sees one child once, under the record that was kept."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import match_changes, matching
from api.services.child_merges import merge_children
from api.services.cycles import approve_cycle
from api.services.match_questions import explain_child
from api.services.month_before import carried_over, compared
from api.services.month_files import MonthRows, assignments_csv, changes_csv, unassigned_csv
from api.services.report_counts import count_month
from data.queries.assignments import kept_off, pairs, uncovered
from data.queries.coverage import covered_by_kelurahan
from data.queries.goods import approved_children
from data.queries.records import (
    end_of_merges,
    frozen_by_record,
    present_records,
    survivor,
    survivors,
)
from data.schema import Child, ChildState, CycleChild, CycleState, Role
from tests.api.services.test_matching import Month
from tests.factories import NOW, make_account, make_child, make_cycle
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")


def merge(session: Session, *, kept: Child, dropped: Child) -> Child:
    session.flush()
    by = make_account(session, Role.APPROVER)
    merge_children(session, kept=kept, dropped=dropped, by=by, now=NOW, keys=KEYS)
    session.flush()
    return kept


class Merged:
    """An approved month of three children and two places, matched before any merge."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.month = Month(session, NOW, num_children=3, places=(1, 1)).lock()
        self.month.propose()
        self.month.submit()
        approve_cycle(session, cycle=self.month.cycle, by=self.month.approver, now=NOW)
        codes = self.month.pairs()
        self.paired = [child for child in self.month.children if child.code in codes]
        [self.left] = [child for child in self.month.children if child.code not in codes]

    @property
    def cycle(self) -> Any:
        return self.month.cycle

    def late(self, like: Child) -> Child:
        """A record of the same family that the lock did not know."""
        return make_child(self.session, household_id=like.household_id)

    def names(self, read: Callable[..., bytes]) -> list[str]:
        text = read(self.session, self.cycle, MonthRows(self.session, self.cycle)).decode("utf-8")
        return [line.split(";" if ";" in line else ",")[1] for line in text.splitlines()[1:]]


@pytest.fixture
def merged(session: Session) -> Merged:
    return Merged(session)


def test_a_pair_is_listed_under_the_kept_record(merged: Merged, session: Session) -> None:
    child = merged.paired[0]
    kept = merge(session, kept=merged.late(child), dropped=child)
    rows, total = pairs(session, cycle=merged.cycle)
    assert total == 2
    assert {row.child.code for row in rows} == {kept.code, merged.paired[1].code}
    frozen = {row.child.code: row.frozen for row in rows}
    assert frozen[kept.code].child_id == child.id
    assert pairs(session, cycle=merged.cycle, words=kept.code)[1] == 1


def test_an_uncovered_child_is_listed_under_the_kept_record(
    merged: Merged, session: Session
) -> None:
    kept = merge(session, kept=merged.late(merged.left), dropped=merged.left)
    rows, total = uncovered(session, cycle=merged.cycle)
    assert (total, [row.child.code for row in rows]) == (1, [kept.code])
    assert [child.code for _, child in matching.unassigned(session, cycle=merged.cycle)] == [
        kept.code
    ]
    assert merged.names(unassigned_csv) == [kept.code]
    assert explain_child(session, cycle=merged.cycle, child=kept).pledge_code is None


def test_an_uncovered_double_of_a_covered_child_waits_no_more(
    merged: Merged, session: Session
) -> None:
    merge(session, kept=merged.paired[0], dropped=merged.left)
    assert uncovered(session, cycle=merged.cycle) == ([], 0)
    assert matching.unassigned(session, cycle=merged.cycle) == []
    assert merged.names(unassigned_csv) == []
    assert sum(total for _, total, _ in covered_by_kelurahan(session, merged.cycle)) == 2
    counted = count_month(session, cycle=merged.cycle).areas.values()
    assert sum(area["target_eligible"] for area in counted) == 2
    assert sum(area["matching_unmatched"] for area in counted) == 0


def test_a_covered_double_covers_the_kept_record(merged: Merged, session: Session) -> None:
    """The pair follows to the record that was kept, though that one was left out at the lock."""
    kept = merge(session, kept=merged.left, dropped=merged.paired[0])
    assert uncovered(session, cycle=merged.cycle) == ([], 0)
    assert kept.code in {row.child.code for row in pairs(session, cycle=merged.cycle)[0]}
    assert [
        (total, paired) for _, total, paired in covered_by_kelurahan(session, merged.cycle)
    ] == [(2, 2)]


def test_coverage_counts_the_pair_of_a_merged_child(merged: Merged, session: Session) -> None:
    before = covered_by_kelurahan(session, merged.cycle)
    merge(session, kept=merged.late(merged.paired[0]), dropped=merged.paired[0])
    assert covered_by_kelurahan(session, merged.cycle) == before


def test_packing_reads_the_frozen_row_of_a_merged_child(merged: Merged, session: Session) -> None:
    child = merged.paired[0]
    kept = merge(session, kept=merged.late(child), dropped=child)
    rows = {
        found.code: frozen for _, found, _, frozen in approved_children(session, cycle=merged.cycle)
    }
    assert rows[kept.code] is not None
    assert rows[kept.code].child_id == child.id  # type: ignore[union-attr]


def test_files_of_the_month_name_the_kept_record(merged: Merged, session: Session) -> None:
    child = merged.paired[0]
    kept = merge(session, kept=merged.late(child), dropped=child)
    assert sorted(merged.names(assignments_csv)) == sorted([kept.code, merged.paired[1].code])
    merged.names(changes_csv)


def test_a_child_kept_off_is_listed_under_the_kept_record(session: Session) -> None:
    month = Month(session, NOW, num_children=1, places=(1,)).lock()
    frozen = session.exec(select(CycleChild)).one()
    frozen.is_eligible, frozen.reason = False, "child.no_consent"
    dropped = month.children[0]
    month.cycle.state = CycleState.PACKING
    kept = merge(session, kept=make_child(session), dropped=dropped)
    rows, total = kept_off(session, cycle=month.cycle)
    assert (total, [child.code for _, child in rows]) == (1, [kept.code])


def test_an_eligible_double_speaks_for_a_kept_record_that_was_kept_off(
    merged: Merged, session: Session
) -> None:
    child, kept = merged.paired[0], merged.left
    row = frozen_by_record(session, merged.cycle)[kept.id or 0]
    row.is_eligible, row.reason = False, "child.no_consent"
    merge(session, kept=kept, dropped=child)
    assert kept_off(session, cycle=merged.cycle) == ([], 0)
    rows, total = pairs(session, cycle=merged.cycle)
    assert (total, len(rows)) == (2, 2)
    assert {row.frozen.child_id for row in rows if row.child.code == kept.code} == {child.id}


def test_two_doubles_of_one_late_record_are_one_child(merged: Merged, session: Session) -> None:
    first, second = merged.paired
    kept = merged.late(first)
    merge(session, kept=kept, dropped=first)
    merge(session, kept=kept, dropped=second)
    assert [row.child.code for row in pairs(session, cycle=merged.cycle, words=kept.code)[0]] == [
        kept.code
    ]
    assert sum(total for _, total, _ in covered_by_kelurahan(session, merged.cycle)) == 2


def test_changes_and_next_month_speak_of_the_kept_record(merged: Merged, session: Session) -> None:
    child = merged.paired[0]
    kept = merge(session, kept=merged.late(child), dropped=child)
    left = merge(session, kept=merged.late(merged.left), dropped=merged.left)
    changed = match_changes.changes(session, cycle=merged.cycle)
    assert {change.child_code for change in changed} == {kept.code, merged.paired[1].code}
    january = make_cycle(session, "2027-01")
    carried = carried_over(session, cycle=january)
    assert {code for code, _ in carried.pairs} == {kept.code, merged.paired[1].code}
    assert carried.unmet == (left.code,)


def test_a_chain_of_merges_ends_at_the_last_record(merged: Merged, session: Session) -> None:
    first = merged.paired[0]
    second = merge(session, kept=merged.late(first), dropped=first)
    third = merge(session, kept=merged.late(first), dropped=second)
    assert survivors(session) == {first.id: third.id, second.id: third.id}
    assert present_records(session, merged.cycle)[first.id or 0] == third.id


def test_a_kept_pair_of_a_merged_child_is_no_change_from_the_month_before(
    merged: Merged, session: Session
) -> None:
    january = merged.month
    january.cycle = make_cycle(session, "2027-01")
    january.lock().propose()
    january.submit()
    approve_cycle(session, cycle=january.cycle, by=january.approver, now=NOW)
    before = compared(session, cycle=january.cycle)
    assert before is not None
    assert before.num_kept
    child = merged.paired[0]
    merge(session, kept=merged.late(child), dropped=child)
    assert compared(session, cycle=january.cycle) == before


def test_records_merged_into_each_other_end_at_the_oldest(session: Session) -> None:
    """Such rings were made before a merge held both rows; they must not hang what reads them."""
    first, second, third = (make_child(session).id or 0 for _ in range(3))
    for number, kept in ((first, second), (second, first), (third, second)):
        child = session.get_one(Child, number)
        child.state, child.duplicate_of_id = ChildState.DUPLICATE, kept
    session.flush()
    assert survivors(session) == dict.fromkeys((first, second, third), first)
    assert survivor(session, session.get_one(Child, third)) is session.get_one(Child, first)


def test_a_chain_of_merges_ends_at_the_kept_record() -> None:
    assert [end_of_merges({1: 2, 2: 3}, at) for at in (1, 2, 3)] == [3, 3, 3]
