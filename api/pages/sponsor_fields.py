"""The fields of sponsors and pledges, as the forms of the office have them."""

from pydantic import BaseModel

from api.pages import typed_fields
from api.pages.child_fields import ReadForm
from api.pages.field_words import area_names
from api.pages.typed_fields import TypedField
from api.services.editing import MOST_RP
from api.services.pledge_goods import read_goods, write_goods
from data.schema import PledgeForm, SponsorKind

MOST_CHILDREN = 10_000

SPONSOR = (
    TypedField("name", is_required=True),
    TypedField("kind", SponsorKind, lambda kind: kind.value, "field.choice", is_required=True),
    TypedField("institution"),
    typed_fields.telephone("phone"),
    TypedField("email"),
    TypedField("address", blank=""),
    TypedField("kelurahan_code"),
)
PLEDGE = (
    TypedField("form", PledgeForm, lambda form: form.value, "field.choice", is_required=True),
    TypedField("num_children", typed_fields.whole(MOST_CHILDREN), error="field.whole", blank=0),
    TypedField("amount_rp", typed_fields.whole(MOST_RP), error="field.rupiah", blank=0),
    TypedField("goods", read_goods, write_goods, "field.goods", blank=[]),
    TypedField(
        "area_codes",
        typed_fields.several_of(lambda: list(area_names())),
        ",".join,
        "field.choice",
        blank=[],
    ),
    TypedField(
        "wish_area_codes",
        typed_fields.several_of(lambda: list(area_names())),
        ",".join,
        "field.choice",
        blank=[],
    ),
    TypedField("first_month", is_required=True),
    TypedField("num_months", typed_fields.whole(120), error="field.whole", is_required=True),
    TypedField(
        "is_standby", lambda text: text == "ya", lambda is_so: "ya" if is_so else "", blank=False
    ),
)


class SponsorForm(BaseModel):
    """A sponsor's fields as they were typed."""

    name: str = ""
    kind: str = ""
    institution: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    kelurahan_code: str = ""


class NewSponsor(SponsorForm):
    """What registering a sponsor asks for."""

    nik: str = ""


class SponsorEdit(ReadForm, SponsorForm):
    """A stored sponsor's form."""


class NewPledge(BaseModel):
    """A pledge's fields as they were typed."""

    form: str = ""
    num_children: str = ""
    amount_rp: str = ""
    goods: str = ""
    area_codes: list[str] = []
    wish_area_codes: list[str] = []
    first_month: str = ""
    num_months: str = ""
    is_standby: str = ""


class PledgeEdit(ReadForm, NewPledge):
    """A stored pledge's form."""
