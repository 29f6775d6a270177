"""The fields of a child, its household and a measurement, as the forms of the office have them."""

from pydantic import BaseModel

from api.pages import typed_fields
from api.pages.field_words import allergy_names
from api.pages.typed_fields import TypedField
from api.services.children import WISH_FIELDS
from api.services.registering import TakenMeasurement
from data.reference.skills import skills
from data.schema import Sex

POSITIONS = ("L", "H")
"""Lying or standing, as WHO's standards write it."""


def _allergy_codes() -> list[str]:
    return list(allergy_names("id"))


CHILD = (
    TypedField("name", is_required=True),
    TypedField("sex", Sex, lambda sex: sex.value, "field.choice", is_required=True),
    TypedField(
        "born_on", typed_fields.day, lambda on: on.isoformat(), "field.date", is_required=True
    ),
    TypedField(
        "birth_weight_g",
        typed_fields.decimal(1000, 300, 8000),
        typed_fields.scaled(1000),
        "field.birth_weight",
    ),
    TypedField(
        "birth_length_mm",
        typed_fields.decimal(10, 200, 700),
        typed_fields.scaled(10),
        "field.birth_length",
    ),
    TypedField(
        "allergies", typed_fields.several_of(_allergy_codes), ",".join, "field.choice", blank=[]
    ),
)
HOME = (
    TypedField("guardian_name", is_required=True),
    typed_fields.telephone("phone"),
    TypedField("address", blank=""),
    TypedField("rt"),
    TypedField("rw"),
    TypedField("landmark"),
    TypedField("posyandu"),
    TypedField("puskesmas"),
    TypedField("kelurahan_code"),
    TypedField("lat", typed_fields.degrees(90), typed_fields.show_degrees, "field.degrees"),
    TypedField("lon", typed_fields.degrees(180), typed_fields.show_degrees, "field.degrees"),
    TypedField("receives_from", typed_fields.clock, error="field.clock"),
    TypedField("receives_until", typed_fields.clock, error="field.clock"),
    TypedField("away_from", typed_fields.clock, error="field.clock"),
    TypedField("away_until", typed_fields.clock, error="field.clock"),
    TypedField(
        "needs_skills", typed_fields.several_of(lambda: list(skills())), ",".join, "field.choice"
    ),
    TypedField("max_walk_m", typed_fields.whole(20_000), error="field.whole"),
    TypedField("delivery_priority", typed_fields.whole(9), error="field.choice"),
)
WISHES = WISH_FIELDS
"""Fields of a household that say how it wants to be served."""

TICKED = "1"
MEASUREMENT = (
    TypedField("measured_on", typed_fields.day, error="field.date", is_required=True),
    TypedField("weight_g", typed_fields.decimal(1000, 900, 58_000), error="field.weight"),
    TypedField("lenhei_mm", typed_fields.decimal(10, 380, 1500), error="field.height"),
    TypedField("position", typed_fields.one_of(lambda: POSITIONS), error="field.choice"),
    TypedField("has_oedema", typed_fields.one_of(lambda: (TICKED,)), error="field.choice"),
)


class ReadForm(BaseModel):
    """A form of a stored record: the version and the texts that it was filled with."""

    version: int
    semula: str = ""


class WishesForm(BaseModel):
    """How a household wants to be served, as it was typed."""

    receives_from: str = ""
    receives_until: str = ""
    away_from: str = ""
    away_until: str = ""
    needs_skills: list[str] = []
    max_walk_m: str = ""
    delivery_priority: str = ""


class HomeForm(WishesForm):
    """A household's fields as they were typed."""

    guardian_name: str = ""
    phone: str = ""
    address: str = ""
    rt: str = ""
    rw: str = ""
    landmark: str = ""
    posyandu: str = ""
    puskesmas: str = ""
    kelurahan_code: str = ""
    lat: str = ""
    lon: str = ""


class ChildForm(BaseModel):
    """A child's own fields as they were typed."""

    name: str = ""
    sex: str = ""
    born_on: str = ""
    birth_weight_g: str = ""
    birth_length_mm: str = ""
    allergies: list[str] = []


class MeasurementForm(BaseModel):
    """A measurement as it was typed."""

    measured_on: str = ""
    weight_g: str = ""
    lenhei_mm: str = ""
    position: str = ""
    has_oedema: str = ""


class HomeEdit(ReadForm, HomeForm):
    """A stored household's form."""


class ChildEdit(ReadForm, ChildForm):
    """A stored child's form."""


class NewChild(ChildForm, HomeForm, MeasurementForm):
    """Everything that registering a child asks for."""

    nik: str = ""
    serumah: str = ""
    program: str = ""


def texts_of_form(form: BaseModel) -> dict[str, str]:
    """Return a form as texts; boxes that were ticked together are joined by commas."""
    return {
        name: ",".join(value) if isinstance(value, list) else str(value).strip()
        for name, value in form.model_dump().items()
    }


def measurement_of(typed: dict[str, str]) -> TakenMeasurement:
    """Return the measurement of a form.

    Raises
    ------
    Invalid
        By field.
    """
    read = typed_fields.values(MEASUREMENT, typed)
    return TakenMeasurement(**read | {"has_oedema": read["has_oedema"] == TICKED})
