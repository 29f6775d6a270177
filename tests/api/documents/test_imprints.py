"""The line at the foot of every page: which print, of which version, by whom or of when."""

from datetime import UTC, datetime
from typing import Literal

import pytest

from api.documents.imprints import foot_line
from api.documents.models import Imprint
from api.documents.wording import Wording

AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("by", "version", "language", "told"),
    [
        ("Ibu", 2, "id", "versi 2 · 0123456789ab · dicetak 1 Nov 2026 09.00 oleh Ibu"),
        ("", 2, "id", "versi 2 · sidik lembar ini 0123456789ab · keadaan 1 Nov 2026 09.00"),
        ("", 2, "en", "version 2 · digest of this sheet 0123456789ab · as of 1 Nov 2026 09:00"),
        ("Ibu", None, "id", "sidik lembar ini 0123456789ab · dicetak 1 Nov 2026 09.00 oleh Ibu"),
        ("Ibu", None, "en", "digest of this sheet 0123456789ab · printed 1 Nov 2026 09:00 by Ibu"),
    ],
)
def test_what_is_the_same_whoever_prints_it_claims_no_day_of_printing(
    by: str, version: int | None, language: Literal["id", "en"], told: str
) -> None:
    imprint = Imprint(
        organisation="Dinas", place="Kota", printed_at=AT, printed_by=by, version=version,
        digest="0123456789abcdef",
    )  # fmt: skip
    assert foot_line(imprint, Wording(language, imprint.timezone)) == told
