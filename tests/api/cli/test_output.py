from api.cli.output import refusal_text


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
