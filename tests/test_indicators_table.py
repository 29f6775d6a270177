"""docs/indicators.md says what the table of indicators says."""

from tools.indicators_table import OUT, document


def test_the_document_is_what_the_table_of_indicators_says() -> None:
    assert OUT.read_text(encoding="utf-8") == document(), "run: python tools/indicators_table.py"
