"""Households under /api/v1/households; a coordinator sees address and guardian, not poverty."""

from typing import Annotated

from fastapi import APIRouter

from api.dependencies import LookSession, Now, WriteSession, requires
from api.schemas.children import (
    HouseholdEdit,
    HouseholdPovertyView,
    HouseholdView,
    PointIn,
    household_view,
)
from api.services import children, household_points
from data.schema import Account

router = APIRouter(prefix="/households", tags=["households"])

Reader = Annotated[Account, requires("household:read")]
Placer = Annotated[Account, requires("household:place")]
Editor = Annotated[Account, requires("household:edit")]


@router.get("/{code}")
def read_household(
    session: LookSession, by: Reader, now: Now, code: str
) -> HouseholdPovertyView | HouseholdView:
    """Show a household; what the role may not see is absent."""
    home = children.find_household(session, code=code, by=by, now=now)
    return household_view(home, by.role)


@router.put("/{code}/point")
def place_household(
    session: WriteSession, by: Placer, now: Now, code: str, body: PointIn
) -> HouseholdPovertyView | HouseholdView:
    """Put a home on the map, and nothing else about it; its packages then wait for a route."""
    home = children.find_household(session, code=code, by=by, now=now)
    household_points.place_home(
        session,
        household=home,
        base_version=body.base_version,
        lat=body.lat,
        lon=body.lon,
        by=by,
        now=now,
    )
    return household_view(home, by.role)


@router.patch("/{code}")
def edit_household(
    session: WriteSession, by: Editor, now: Now, code: str, body: HouseholdEdit
) -> HouseholdPovertyView | HouseholdView:
    """Save fields of a household; 409 names every field that somebody else saved in between."""
    home = children.find_household(session, code=code, by=by, now=now)
    sent = body.model_dump(exclude_unset=True, exclude={"base_version"})
    children.edit_household(
        session, household=home, base_version=body.base_version, changes=sent, by=by, now=now
    )
    return household_view(home, by.role)
