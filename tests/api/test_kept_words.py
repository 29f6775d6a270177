"""Texts that rows keep are told in the reader's language, and typed ones left as typed."""

import pytest

from api.kept_words import keep, told


def test_a_kept_sentence_is_told_in_both_languages() -> None:
    kept = keep("replacement.child_left", child="T-1")
    assert kept == "replacement.child_left|child=T-1"
    assert told(kept, "id") == "T-1 tidak lagi dalam program."
    assert told(kept, "en") == "T-1 is no longer in the programme."
    assert told("cycle.cancelled", "id") == "Bulan dibatalkan."


@pytest.mark.parametrize(
    ("code", "indonesian", "english"),
    [
        ("moved_out", "pindah ke luar kota", "moved out of the city"),
        ("edit", "untuk diubah", "to change it"),
        ("matching", "untuk melihat pasangannya", "to look at its pair"),
    ],
)
def test_a_code_of_a_list_is_a_word(code: str, indonesian: str, english: str) -> None:
    assert (told(code, "id"), told(code, "en")) == (indonesian, english)


@pytest.mark.parametrize("typed", ["", "ibu meminta", "RT 3 | RW 4", "a.b", "uji=1"])
def test_what_somebody_typed_stands_as_typed(typed: str) -> None:
    assert told(typed, "en") == told(typed, "id") == typed
