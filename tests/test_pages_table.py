"""docs/pages.md says what the application does."""

from tools.pages_table import OUT, table


def test_the_table_of_pages_is_that_of_the_application() -> None:
    text = OUT.read_text(encoding="utf-8")
    assert text.count("\n| `/") > 40
    assert text == table(), "run: python tools/pages_table.py"
