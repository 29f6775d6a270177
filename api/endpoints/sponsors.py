"""Sponsors under /api/v1/sponsors."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from api.dependencies import Keys, Now, ReadSession, WriteSession, requires
from api.schemas.sponsors import (
    SponsorCreate,
    SponsorEdit,
    SponsorList,
    SponsorMerge,
    SponsorView,
)
from api.services import sponsors
from data.queries.sponsors import search_sponsors
from data.schema import Account

router = APIRouter(prefix="/sponsors", tags=["sponsors"])

Reader = Annotated[Account, requires("sponsor:read")]
Editor = Annotated[Account, requires("sponsor:edit")]
Merger = Annotated[Account, requires("sponsor:merge")]


@router.get("")
def list_sponsors(
    session: ReadSession,
    by: Reader,
    text: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=20)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SponsorList:
    """List sponsors by code; merged registrations are left out."""
    del by
    rows = search_sponsors(session, text=text, after=after, limit=limit)
    more = rows[-1].code if len(rows) == limit else None
    return SponsorList(items=[SponsorView.model_validate(row) for row in rows], next_after=more)


@router.post("", status_code=status.HTTP_201_CREATED)
def register_sponsor(
    session: WriteSession, by: Editor, now: Now, keys: Keys, body: SponsorCreate
) -> SponsorView:
    """Register a sponsor."""
    fields = body.model_dump(exclude_unset=True, exclude={"nik"})
    sponsor = sponsors.register_sponsor(
        session, fields=fields, by=by, now=now, keys=keys, nik=body.nik
    )
    return SponsorView.model_validate(sponsor)


@router.get("/{code}")
def read_sponsor(session: ReadSession, by: Reader, code: str) -> SponsorView:
    """Show a sponsor; the code of a merged registration leads to the one that stands."""
    del by
    return SponsorView.model_validate(sponsors.find_sponsor(session, code=code))


@router.patch("/{code}")
def edit_sponsor(
    session: WriteSession, by: Editor, now: Now, code: str, body: SponsorEdit
) -> SponsorView:
    """Save fields of a sponsor; 409 names every field that somebody else saved in between."""
    sponsor = sponsors.find_sponsor(session, code=code)
    sent = body.model_dump(exclude_unset=True, exclude={"base_version"})
    sponsors.edit_sponsor(
        session, sponsor=sponsor, base_version=body.base_version, changes=sent, by=by, now=now
    )
    return SponsorView.model_validate(sponsor)


@router.post("/{code}/merge")
def merge_sponsors(
    session: WriteSession, by: Merger, now: Now, code: str, body: SponsorMerge
) -> SponsorView:
    """Make two registrations one; pledges that overlap count once unless said otherwise."""
    kept = sponsors.merge_sponsors(
        session,
        kept=sponsors.find_sponsor(session, code=code),
        dropped=sponsors.find_sponsor(session, code=body.dropped),
        by=by,
        now=now,
        sum_pledges=body.sum_pledges,
        note=body.note,
    )
    return SponsorView.model_validate(kept)
