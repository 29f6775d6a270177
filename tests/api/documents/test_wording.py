from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents.models import Goods
from api.documents.texts import TEXTS
from api.documents.wording import Wording, decimals_of, masked, printable
from tests.api.documents.pdf_reading import NIK


def test_numbers_dates_and_clock_are_written_as_indonesians_do() -> None:
    wording = Wording("id")
    assert wording.number(Decimal("1234.5")) == "1.234,5"
    assert wording.number(-0.00007, decimals=2) == "0"
    assert wording.number(-0.007, decimals=2) == "-0,01"
    assert wording.day(date(2026, 12, 3)) == "3 Desember 2026"
    assert wording.month(date(2026, 12, 1)) == "Desember 2026"
    assert wording.weekday(date(2026, 12, 3)) == "Kamis"
    assert wording.clock(datetime(2026, 12, 3, 1, 15, tzinfo=UTC)) == "08.15"
    assert wording.rupiah(1_250_000) == "Rp\N{NO-BREAK SPACE}1.250.000"
    assert wording.goods(Goods("Beras", Decimal("2.50"), "kg")) == "2,5\u00a0kg Beras"


def test_weights_of_a_column_have_the_decimals_of_the_longest() -> None:
    weights_g = (8_400, 10_170, 3_000)
    least = decimals_of(weights_g)
    assert [Wording("id").kilograms(each, least=least) for each in weights_g] == [
        "8,40",
        "10,17",
        "3,00",
    ]
    assert [decimals_of(each) for each in ((), (2_000,), (2_000, 500), (1,))] == [0, 0, 1, 3]


def test_english_has_its_own_signs() -> None:
    wording = Wording("en", "Asia/Makassar")
    assert wording.number(Decimal("1234.5")) == "1,234.5"
    assert wording.day(date(2026, 12, 3)) == "3 December 2026"
    assert wording.clock(datetime(2026, 12, 3, 1, 15, tzinfo=UTC)) == "09:15"
    assert wording.num_packages(1) == "1 package"
    assert wording.num_packages(2) == "2 packages"


def test_moment_is_the_local_day_even_when_utc_is_still_on_the_day_before() -> None:
    assert Wording("id").moment(datetime(2026, 12, 2, 18, 30, tzinfo=UTC)) == "3 Des 2026 01.30"


def test_instant_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Wording("id").clock(datetime(2026, 12, 3, 8, 0))  # noqa: DTZ001


def test_every_text_has_the_same_placeholders_in_both_languages() -> None:
    from string import Formatter

    for key, (indonesian, english) in TEXTS.items():
        names = [
            {name for _, name, _, _ in Formatter().parse(t) if name} for t in (indonesian, english)
        ]
        assert names[0] == names[1], key
        assert indonesian
        assert english


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NIK 1971014102990012", "NIK 1971••••••••0012"),
        ("1971-0141-0299-0012", "1971••••••••0012"),
        ("1971 0141 0299 0012.", "1971••••••••0012."),
    ],
)
def test_identity_number_in_a_free_text_is_masked(typed: str, shown: str) -> None:
    assert masked(typed) == shown


@pytest.mark.parametrize(
    "harmless",
    ["0812-5560-0060", "196801011990031001", "Rp 1.250.000", "RT 001/002", "123456789012345"],
)
def test_telephone_number_nip_and_money_are_not_masked(harmless: str) -> None:
    assert masked(harmless) == harmless


@given(st.text())
def test_no_printed_text_holds_a_sixteen_digit_number(text: str) -> None:
    plain = "".join(sign for sign in printable(text) if sign.isascii())
    assert not NIK.search(printable(text)) or not plain


@given(st.text(alphabet="0123456789 .-x", max_size=60))
def test_no_masked_text_holds_a_sixteen_digit_run(text: str) -> None:
    assert not NIK.search(masked(text))


def test_long_unbroken_text_may_break_and_control_characters_go() -> None:
    assert "\u200b" in printable("x" * 30)
    assert printable("a\x00b\x1bc\ud800") == "abc"


def test_amounts_of_goods_read_as_english() -> None:
    wording = Wording("en")
    assert wording.goods(Goods("Eggs", Decimal(30), "egg")) == "30\u00a0× Eggs"
    assert wording.goods(Goods("Rice", Decimal(5), "kg")) == "5\u00a0kg Rice"
