import pytest

from api.cli.output import in_words, progress_bar, refusal_text


def test_long_work_without_a_terminal_says_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 6.0, 6.0, 8.0, 11.0, 11.0, 16.0, 17.0, 17.0])
    monkeypatch.setattr("api.cli.output.time.monotonic", lambda: next(clock))
    with progress_bar("asuh run") as progress:
        told = in_words(progress, "en")
        told(0.1, "anak.xlsx")  # after a second
        told(0.45, "lock")  # after six
        told(0.4, "match")  # two later
        told(0.3, "plan")  # five later: begun anew
        told(0.4, "plan")  # five later: the same line again
        told(0.5, "plan")  # a second later, but the first that says something new
    assert capsys.readouterr() == (
        "",
        "asuh run: 45% locking the month\nasuh run: 45% planning routes\n"
        "asuh run: 50% planning routes\n",
    )
    with progress_bar("asuh run", shown=False) as progress:
        progress(0.5, "match")
    assert capsys.readouterr() == ("", "")


def test_a_note_without_words_stays_as_it_is() -> None:
    notes: list[str] = []
    told = in_words(lambda _share, note: notes.append(note), "id")
    for note in ("anak.xlsx", "pack", "tier", "growth", "hide", "kept.1"):
        told(0.1, note)
    assert notes == [
        "anak.xlsx", "menyiapkan paket", "Anak yang paling parah lebih dahulu",
        "menghitung pertumbuhan", "memeriksa angka mana yang tidak boleh keluar",
        "pasangan bulan lalu sebagai tujuan ke-2",
    ]  # fmt: skip


def test_a_cost_without_words_is_told_as_one() -> None:
    notes: list[str] = []
    told = in_words(lambda _share, note: notes.append(note), "id")
    told(0.8, "1983234")
    assert notes == ["merencanakan rute, sejauh ini Rp 1.983.234"]


def test_a_question_about_dates_says_how_to_answer_it_on_the_command_line() -> None:
    params = {
        "name": "anak.csv",
        "columns": ["Tgl Lahir"],
        "examples": [["05/06/2024", "2024-06-05", "2024-05-06"]],
    }
    text = refusal_text("intake.date_order", params, "en")
    assert "05/06/2024" in text
    assert "5 June 2024 (dmy)" in text
    assert "--date-order mdy" in text
    assert "--date-order" not in refusal_text("file.file_empty", {"name": "anak.csv"}, "en")
