"""Turns a template and plain data into a tagged PDF (PDF/UA-1), with the typst engine.

Data reaches a template as one JSON string and is never evaluated as markup, so nothing that a
person typed can change the layout or read a file. No packages are fetched and no clock is read:
the same data give the same bytes.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.documents.imprints import unapproved_mark
from api.documents.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from api.documents.models import Imprint

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"

# typst keeps what it worked out for the last ten documents, and families' addresses with it: some
# 80 MB for 15 sheets. That many empty documents after a large one make it forget.
_LARGE_INPUT = 100_000
_NUM_REMEMBERED = 12


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Our own face first; the machine's fonts stand by for scripts that it lacks."""
    import typst

    return typst.Fonts(include_system_fonts=True, font_paths=[str(_HERE / "fonts")])


def typeset(template: str, data: Mapping[str, Any], *, imprint: Imprint) -> bytes:
    """Lay out a document.

    Parameters
    ----------
    template
        File name in ``templates/`` without its ending.
    data
        What the template prints; strings, numbers, lists and mappings only.
    imprint
        Its instant is the PDF's date; where nobody approved the month, every page says so.

    Returns
    -------
    bytes
        A PDF 1.7 that meets PDF/UA-1; one that holds a letter which no font on this machine can
        draw is tagged just the same but does not claim the standard.
    """
    import typst

    marked = {**data, "mark": unapproved_mark(imprint, Wording(data["language"]))}
    inputs = {"data": json.dumps(marked, ensure_ascii=False)}
    compiler = typst.Compiler(
        input=str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        sys_inputs=inputs,
    )
    try:
        return _pdf(compiler, imprint.printed_at, ["ua-1"])
    except typst.TypstError as refusal:
        if not refusal.message.startswith("PDF/UA-1 error: the text"):
            raise
        return _pdf(compiler, imprint.printed_at, [])
    finally:
        if len(inputs["data"]) > _LARGE_INPUT:
            _forget()


def _forget() -> None:
    import typst

    for number in range(_NUM_REMEMBERED):
        empty = f"#metadata({number})".encode()
        typst.Compiler(input=empty, font_paths=_fonts()).compile(format="pdf")


def _pdf(compiler: Any, made_at: datetime, standards: list[str]) -> bytes:
    made = compiler.compile(
        format="pdf", pdf_standards=standards, timestamp=made_at.replace(microsecond=0)
    )
    if not isinstance(made, bytes):
        message = f"typst gave {type(made).__name__} for a PDF, not bytes."
        raise TypeError(message)
    return made
