"""Sign-ins under /api/v1/sessions: programs sign in here and send the token as a bearer."""

from typing import Annotated

from fastapi import APIRouter, Request, status

from api.dependencies import Keys, Now, ReadSession, RowId, Visitor, WriteSession, requires
from api.schemas.accounts import (
    AccountView,
    Credentials,
    PasswordChange,
    SignInView,
    TokenView,
)
from api.services import accounts, sign_ins
from api.services.errors import ServiceError
from data.schema import Account

router = APIRouter(prefix="/sessions", tags=["sessions"])

Self = Annotated[Account, requires("self:read")]
SelfEditor = Annotated[Account, requires("self:edit")]


class SignInFailed(ServiceError):
    """User name and password do not go together, or too many attempts."""

    status = 401


@router.post("", status_code=status.HTTP_201_CREATED)
def sign_in(
    request: Request, visitor: Visitor, keys: Keys, now: Now, body: Credentials
) -> TokenView:
    """Sign in and get a token."""
    del visitor
    answer = accounts.sign_in(
        request.app.state.engine,
        username=body.username,
        password=body.password,
        address=request.client.host if request.client else "",
        now=now,
        keys=keys,
        profile=request.app.state.settings.password_profile,
        user_agent=request.headers.get("user-agent", ""),
        second_code=body.second_code,
    )
    if answer.token is None:
        raise SignInFailed(answer.code)
    return TokenView(token=answer.token, account=AccountView.model_validate(answer.account))


@router.get("/me")
def who_am_i(by: Self) -> AccountView:
    """Show one's own account."""
    return AccountView.model_validate(by)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
def change_own_password(
    request: Request, session: WriteSession, by: SelfEditor, now: Now, body: PasswordChange
) -> None:
    """Change one's own password; other sign-ins end."""
    accounts.change_own_password(
        session,
        by=by,
        current=body.current,
        new=body.new,
        now=now,
        profile=request.app.state.settings.password_profile,
        sign_in_id=request.state.sign_in_id,
    )


@router.get("")
def list_own(request: Request, session: ReadSession, by: Self, now: Now) -> list[SignInView]:
    """List one's own sign-ins."""
    return [
        SignInView.model_validate(row).model_copy(
            update={"is_this_one": row.id == request.state.sign_in_id}
        )
        for row in sign_ins.list_sign_ins(session, account=by, now=now)
    ]


@router.delete("/current", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(request: Request, session: WriteSession, by: SelfEditor, now: Now) -> None:
    """End the sign-in of this request."""
    sign_ins.revoke_sign_in(session, sign_in_id=request.state.sign_in_id, by=by, now=now)


@router.delete("/{sign_in_id}", status_code=status.HTTP_204_NO_CONTENT)
def revoke(
    session: WriteSession,
    by: SelfEditor,
    now: Now,
    sign_in_id: RowId,
) -> None:
    """End one of one's own sign-ins."""
    sign_ins.revoke_sign_in(session, sign_in_id=sign_in_id, by=by, now=now)
