"""Writes the turns of a way as one short sentence for the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.wording import Wording, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.documents.models import Language
    from logistics.directions import Step


def directions_text(steps: Sequence[Step], *, language: Language = "id") -> str:
    """Write ``lewat Jalan A 400 m; belok kiri ke Jalan B 1,2 km``; empty without steps."""
    wording = Wording(language)
    return "; ".join(
        wording.say(
            f"way_{step.code}",
            way=printable(step.street) or wording.say("way_unnamed"),
            metres=_length(step.distance_m, wording),
            exit=step.exit_number,
        )
        for step in steps
    )


def _length(distance_m: float, wording: Wording) -> str:
    """Write metres to ten below a kilometre, kilometres to a tenth from there on."""
    if distance_m >= 995:
        return f"{wording.kilometres(round(distance_m))}\u00a0km"
    return f"{max(10, round(distance_m / 10) * 10)}\u00a0m"
