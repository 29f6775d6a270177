"""Matching policies as JSON."""

from typing import Annotated

from fastapi import APIRouter, status

from api.dependencies import Now, ReadSession, RowId, WriteSession, requires
from api.schemas.cycles import PolicyAdopt, PolicyView
from api.services import policies
from data.schema import Account

router = APIRouter(prefix="/policies", tags=["matching"])
Reader = Annotated[Account, requires("policy:read")]
Editor = Annotated[Account, requires("policy:edit")]


@router.get("")
def list_policies(session: ReadSession, by: Reader) -> list[PolicyView]:
    """List all policies, the one that takes effect last first."""
    del by
    return [PolicyView.model_validate(row) for row in policies.list_policies(session)]


@router.get("/{policy_id}")
def read_policy(session: ReadSession, by: Reader, policy_id: RowId) -> PolicyView:
    """Show one policy."""
    del by
    return PolicyView.model_validate(policies.find_policy(session, policy_id=policy_id))


@router.post("", status_code=status.HTTP_201_CREATED)
def adopt_policy(session: WriteSession, by: Editor, now: Now, body: PolicyAdopt) -> PolicyView:
    """Adopt a policy from a month on; months already matched keep theirs."""
    row = policies.adopt_policy(
        session,
        name=body.name,
        content=body.content,
        effective_from=body.effective_from,
        reason=body.reason,
        by=by,
        now=now,
    )
    return PolicyView.model_validate(row)
