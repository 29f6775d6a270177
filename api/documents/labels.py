"""labels.pdf: stickers for the boxes, on A4 sheets of ready-cut labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.documents.imprints import titled
from api.documents.models import PackageLabel
from api.documents.qr_codes import qr_svg
from api.documents.typesetting import typeset
from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.documents.models import Imprint, Language, RouteBook

_MAX_CONTENTS = 150
_MAX_NOTE = 60


@dataclass(frozen=True, slots=True)
class LabelGrid:
    """How an A4 sheet of labels is cut, in millimetres.

    Parameters
    ----------
    left_mm, top_mm
        From the paper's corner to the first label.
    gap_mm
        Between two columns; rows touch.
    """

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    gap_mm: float

    @property
    def num_labels(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows


EIGHT_PER_SHEET = LabelGrid(2, 4, 99.1, 67.7, 4.65, 13.1, 2.5)
TEN_PER_SHEET = LabelGrid(2, 5, 99.1, 57.0, 4.65, 6.0, 2.5)


def labels_of(book: RouteBook) -> tuple[PackageLabel, ...]:
    """Make the labels of a planned book, in order of route and stop."""
    return tuple(
        PackageLabel(
            code=package.code,
            qr=package.code,
            household_code=package.household_code,
            child_alias=package.child_alias,
            kelurahan=package.kelurahan,
            kit_name=package.kit_name,
            contents=package.contents,
            month=book.title_month,
            route_number=route.number,
            stop_sequence=stop.sequence,
            note=package.note,
        )
        for route in book.routes
        for stop in route.stops()
        for package in stop.packages
    )


def labels_pdf(
    labels: Sequence[PackageLabel],
    imprint: Imprint,
    *,
    language: Language = "id",
    grid: LabelGrid = EIGHT_PER_SHEET,
    num_used: int = 0,
    route: str = "",
) -> bytes:
    """Print labels; contents that do not fit are cut with an ellipsis, codes never are.

    Parameters
    ----------
    route
        The number of the one route that they are of, for the title.
    num_used
        Labels already gone from the first sheet; printing goes on after them.

    Raises
    ------
    ValueError
        If ``num_used`` is negative or a whole sheet or more.
    """
    if not 0 <= num_used < grid.num_labels:
        message = f"num_used is {num_used}; a sheet has {grid.num_labels} labels."
        raise ValueError(message)
    wording = Wording(language, imprint.timezone)
    places = [None] * num_used + [_label(label, wording) for label in labels]
    month = labels[0].month if labels else imprint.printed_at.date()
    data = {
        "title": titled("labels", month, route, wording),
        "organisation": printable(imprint.organisation),
        "language": language,
        "t": wording.all(("note",)),
        "grid": {
            "columns": grid.columns,
            "width": grid.width_mm,
            "height": grid.height_mm,
            "left": grid.left_mm,
            "top": grid.top_mm,
            "gap": grid.gap_mm,
        },
        "sheets": [
            places[at : at + grid.num_labels] for at in range(0, len(places), grid.num_labels)
        ],
    }
    return typeset("labels", data, imprint=imprint)


def _label(label: PackageLabel, wording: Wording) -> dict[str, Any]:
    code = printable(label.code)
    contents = ", ".join(wording.goods(each) for each in label.contents)
    return {
        "code": code,
        "qr": qr_svg(label.qr),
        "qr_alt": wording.say("qr_package_alt", code=code),
        "month": wording.month(label.month),
        "household": printable(label.household_code),
        "alias": printable(label.child_alias),
        "kelurahan": printable(label.kelurahan),
        "kit": printable(label.kit_name),
        "contents": _shortened(contents, _MAX_CONTENTS),
        "note": _shortened(printable(label.note), _MAX_NOTE),
        "route": printable(label.route_number),
        "stop": "" if label.stop_sequence is None else str(label.stop_sequence),
    }


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip(', ')}…"
