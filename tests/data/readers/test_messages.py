import re
import string
from pathlib import Path

import pytest

import data.readers
from data.readers.messages import MESSAGES, issue_sentence, refusal_sentence, sentence
from data.readers.records import FileRefused, Issue

SOURCES = {
    path.name: path.read_text(encoding="utf-8")
    for path in Path(data.readers.__file__).parent.glob("*.py")
    if path.name != "messages.py"
}
CODE = re.compile(
    r"\b(?:unreadable|doubtful|refuse|warn|column_issue|Refused|FileRefused)\("
    r"\s*(?:None,\s*|digits,\s*|[\w.]+\([^()]*\),\s*|f?\"[^\"]*\",\s*|row,\s*)?\"([a-z_]+)\""
)


def codes_in_source() -> set[str]:
    found: set[str] = set()
    for text in SOURCES.values():
        found |= {word for word in re.findall(r'"([a-z_]+)"', text) if word in MESSAGES}
        found |= set(CODE.findall(text))
    return found | {"kelurahan_unknown", "kecamatan_unknown"}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_code_of_the_readers_has_a_sentence_and_no_sentence_is_unused() -> None:
    assert {code for code in codes_in_source() if "_" in code} - MESSAGES.keys() == set()
    assert MESSAGES.keys() - codes_in_source() == set()


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_the_same_and_end_as_sentences(code: str) -> None:
    indonesian, english = MESSAGES[code]

    pairs = {name.removesuffix("_id") for name in fields(indonesian)}
    assert pairs == {name.removesuffix("_en") for name in fields(english)}
    assert indonesian.endswith(".")
    assert english.endswith(".")


def test_a_sentence_is_filled_in_both_languages() -> None:
    issue = Issue(
        row=3,
        column="Tinggi",
        value="8.2",
        code="height_implausible",
        params={"least": 40, "most": 125},
    )

    assert issue_sentence(issue) == "tinggi 8.2 cm tidak masuk akal untuk balita (batas 40-125 cm)."
    assert issue_sentence(issue, "en") == (
        "a height of 8.2 cm is not plausible under five (limits 40-125 cm)."
    )


def test_a_refusal_names_the_file_and_what_to_do() -> None:
    text = refusal_sentence(FileRefused("file_encrypted", name="anak.xlsx"))

    assert text.startswith("File anak.xlsx terkunci kata sandi. Buka di Excel")


def test_braces_in_a_value_are_not_taken_for_placeholders() -> None:
    issue = Issue(row=3, column="JK", value="{nik}", code="sex_unreadable", params={"allowed": "L"})

    assert "{nik}" in issue_sentence(issue)


def test_a_stored_code_speaks_without_its_issue() -> None:
    assert sentence("file_empty", {"name": "a.csv"}, "en").startswith("a.csv is empty.")
    assert sentence("born_in_future", {}, value="01/01/2030") == (
        "tanggal lahir 01/01/2030 belum terjadi."
    )
