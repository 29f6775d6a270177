"""What stands in for a line of a package."""

from datetime import date

import pytest

from api.services.package_contents import substitute_line
from data.reference.items import price_on
from data.reference.kits import KitLine, kit_for
from data.schema import Child, ChildState, Sex
from tests.factories import NOW

ON = date(2026, 12, 1)


def child(*allergies: str) -> Child:
    return Child(
        code="T-1", household_id=1, name="Anak", sex=Sex.FEMALE, born_on=date(2024, 6, 1),
        registered_month="2026-10", updated_by="test", allergies=list(allergies),
        state=ChildState.ELIGIBLE, updated_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(("boxes", "bags"), [(4, 1), (6, 2), (10, 3), (12, 3)])
def test_a_substitute_is_rounded_half_up_as_the_food_rules_do(boxes: int, bags: int) -> None:
    """One bag of beans stands for four boxes of milk: 2.5 bags are three."""
    line = substitute_line(child(), KitLine("susu_uht", boxes), "kacang_hijau", ON)
    assert line == KitLine("kacang_hijau", bags)


def test_a_signed_substitute_is_what_the_kit_of_an_allergic_child_has() -> None:
    kit = kit_for((ON - date(2024, 6, 1)).days, ["egg"], ON)
    assert kit is not None
    [change] = kit.substitutions
    line = substitute_line(child(), KitLine("telur", change.quantity), "ikan_kaleng", ON)
    assert line == KitLine("ikan_kaleng", change.substitute_quantity)


def test_a_rule_of_one_item_does_not_speak_for_another_with_the_same_content() -> None:
    """Two eggs for a box of milk to drink; for biscuits with milk the worth decides."""
    milk = substitute_line(child(), KitLine("susu_uht", 3), "telur", ON)
    assert milk == KitLine("telur", 6)
    biscuit, egg = price_on("biskuit", ON), price_on("telur", ON)
    assert biscuit is not None
    assert egg is not None
    by_worth = int(20 * biscuit.price_rp / egg.price_rp + 0.5)
    assert by_worth != 40
    line = substitute_line(child(), KitLine("biskuit", 20), "telur", ON)
    assert line == KitLine("telur", by_worth)
