"""What is wrong with a routing problem, fault by fault, in the language asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.i18n import sentence

if TYPE_CHECKING:
    from logistics.faults import Fault

PARTS = ("depot", "vehicle", "kind", "place", "stop", "closure", "problem")
"""Parameters that say where a fault is."""


def told(fault: Fault, language: str) -> dict[str, object]:
    """Return number, name, values and sentence of a fault; the sentence says what to do."""
    where: list[object] = [
        {"code": f"route_part.{part}", "id": fault.params[part]}
        for part in PARTS
        if part in fault.params
    ]
    if "day" in fault.params:
        where.append(fault.params["day"])
    shown: dict[str, object] = {"matrix": "", **fault.params, "where": where}
    if fault.code.name == "BAD_MATRIX":
        shown["problem"] = {**fault.params, "code": f"matrix_problem.{fault.params['problem']}"}
    return {
        "code": fault.code.value,
        "name": fault.code.name,
        "params": fault.params,
        "sentence": sentence(fault.sentence_code, shown, language),
    }
