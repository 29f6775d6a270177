"""Texts that rows keep: a sentence by its code, a word of a list, or what somebody typed.

A row is read in both languages, so a sentence of the product is kept as its code with its values
(``replacement.child_left|child=A-1``), never as written out.
"""

from api.i18n import all_sentences, sentence

__all__ = ["keep", "told"]

BETWEEN, IS = "|", "="
LISTS = ("exit_reason", "read_purpose")
"""Whose codes stand bare where a reason or a purpose is kept."""


def keep(code: str, **params: str) -> str:
    """Return a sentence as a row keeps it; values are codes, so they hold no ``|``."""
    return BETWEEN.join([code, *(f"{name}{IS}{value}" for name, value in params.items())])


def told(text: str, language: str) -> str:
    """Return a kept text in the reader's language; what somebody typed stands as typed."""
    code, *values = text.split(BETWEEN)
    known = all_sentences()
    if code in known and "." in code:
        return sentence(code, dict(value.split(IS, 1) for value in values if IS in value), language)
    found = next((f"{each}.{text}" for each in LISTS if f"{each}.{text}" in known), None)
    return sentence(found, {}, language) if found else text
