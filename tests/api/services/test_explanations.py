"""Why a child waits and what would help, as sentences with the month's own numbers."""

from datetime import datetime

import pytest
from sqlmodel import Session

from api.i18n import all_sentences, sentence
from api.services.matching import unassigned
from tests.api.services.test_matching import Month

pytestmark = pytest.mark.stores("sqlite")

KEPT_OFF = (
    "too_old",
    "out_of_city",
    "no_kelurahan",
    "open_duplicate",
    "needs_review",
    "paused",
    "moved_pending",
    "duplicate",
    "graduated",
    "exited",
    "not_measured",
    "measured_long_ago",
    "not_stunted",
    "no_consent",
    "consent_expired",
    "consent_withdrawn",
)


def test_every_waiting_child_has_a_reason_and_a_remedy_that_name_values(
    session: Session, now: datetime
) -> None:
    month = Month(session, now, num_children=3, places=(1,)).lock()
    month.propose()
    rows = [row for row, _ in unassigned(session, cycle=month.cycle)]
    assert len(rows) == 2
    for row in rows:
        remedies = row.remedy["remedies"]
        assert isinstance(remedies, list)
        assert remedies
        said = [sentence(row.reason, row.params, language) for language in ("id", "en")]
        said += [sentence(one["code"], one["params"], "id") for one in remedies]
        assert not [text for text in said if "–" in text]
        assert any("Bukit Sari" in text for text in said)


def test_a_score_below_the_cut_off_says_both() -> None:
    params = {"points": 386, "cutoff": 394}
    assert sentence("reason.more_points_first", params, "id") == (
        "Angka kebutuhan 386; batas di orang tua asuh yang terjangkau 394."
    )


@pytest.mark.parametrize("reason", KEPT_OFF)
def test_whoever_is_kept_off_the_list_has_a_remedy(reason: str) -> None:
    assert f"child.{reason}" in all_sentences()
    assert f"child.{reason}.remedy" in all_sentences()
