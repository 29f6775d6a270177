"""Accounts under /api/v1/accounts: an admin makes and changes them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, status

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.schemas.accounts import (
    AccountCreate,
    AccountEdit,
    AccountList,
    AccountView,
    LinkView,
    PasswordSet,
)
from api.services import accounts, links
from data.schema import Account, Role

router = APIRouter(prefix="/accounts", tags=["accounts"])

Reader = Annotated[Account, requires("account:read")]
Editor = Annotated[Account, requires("account:edit")]


@router.get("")
def list_accounts(
    session: ReadSession,
    by: Reader,
    role: Role | None = None,
    area_code: Annotated[str, Query(max_length=13)] = "",
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AccountList:
    """List accounts by user name."""
    del by
    rows, total = accounts.list_accounts(
        session, role=role, area_code=area_code, offset=offset, limit=limit
    )
    return AccountList(items=[AccountView.model_validate(row) for row in rows], total=total)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_account(
    request: Request, session: WriteSession, by: Editor, now: Now, body: AccountCreate
) -> AccountView:
    """Make an account."""
    account = accounts.create_account(
        session,
        **body.model_dump(),
        by=by,
        now=now,
        profile=request.app.state.settings.password_profile,
    )
    return AccountView.model_validate(account)


@router.get("/{account_id}")
def read_account(session: ReadSession, by: Reader, account_id: RowId) -> AccountView:
    """Show one account."""
    del by
    return AccountView.model_validate(accounts.get_account(session, account_id=account_id))


@router.patch("/{account_id}")
def edit_account(
    session: WriteSession, by: Editor, now: Now, account_id: RowId, body: AccountEdit
) -> AccountView:
    """Change the fields that are sent; a null clears sponsor or place, else it changes nothing.

    ``base_version`` is the version that was read.
    """
    nullable = ("sponsor_id", "area_code", "puskesmas")
    sent = body.model_dump(exclude_unset=True, exclude={"base_version"})
    account = accounts.edit_account(
        session,
        account=accounts.get_account(session, account_id=account_id),
        changes={
            name: value for name, value in sent.items() if value is not None or name in nullable
        },
        base_version=body.base_version,
        by=by,
        now=now,
    )
    return AccountView.model_validate(account)


@router.put("/{account_id}/password", status_code=status.HTTP_204_NO_CONTENT)
def set_password(
    request: Request,
    session: WriteSession,
    by: Editor,
    now: Now,
    account_id: RowId,
    body: PasswordSet,
) -> None:
    """Give an account a new password; its sign-ins end."""
    accounts.set_password(
        session,
        account=accounts.get_account(session, account_id=account_id),
        password=body.password,
        by=by,
        now=now,
        profile=request.app.state.settings.password_profile,
    )


@router.post("/{account_id}/link", status_code=status.HTTP_201_CREATED)
def create_link(
    request: Request, session: WriteSession, by: Editor, now: Now, account_id: RowId
) -> LinkView:
    """Make a one-time link for a donor, courier or kader; it is shown once."""
    account = accounts.get_account(session, account_id=account_id)
    token = links.create_link(session, account=account, by=by, now=now)
    return LinkView(url=f"{request.base_url}tautan/{token}")
