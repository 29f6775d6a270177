"""/healthz: the process answers. /readyz: store, schema and disk are fit to serve."""

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel

from api.dependencies import Visitor
from api.services.doctor import examine_readiness

PREFIX = ""
router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Whether it is well, and the checks that are not."""

    is_well: bool
    unwell: list[str] = []


@router.get("/healthz")
def healthz(visitor: Visitor) -> Health:
    """Say that this process answers; looks at nothing else."""
    del visitor
    return Health(is_well=True)


@router.get("/readyz", responses={503: {"model": Health}})
def readyz(request: Request, response: Response, visitor: Visitor) -> Health:
    """Say whether this process can serve; names checks, never details."""
    del visitor
    findings = examine_readiness(
        request.app.state.engine, var_dir=request.app.state.settings.var_dir
    )
    unwell = [finding.check for finding in findings if not finding.is_well]
    if unwell:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Health(is_well=not unwell, unwell=unwell)
