import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.i18n import (
    Formats,
    catalogue,
    choose_language,
    counted,
    read_catalogue,
    sentence,
    translator,
    unbroken,
)
from matcher.check import ViolationCode

API = Path(__file__).parents[2] / "api"
NOT_COUNTED = """
    accepts agrees answers appears as begins belongs breaks counts differs does fits gives
    goods has holds is leaves lies names plans replaces rests runs stands starts takes this
    unpacks waits was wishes
"""
"""What follows a name, not a number; and goods, which are several by themselves."""


def test_indonesian_is_the_source_and_english_its_translation() -> None:
    text = "Halaman %(number)s dari %(last)s"
    assert translator("id")(text, number=1, last=2) == "Halaman 1 dari 2"
    assert translator("en")(text, number=1, last=2) == "Page 1 of 2"


def test_a_text_has_one_translation() -> None:
    """Catalogues are laid over each other: a second one would win on pages that mean the first."""
    found: dict[str, set[str]] = {}
    for path in sorted((API / "locale" / "en").glob("*.po")):
        for text, translated in read_catalogue(path).items():
            found.setdefault(text, set()).add(translated)
    assert {text: both for text, both in found.items() if len(both) > 1} == {}


def test_a_per_cent_sign_without_parameters_stays() -> None:
    assert translator("id")("100 %") == "100 %"


def test_codes_become_sentences_with_words_for_states_and_roles() -> None:
    params = {"role": "courier"}
    assert "peran kurir" in sentence("access.role", params, "id")
    assert "role courier" in sentence("access.role", params, "en")


def test_what_rounds_to_nought_has_no_sign() -> None:
    assert Formats("id").number(-0.004, decimals=2) == "0,00"
    assert Formats("id").number(-0.006, decimals=2) == "-0,01"
    assert Formats("id").number(-0.4) == "0"


def test_lists_are_joined_and_missing_values_show_as_a_dash() -> None:
    assert "a, b" in sentence("http.invalid", {"fields": ["a", "b"]}, "id")
    assert "–" in sentence("http.invalid", {}, "id")


def test_counts_take_the_separators_of_the_language_and_numbers_that_name_none() -> None:
    params = {"number": 1234, "month": "2026-12"}
    assert "1234" in sentence("report.version", params, "id")
    counts = {"eligible": 4292, "assigned": 999}
    assert sentence("run.totals", counts, "id").startswith("4.292 anak berhak: 999 mendapat")
    assert sentence("run.totals", counts, "en").startswith("4,292")


def test_of_fields_with_their_faults_the_names_are_said() -> None:
    fields = {"events.0.event_uid": "string_too_short", "bulan": "missing"}
    assert sentence("http.invalid", {"fields": fields}, "id").endswith(
        ": events.0.event_uid, bulan."
    )


def test_a_code_without_a_sentence_is_named() -> None:
    assert "no.such.code" in sentence("no.such.code", {}, "en")


@pytest.mark.parametrize(
    ("account", "cookie", "accepted", "chosen"),
    [
        (None, None, None, "id"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "fr-FR,en;q=0.5", "en"),
        (None, None, "fr", "id"),
        (None, "id", "en", "id"),
        ("en", "id", "id", "en"),
        ("xx", None, "de", "id"),
    ],
)
def test_the_language_is_the_accounts_then_the_browsers(
    account: str | None, cookie: str | None, accepted: str | None, chosen: str
) -> None:
    assert choose_language(account, cookie, accepted) == chosen


def test_an_amount_in_a_sentence_stays_with_its_currency_on_a_screen() -> None:
    hard = "\N{NO-BREAK SPACE}"
    assert unbroken("Rp 45, Rp tunai, GRp 7 dan Rp 5.600") == (
        f"Rp{hard}45, Rp tunai, GRp 7 dan Rp{hard}5.600"
    )


def test_figures_and_days_are_written_as_each_language_does() -> None:
    indonesian, english = Formats("id"), Formats("en")
    assert (indonesian.rupiah(1_250_000), english.rupiah(1_250_000)) == (
        "Rp\N{NO-BREAK SPACE}1.250.000",
        "Rp\N{NO-BREAK SPACE}1,250,000",
    )
    assert (indonesian.kilograms(1250), english.kilograms(1250)) == ("1,2 kg", "1.2 kg")
    assert indonesian.day(date(2026, 12, 3)) == "3 Desember 2026"
    assert english.weekday(date(2026, 12, 3)) == "Thursday, 3 December 2026"
    assert indonesian.month("2026-05") == "Mei 2026"
    assert indonesian.percent(0.955) == "96 %"


