"""What pages say in the reader's language, by what stands in the code: so one journey walks both.

A text that has no English would pass unseen where both languages happen to agree, so asking for
one fails.
"""

import re

from api.i18n import all_sentences, catalogue, translator

HOLE = re.compile(r"%\(\w+\)s")
ENDING = re.compile(r"\\\((?:(s|es|ren|ies)|(\w+)\\\|(\w+))\\\)")
"""An ending or a verb that follows a number, as `re.escape` leaves it: ``(s)``, ``(is|are)``."""


class Speech:
    """Texts of one language; ``say("Simpan")`` is what the button says."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, **params: object) -> str:
        """Return a text of a page, its holes filled when parameters are given."""
        if self.language != "id":
            assert text in catalogue(self.language), text
        return translator(self.language)(text, **params)

    def like(self, text: str) -> re.Pattern[str]:
        """Return what a text of a page looks like, whatever stands in its holes."""
        pattern = ".+".join(re.escape(part) for part in HOLE.split(self(text)))
        return re.compile(ENDING.sub(_either, pattern))

    def coded(self, code: str) -> re.Pattern[str]:
        """Return what the sentence of a code looks like."""
        return self.like(all_sentences()[code])


def _either(hit: re.Match[str]) -> str:
    ending, one, many = hit.groups()
    return f"(?:{one}|{many})" if one else "(?:y|ies)" if ending == "ies" else f"(?:{ending})?"
