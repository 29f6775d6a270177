"""The JSON interface as a page: every endpoint with what it asks, from our own OpenAPI document."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dependencies import Visitor
from api.pages.shell import render

router = APIRouter(include_in_schema=False)


@router.get("/api")
def api_guide(request: Request, visitor: Visitor) -> HTMLResponse:
    """List endpoints by noun; nothing is loaded from elsewhere."""
    del visitor
    doors = {(door.method, door.path): door.permission for door in request.app.state.doors}
    nouns: dict[str, list[dict[str, str]]] = {}
    for path, verbs in request.app.openapi()["paths"].items():
        for verb, operation in verbs.items():
            noun = (operation.get("tags") or ["–"])[0]
            nouns.setdefault(noun, []).append(
                {
                    "method": verb.upper(),
                    "path": path,
                    "summary": operation.get("description", operation.get("summary", "")),
                    "permission": doors.get((verb.upper(), path), ""),
                }
            )
    return render(request, "api_guide.html", nouns=nouns, openapi=request.app.openapi_url)
