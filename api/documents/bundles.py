"""bundle.pdf: loading list, route sheets, delivery notes and sign lists in one file to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.delivery_notes import delivery_notes_data
from api.documents.loading_lists import loading_list_data
from api.documents.route_sheets import route_sheets_data
from api.documents.sign_lists import sign_lists_data
from api.documents.typesetting import typeset

if TYPE_CHECKING:
    from api.documents.models import Language, RouteBook


def bundle_pdf(book: RouteBook, *, language: Language = "id") -> bytes:
    """Print everything of a dispatch as one PDF; each part begins on a front page.

    Parts count their own pages, so that they can be handed to warehouse, couriers and kader.
    """
    parts = {
        "loading_list": loading_list_data(book, language=language),
        "route_sheets": route_sheets_data(book, language=language),
        "delivery_notes": delivery_notes_data(book, language=language),
        "sign_lists": sign_lists_data(book, language=language),
    }
    first = parts["route_sheets"]
    data = {
        "title": first["title"],
        "organisation": first["organisation"],
        "language": language,
        "help": first["help"],
        "t": {key: word for part in parts.values() for key, word in part["t"].items()},
        "parts": parts,
    }
    return typeset("bundle", data, imprint=book.imprint)
