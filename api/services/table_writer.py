"""What every writer of report tables shares: one language, one source and one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Table
from api.i18n import Formats, translator

if TYPE_CHECKING:
    from datetime import date

    from api.documents.models import Language
    from api.documents.report_models import Cell, Column

__all__ = ["TableWriter"]


class TableWriter:
    """Tables under Indonesian titles, with their English in ``api/locale``.

    ``is_public``: they leave the office, so no cell leads to the rows behind it.
    """

    def __init__(
        self, *, language: Language, source: str, as_of: date, is_public: bool = False
    ) -> None:
        self.language, self.as_of, self.is_public = language, as_of, is_public
        self.say, self.formats = translator(language), Formats(language)
        self.source = source

    def table(
        self,
        title: str,
        columns: tuple[Column, ...],
        rows: tuple[tuple[Cell, ...], ...],
        *,
        total: tuple[Cell, ...] | None = None,
        notes: tuple[str, ...] = (),
        row_indicators: tuple[str, ...] = (),
        behind: tuple[str, ...] = (),
    ) -> Table:
        """Return a table with this writer's source and date; ``notes`` are translated already."""
        return Table(
            title=self.say(title),
            columns=columns,
            rows=rows,
            source=self.source,
            as_of=self.as_of,
            notes=notes,
            total=total,
            row_indicators=row_indicators,
            behind=() if self.is_public else behind,
        )
