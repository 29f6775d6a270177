"""Sponsors and their pledges."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.readers.identity import as_nik, as_nip, as_plain_text
from data.readers.quantities import as_count, as_goods, as_months, as_rupiah
from data.readers.reading import Reading, doubtful, good
from data.readers.records import AidForm, SponsorKind, SponsorRecord
from data.readers.regions import areas_of, point_of, region_of
from data.readers.words import as_aid_form, as_flag, as_phone, as_sponsor_kind

if TYPE_CHECKING:
    from data.readers.records import Cell, PledgeItem
    from data.readers.rows import Body, Row

__all__ = ["read"]

DURATIONS_MONTHS = (6, 9, 12)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_NIP_DIGITS = 18


def read(body: Body) -> tuple[list[SponsorRecord], int]:
    """Read all sponsors of a sheet; nothing is merged, because only a person may add pledges up."""
    return [record for row in body.rows() if (record := _record(row)) is not None], 0


def _record(row: Row) -> SponsorRecord | None:
    name = row.text("name", required=True)
    nik, nip = _numbers(row)
    kind = _kind(row, nip)
    num_children = row.take("num_children", as_count)
    donation_rp = row.take("donation", as_rupiah)
    goods = row.take("goods", lambda cell: as_goods(cell, row.body.context.resolve_item)) or ()
    is_willing = row.take("willing", as_flag) is not False
    aid_form = _form(row, donation_rp, goods, is_willing=is_willing)
    region = region_of(row, may_be_outside=True)
    latitude, longitude = point_of(row)
    areas, wishes = areas_of(row), areas_of(row, "wishes", binds=False)
    starts_on = row.month("starts_on")
    num_months = row.take("num_months", as_months)
    if num_months is not None and num_months not in DURATIONS_MONTHS:
        row.warn("num_months", "duration_unusual")
    if row.is_rejected or name is None or aid_form is None or kind is None:
        return None
    return SponsorRecord(
        row=row.number,
        name=name,
        sponsor_kind=kind,
        sponsor_code=row.text("sponsor_code"),
        nik=nik,
        nip=nip,
        organisation=row.text("organisation"),
        phone=row.take("phone", as_phone),
        email=row.take("email", _as_email),
        address=row.text("address"),
        kecamatan_code=region.kecamatan_code,
        kelurahan_code=region.kelurahan_code,
        latitude=latitude,
        longitude=longitude,
        num_children=num_children,
        donation_rp=donation_rp,
        aid_form=aid_form,
        goods=goods,
        area_codes=areas,
        wish_area_codes=wishes,
        starts_on=starts_on,
        num_months=num_months,
        is_willing=is_willing,
    )


def _numbers(row: Row) -> tuple[str | None, str | None]:
    """Return NIK and NIP, which many lists keep in one column: eighteen digits are a NIP."""
    nik, nip = row.nik("nik"), row.take("nip", as_nip)
    either = row.cell("nik_nip")
    if either is not None:
        if sum(letter.isdigit() for letter in as_plain_text(either)) == _NIP_DIGITS:
            nip = row.take("nik_nip", as_nip)
        else:
            nik = row.take("nik_nip", as_nik)
    return nik, nip


def _kind(row: Row, nip: str | None) -> SponsorKind | None:
    if row.cell("sponsor_kind") is not None:
        return row.take("sponsor_kind", as_sponsor_kind)
    return SponsorKind.CIVIL_SERVANT if nip else SponsorKind.PERSON


def _form(
    row: Row, donation_rp: int | None, goods: tuple[PledgeItem, ...], *, is_willing: bool
) -> AidForm | None:
    """Return what the sponsor gives; what he says has to be borne out by money or goods."""
    stated = row.take("aid_form", as_aid_form)
    if row.is_rejected or not is_willing:
        return stated or AidForm.MONEY
    if not donation_rp and not goods:
        # A sponsor who only names a number of children brings what the kit needs.
        if row.cell("num_children") is None:
            row.refuse("donation", "pledge_empty")
        return stated or AidForm.MONEY
    if stated in {AidForm.GOODS, AidForm.BOTH} and not goods:
        row.warn("goods", "goods_not_listed")
    if stated in {AidForm.MONEY, AidForm.BOTH} and not donation_rp:
        row.warn("donation", "donation_not_stated")
    if stated is not None:
        return stated
    if donation_rp and goods:
        return AidForm.BOTH
    return AidForm.GOODS if goods else AidForm.MONEY


def _as_email(cell: Cell) -> Reading[str]:
    text = as_plain_text(cell).lower()
    return good(text) if _EMAIL.fullmatch(text) else doubtful(None, "email_unreadable")