def test_english_nouns_follow_their_number() -> None:
    say = translator("en")
    found = [say("%(n)s paket", n=number) for number in ("1", "2", "1,001")]
    assert found == ["1 package", "2 packages", "1,001 packages"]
    assert say("%(total)s baris", total="1") == "1 row"
    assert [say("%(n)s anak", n=number) for number in ("1", "2")] == ["1 child", "2 children"]
    more = {"places": 1, "kelurahan": "Air Itam"}
    told = sentence("recruiting.area_plain", more, "en")
    assert told == "1 more place in Air Itam would cover 1 more child."
    far = {"count": 1, "names": "Posyandu Mawar (180 m)"}
    assert sentence("plan.far_from_road", far, "en").startswith("1 place far from a road")


def test_english_verbs_follow_the_noun_that_was_counted_last() -> None:
    assert counted("1 home(s), for which 2 package(s) (is|are) waiting") == (
        "1 home, for which 2 packages are waiting"
    )
    assert counted("2 box(es) and 1 famil(ies) (was|were) asked") == (
        "2 boxes and 1 family was asked"
    )


def test_english_never_counts_one_of_several() -> None:
    """A noun after a number follows it: ``1 photos`` is read on a courier's phone every day."""
    after_number = re.compile(r"%\(\w+\)s (?:more )?([a-z]+s)\b(?!\()")
    found = {
        text
        for text in catalogue("en").values()
        for noun in after_number.findall(text)
        if noun not in NOT_COUNTED.split()
    }
    assert found == set()


@pytest.mark.parametrize(("value", "written"), [(2.5, "2,5"), (-2.12345, "-2,12345"), (3.0, "3")])
def test_broken_numbers_in_sentences_take_the_languages_point(value: float, written: str) -> None:
    assert sentence("roads.line.arcs", {"value": value}, "id").endswith(written)


def test_hours_are_written_as_people_write_them() -> None:
    indonesian, english = Formats("id"), Formats("en")
    assert (indonesian.hour("08:15"), english.hour("08:15")) == ("08.15", "08:15")
    assert (indonesian.hour(None), indonesian.hour("")) == ("–", "–")
    assert indonesian.hours("08:15", "10:20") == "08.15–10.20"
    assert english.hours("08:15", None) == "08:15–…"
    hours = {"route": "R-1", "shared": "kurir", "others": "R-2", "hours": "08:15–10:20"}
    assert "08.15–10.20" in sentence("dispatch.overlap", hours, "id")
    assert "08:15–10:20" in sentence("dispatch.overlap", hours, "en")
    both = {"reported": "2026-12-03 08:15", "counted": "2026-12-03 10:20"}
    assert "3 Desember 2026 08.15" in sentence("delivery.clock", both, "id")


def test_instants_are_written_by_the_local_clock() -> None:
    late = datetime(2026, 12, 3, 17, 5, tzinfo=UTC)
    assert Formats("id").moment(late) == "4 Desember 2026 00.05"
    assert Formats("en").clock(late) == "00:05"


def marked_texts() -> set[str]:
    found = set()
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "N_"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_every_marked_text_has_its_english() -> None:
    texts = marked_texts()
    assert len(texts) > 5
    assert {text for text in texts if text not in catalogue("en")} == set()


def test_a_code_within_a_sentence_is_said_in_words() -> None:
    fault = {"code": "fault.pin_is_banned", "child": "A-1"}
    said = sentence("matching.problem", {"month": "2026-12", "faults": [fault]}, "id")
    assert "M018: A-1 disematkan pada" in said
    for violation in ViolationCode:
        found = sentence("matching.check_failed", {"found": [violation.value]}, "en")
        assert violation.value not in found


def test_goods_are_named_in_sentences() -> None:
    params = {"items": [["telur", "-30", "(P-1)"], ["beras", "+1", "(P-2)"]]}
    said = sentence("reconcile.difference", params, "id")
    assert "Telur ayam -30 (P-1), Beras +1 (P-2)" in said
    assert "Eggs -30" in sentence("reconcile.difference", params, "en")
