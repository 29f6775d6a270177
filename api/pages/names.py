"""Names of goods, reasons and places in the reader's language, for templates."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fastapi import Request

from api.i18n import Formats, sentence
from api.pages.shell import language_of
from api.services.report_counts import area_name
from data.place import Place as BoundTo
from data.reference.items import items
from data.reference.reasons import delivery_reasons
from data.reference.regions import regions

UNKNOWN = "–"
MEASURES = ("kg", "litre")


@dataclass(frozen=True)
class Names:
    """Names in one language; a code that the reference data does not know is shown as it is."""

    language: str

    def item(self, code: str) -> str:
        """Return what an item is called."""
        found = items().get(code)
        if found is None:
            return code
        return found.name_en if self.language == "en" else found.name_id

    def goods(self, code: str, quantity: int) -> str:
        """Return a quantity of an item: ``30 butir Telur ayam``, ``30 × Eggs``, ``5 kg Rice``."""
        found, number = items().get(code), Formats(self.language).number(quantity)
        if found is None:
            return f"{number} × {code}"
        if self.language == "en":
            unit = found.unit_en if found.unit_en in MEASURES else "×"
            return f"{number} {unit} {found.name_en}"
        return f"{number} {found.unit_id} {found.name_id}"

    def reason(self, code: str) -> str:
        """Return why something did not arrive."""
        found = delivery_reasons().get(code)
        if found is None:
            return sentence(f"doubt.{code}", {}, self.language)
        return found.name_en if self.language == "en" else found.name_id

    def reasons(self, applies_to: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the reasons as choices by topic, those for ``stop`` or ``line`` first."""
        known = delivery_reasons().values()
        ordered = sorted(known, key=lambda each: each.applies_to != applies_to)
        topics = dict.fromkeys(each.topic for each in ordered if each.topic != "other")
        return [
            (
                sentence(f"reason_topic.{topic}", {}, self.language),
                [(each.code, self.reason(each.code)) for each in ordered if each.topic == topic],
            )
            for topic in (*topics, "other")
        ]

    def item_choices(self) -> list[tuple[str, str]]:
        """Return all items as choices."""
        return [(code, self.item(code)) for code in items()]

    def kelurahan(self, code: str | None) -> str:
        """Return the name of a kelurahan."""
        found = {each.code: each.name for each in regions().all_kelurahan}
        return found.get(code or "", UNKNOWN)


def names_of(request: Request) -> Names:
    """Return the names in the language of the reader."""
    return Names(language_of(request))


def kelurahan_choices(place: BoundTo | None = None) -> list[tuple[str, str]]:
    """Return the kelurahan as choices, by name; of a place its own."""
    own = place.wards if place else None
    known = [each for each in regions().all_kelurahan if own is None or each.code in own]
    return sorted(((each.code, each.name) for each in known), key=lambda pair: pair[1])


class _InWard(Protocol):
    """Something of a kelurahan."""

    @property
    def kelurahan_code(self) -> str: ...


Place = TypeVar("Place", bound=_InWard)


def by_ward(places: Iterable[Place]) -> list[tuple[str, list[Place]]]:
    """Return places by the name of their kelurahan, in its order; unknown ones (empty) last."""
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[area_name(place.kelurahan_code, "kelurahan")].append(place)
    return sorted(found.items(), key=lambda each: (not each[0], each[0]))
