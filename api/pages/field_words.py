"""Fields of records and their values as people read them: labels, words, names, units."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from api.i18n import Formats, all_sentences, sentence, translator, word
from data.place import Place
from data.reference import read_table
from data.reference.items import items
from data.reference.regions import regions
from data.reference.skills import skills

NOTHING = "–"
MEASURED = "measured:"
WORDS = frozenset({"state", "sex", "kind", "form"})
AREAS = frozenset({"kelurahan_code", "area_code", "area_codes", "wish_area_codes"})
DAYS = frozenset({"born_on", "expires_on", "paused_until", "effective_on", "confirmed_haz_on"})
HOURS = (
    "receives_from", "receives_until", "away_from", "away_until", "pause_from", "pause_until",
    "opens", "closes", "shift_starts", "shift_ends"
)  # fmt: skip
CODED = frozenset({"risk_factors", "review_reasons"})
PLACES = {"weight_gain": "gain", "position": "position"}


@cache
def area_names() -> Mapping[str, str]:
    """Return kecamatan and kelurahan code → name."""
    known = regions()
    names = {each.code: each.name for each in known.all_kecamatan}
    return names | {each.code: each.name for each in known.all_kelurahan}


@cache
def allergy_names(language: str) -> Mapping[str, str]:
    """Return allergy code → what people call it."""
    column = "name_en" if language == "en" else "name_id"
    return {row["code"]: row[column] for row in read_table("allergies")}


@cache
def skill_names(language: str) -> Mapping[str, str]:
    """Return skill code → what people call it."""
    return {
        each.code: each.name_en if language == "en" else each.name_id for each in skills().values()
    }


def area_choices(place: Place | None = None) -> list[tuple[str, str]]:
    """Return kecamatan and kelurahan as choices, kelurahan under their kecamatan.

    Of a place made of kelurahan these, without what they lie in.
    """
    known = regions()
    if place is not None and place.wards is not None:
        return [(each.code, each.name) for each in known.all_kelurahan if each.code in place.wards]
    return [
        choice
        for kecamatan in known.all_kecamatan
        for choice in (
            (kecamatan.code, kecamatan.name),
            *(
                (each.code, f"– {each.name}")
                for each in known.all_kelurahan
                if each.kecamatan_code == kecamatan.code
            ),
        )
    ]


class FieldWords:
    """Labels of fields and words for their values, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.fmt = Formats(language)
        self._say = translator(language)
        self._writers: dict[str, Callable[[Any], str]] = {
            "weight_g": self.fmt.kilograms,
            "birth_weight_g": self.fmt.kilograms,
            "lenhei_mm": self._centimetres,
            "birth_length_mm": self._centimetres,
            "muac_mm": self._centimetres,
            "capacity_g": self.fmt.kilograms,
            "capacity_ml": self._litres,
            "weekdays": self._weekdays,
            "file_haz": lambda z: self.fmt.number(z, decimals=2),
            "amount_rp": self.fmt.rupiah,
            "phone": self.fmt.phone,
            "courier_phone": self.fmt.phone,
            "first_month": self.fmt.month,
            "month": self.fmt.month,
            "goods": self._goods,
            "delivery_priority": lambda each: sentence(f"priority.{each}", {}, language),
            **dict.fromkeys(HOURS, self.fmt.hour),
        }

    def label(self, name: str) -> str:
        """Return what a field is called."""
        if name.startswith(MEASURED):
            day = self.fmt.day(date.fromisoformat(name.removeprefix(MEASURED)))
            return sentence("label.measured", {"day": day}, self.language)
        return self._say(all_sentences().get(f"label.{name}", name))

    def value(self, name: str, value: object) -> str:
        """Return what a value is called; nothing shows as a dash."""
        if value is None or value in ("", [], {}):
            return NOTHING
        if name in self._writers:
            return self._writers[name](value)
        if isinstance(value, Mapping):
            parts = (f"{self.label(key)}: {self.value(key, each)}" for key, each in value.items()
                     if each not in (None, "", [], 0))  # fmt: skip
            return "; ".join(parts)
        if isinstance(value, list):
            return ", ".join(self.value(name, each) for each in value)
        return self._plain(name, value)

    def _plain(self, name: str, value: object) -> str:
        text = str(value)
        if name in AREAS:
            return area_names().get(text, text)
        if name == "allergies":
            return allergy_names(self.language).get(text, text)
        if name in ("needs_skills", "skills"):
            return skill_names(self.language).get(text, text)
        if name in CODED:
            return self.coded(text)
        if name in PLACES:
            return self._say(all_sentences().get(f"{PLACES[name]}.{text}", text))
        if name in WORDS or isinstance(value, bool):
            return word(text, self.language)
        if text.startswith("consent_"):
            return sentence(f"consent_answer.{text}", {}, self.language)
        if name in DAYS or name in ("programme", "display", "photo"):
            return self._day(text)
        if isinstance(value, float):
            return self.fmt.number(value, decimals=5 if name in ("lat", "lon") else 2)
        return text

    def coded(self, code: str) -> str:
        """Return the sentence, label or word of a code, whichever there is; else the code."""
        known = all_sentences()
        for place in (f"review.{code}", code, f"label.{code}", f"word.{code}"):
            if place in known:
                return self._say(known[place])
        return code

    def _day(self, text: str) -> str:
        try:
            return self.fmt.day(date.fromisoformat(text))
        except ValueError:
            return text

    def _centimetres(self, length_mm: int) -> str:
        return f"{self.fmt.number(length_mm / 10, decimals=1)} cm"

    def _litres(self, volume_ml: int) -> str:
        return f"{self.fmt.number(volume_ml / 1000)} {self._say('liter')}"

    def _weekdays(self, days: list[int]) -> str:
        return ", ".join(self.fmt.weekday_name(day) for day in sorted(days)) or NOTHING

    def _goods(self, lines: list[dict[str, Any]]) -> str:
        return ", ".join(self._line(line) for line in lines) or NOTHING

    def _line(self, line: dict[str, Any]) -> str:
        known = items().get(str(line.get("item_code") or ""))
        name = (known.name_en if self.language == "en" else known.name_id) if known else ""
        return " ".join(
            str(part)
            for part in (line.get("quantity"), line.get("unit"), name or line.get("name"))
            if part
        )
