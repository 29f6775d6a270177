"""docs/files.md is what people go by, so it must not fall behind the readers."""

from pathlib import Path

from data.readers.headers import LAYOUTS
from data.readers.messages import MESSAGES

PAGE = (Path(__file__).parents[3] / "docs/files.md").read_text(encoding="utf-8")


def test_the_page_names_every_header_that_is_read() -> None:
    headers = {
        header
        for layout in LAYOUTS.values()
        for spellings in layout.fields.values()
        for header in spellings
    }

    assert {header for header in headers if f"`{header}`" not in PAGE} == set()


def test_the_page_has_every_sentence_as_it_is_said() -> None:
    lines = {f"| `{code}` | {texts[0]} | {texts[1]} |" for code, texts in MESSAGES.items()}

    assert lines - set(PAGE.splitlines()) == set()
