"""The OpenAPI document, made truthful: how to sign in, what each route asks, how refusals look."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.doors import PUBLIC, Door
from api.schemas.problems import Problem

REF = "#/components/schemas/{model}"
PROBLEM = {
    "content": {
        "application/problem+json": {"schema": {"$ref": REF.format(model=Problem.__name__)}}
    }
}
ALWAYS = {
    "400": "The request cannot be read",
    "413": "The body is too large",
    "422": "A value is missing or malformed",
    "500": "A failure of ours; nothing was saved",
    "503": "Busy; nothing was saved, try again",
}
SIGNED_IN = {
    "401": "Nobody is signed in, or the credentials do not go together",
    "403": "This role may not",
    "404": "It does not exist, or not for this account",
    "409": "The rules or the state forbid it, or someone else saved in between",
}
"""Public routes answer with 401 too: signing in is one."""


def describe(app: FastAPI, doors: list[Door]) -> None:
    """Let the application answer with this document."""
    permissions = {(door.method.lower(), door.path): door.permission for door in doors}

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, permissions)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend it


def _document(app: FastAPI, permissions: dict[tuple[str, str], str]) -> dict[str, Any]:
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas[Problem.__name__] = Problem.model_json_schema(ref_template=REF)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _describe(operation, permissions[method, path])
    return found


def _describe(operation: dict[str, Any], permission: str) -> None:
    refusals = ALWAYS | SIGNED_IN
    answers = operation["responses"]
    answers.pop("422", None)
    for status, text in refusals.items():
        answers.setdefault(status, {"description": text} | PROBLEM)
    operation["responses"] = dict(sorted(answers.items()))
    operation["x-permission"] = permission
    if permission != PUBLIC:
        operation["security"] = [{"bearer": []}]
