"""Registers and queues as people leaf through them."""

import pytest
from sqlmodel import Session

from data.queries import registers
from data.queries.assignments import sponsor_names
from data.queries.to_do import active_job, to_do_counts
from data.schema import (
    AssignmentState,
    Child,
    ChildState,
    DonorMessage,
    DuplicatePair,
    ImportBatch,
    ImportState,
    Job,
    JobState,
    PairKind,
    Pledge,
    PledgeState,
    Replacement,
    Role,
    SponsorState,
)
from tests.factories import (
    NOW,
    make_approved_cycle,
    make_child,
    make_household,
    make_pledge,
    make_sponsor,
    stored,
)


def test_children_are_found_by_the_guardian_and_paged(session: Session) -> None:
    home = make_household(session, guardian_name="Siti Rohana")
    for _ in range(3):
        make_child(session, household_id=home.id)
    make_child(session)
    rows, total = registers.children(session, words="rohana", offset=2, limit=2)
    assert (len(rows), total) == (1, 3)


@pytest.mark.parametrize(
    ("area", "total"), [("19.71.05", 1), ("19.71.05.1004", 1), ("19.71.01", 0)]
)
def test_an_area_is_a_kecamatan_or_a_kelurahan(session: Session, area: str, total: int) -> None:
    make_child(session)
    assert registers.children(session, area_code=area)[1] == total


def test_words_are_not_patterns_of_their_own(session: Session) -> None:
    make_child(session, name="Rani")
    assert registers.children(session, words="r%i")[1] == 0


def test_merged_sponsors_leave_the_register(session: Session) -> None:
    kept = make_sponsor(session)
    make_sponsor(session, state=SponsorState.MERGED, merged_into_id=kept.id)
    assert registers.sponsors(session)[1] == 1


def test_sponsors_are_found_by_the_state_of_a_pledge(session: Session) -> None:
    late = make_pledge(session, state=PledgeState.LATE)
    make_pledge(session)
    rows, total = registers.sponsors(session, pledge_state=PledgeState.LATE)
    assert total == 1
    assert [pledge.id for pledge in rows[0][1]] == [late.id]


def test_an_ended_pledge_with_pairs_waits_until_it_has_a_proposal(session: Session) -> None:
    cycle, pairs = make_approved_cycle(session, num_children=2)
    pledge = session.get_one(Pledge, pairs[0].pledge_id)
    assert registers.dropped_pledges(session, cycle=cycle) == []
    pledge.state = PledgeState.ENDED
    stored(session, pledge)
    assert [row[2] for row in registers.dropped_pledges(session, cycle=cycle)] == [1]
    proposal = Replacement(
        cycle_id=cycle.id or 0,
        assignment_id=pairs[0].id or 0,
        child_id=pairs[0].child_id,
        proposed_by="test",
        proposed_at=NOW,
    )
    stored(session, proposal)
    assert registers.dropped_pledges(session, cycle=cycle) == []


def test_a_child_who_left_leaves_a_place(session: Session) -> None:
    cycle, pairs = make_approved_cycle(session, num_children=2)
    assert registers.dropped_children(session, cycle=cycle) == []
    child = session.get_one(Child, pairs[1].child_id)
    child.state = ChildState.EXITED
    stored(session, child)
    assert [row.id for row in registers.dropped_children(session, cycle=cycle)] == [child.id]
    pairs[1].state = AssignmentState.WITHDRAWN
    stored(session, pairs[1])
    assert registers.dropped_children(session, cycle=cycle) == []


def test_pledges_of_a_month_have_names(session: Session) -> None:
    cycle, pairs = make_approved_cycle(session, num_children=1)
    pledge = session.get_one(Pledge, pairs[0].pledge_id)
    make_pledge(session)
    assert list(sponsor_names(session, cycle=cycle)) == [pledge.code]


def test_queues_are_counted_for_a_role(session: Session) -> None:
    stored(session, DuplicatePair(kind=PairKind.CHILD, first_id=1, second_id=2, score=90))
    make_child(session, state=ChildState.NEEDS_REVIEW)
    batch = ImportBatch(
        kind="children", file_name="a", sha256="0", state=ImportState.PREVIEWED, by="test", at=NOW
    )
    stored(session, batch)
    asked = DonorMessage(
        message_uid="a", sponsor_id=make_sponsor(session).id or 0, topic="other", text="Kapan?",
        sent_by="donatur", sent_at=NOW,
    )  # fmt: skip
    stored(session, asked)
    counts = to_do_counts(session, role=Role.STAFF)
    waiting = {"duplicates", "reviews", "imports", "messages"}
    assert {name for name, count in counts.items() if count} == waiting
    asked.answered_at = NOW
    session.flush()
    assert to_do_counts(session, role=Role.STAFF)["messages"] == 0


def test_only_a_job_of_this_month_that_is_not_over_counts_as_active(session: Session) -> None:
    for state, month in (
        (JobState.DONE, "2026-12"),
        (JobState.RUNNING, "2026-11"),
    ):
        stored(session, Job(kind="match", payload={"month": month}, by="test", created_at=NOW,
                            state=state))  # fmt: skip
    assert active_job(session, kind="match", month="2026-12") is None
    waiting = stored(
        session, Job(kind="match", payload={"month": "2026-12"}, by="t", created_at=NOW)
    )
    found = active_job(session, kind="match", month="2026-12")
    assert found is not None
    assert found.id == waiting.id
