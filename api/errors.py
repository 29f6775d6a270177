"""Refusals and failures as answers: a JSON problem under ``/api``, a page elsewhere.

The code stays machine-readable, the sentence is in the reader's language. A refused or unknown
object that a signed-in person asked for leaves an audit row in a transaction of its own, because
the request's own is rolled back.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.defences import HEADERS, NO_STORE
from api.dependencies import NotSignedIn
from api.i18n import sentence
from api.pages.shell import language_of, person_of, redirect, render
from api.safe_logs import guard_logs
from api.services.audit import record
from api.services.errors import Forbidden, Invalid, NotFound, ServiceError
from api.services.taken import refusal_for
from data.engine import UnstorableText, write_session
from data.place_scope import BeyondPlace

API = "/api/"
SIGN_IN, SIGN_OUT = "/masuk", "/keluar"
PROBLEM = "application/problem+json"
STATUS_CODES = {
    400: "http.bad_request",
    403: "http.forbidden",
    404: "http.not_found",
    405: "http.method",
    409: "http.at_once",
    413: "http.too_large",
    415: "http.media_type",
    422: "http.invalid",
    500: "http.failure",
    503: "http.busy",
}
AUDITED = (Forbidden, NotFound)
MAX_PATH = 200
RETRY_AFTER_S = 5
logger = logging.getLogger("asuh")


def install(app: FastAPI) -> None:
    """Hang the handlers in, and let failures be logged without what people wrote."""
    guard_logs()
    app.add_exception_handler(ServiceError, answer_refusal)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(OperationalError, answer_busy)
    app.add_exception_handler(IntegrityError, answer_taken)
    app.add_exception_handler(UnstorableText, answer_unstorable)
    app.add_exception_handler(BeyondPlace, answer_beyond)
    app.add_exception_handler(Exception, answer_failure)


def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer what a use case refused; lead to the sign-in page where nobody is signed in."""
    assert isinstance(error, ServiceError)  # noqa: S101 - as installed
    if isinstance(error, NotSignedIn) and not request.url.path.startswith(API):
        return _to_sign_in(request)
    if isinstance(error, AUDITED):
        _note_attempt(request, error)
    return problem(request, error.status, error.code, error.params)


def _to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page and from there back; a form that was sent stands on the page before.

    What was typed into it is lost, and is said to be.
    """
    if request.method == "GET":
        return RedirectResponse(f"{SIGN_IN}?lanjut={quote(request.url.path)}", status_code=303)
    if request.url.path == SIGN_OUT:
        return RedirectResponse(SIGN_IN, status_code=303)
    before = urlsplit(request.headers.get("referer", ""))
    is_ours = before.netloc == request.url.netloc and _is_page(request, before.path)
    back = f"?lanjut={quote(before.path)}" if is_ours else ""
    return redirect(request, SIGN_IN + back, "sign_in.not_sent")


def _is_page(request: Request, path: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(asked)[0] == Match.FULL for route in request.app.routes)


def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer a request whose parameters or body have the wrong form; values are not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as installed
    fields = {
        ".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0]): found["type"]
        for found in error.errors()
    }
    return problem(request, Invalid.status, STATUS_CODES[422], {"fields": fields})


def answer_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refused (unknown page, wrong method, too large a body)."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as installed
    code = STATUS_CODES.get(error.status_code, STATUS_CODES[400])
    answer = problem(request, error.status_code, code, {})
    answer.headers.update(error.headers or {})
    return answer


def answer_busy(request: Request, error: Exception) -> Response:
    """Answer when the store is away, locked for too long, or broke a deadlock: nothing is saved."""
    logger.error("the store did not do it at %s", request.url.path, exc_info=error)
    answer = problem(request, 503, STATUS_CODES[503], {})
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def answer_taken(request: Request, error: Exception) -> Response:
    """Answer when two people stored the same at once: as the second would have been later.

    Any other broken constraint is a failure of ours.
    """
    assert isinstance(error, IntegrityError)  # noqa: S101 - as installed
    refusal = refusal_for(error)
    if refusal is None:
        return answer_failure(request, error)
    logger.warning("two at once at %s", request.url.path, exc_info=error)
    return problem(request, refusal.status, refusal.code, refusal.params)


def answer_unstorable(request: Request, _error: Exception) -> Response:
    """Answer a text that no store can hold; nothing is saved."""
    return problem(request, 422, "http.control", {})


def answer_beyond(request: Request, error: Exception) -> Response:
    """Answer when somebody bound to a place would have read or changed what is outside it.

    Doors refuse that before; whoever comes here met a page that nobody tried from a place.
    """
    logger.error("beyond the place at %s: %s", request.url.path, error, exc_info=error)
    return answer_refusal(request, Forbidden("access.place"))


def answer_failure(request: Request, error: Exception) -> Response:
    """Answer a failure of ours with a number by which it is found in the log."""
    number = uuid4().hex[:8]
    logger.error("failure %s at %s %s", number, request.method, request.url.path, exc_info=error)
    answer = problem(request, 500, STATUS_CODES[500], {"number": number})
    answer.headers.update(HEADERS | {"Cache-Control": NO_STORE})  # it leaves outside the defences
    return answer


def problem(
    request: Request, status: int, code: str, params: Mapping[str, Any]
) -> JSONResponse | Response:
    """Build the answer: problem+json under ``/api``, a page elsewhere."""
    language = language_of(request)
    text = sentence(code, params, language)
    if not request.url.path.startswith(API):
        context = {"code": code, "sentence": text, "back": _page_before(request)}
        return render(request, "error.html", status=status, **context)
    body: dict[str, Any] = {"status": status, "code": code, "title": text, "params": dict(params)}
    if isinstance(params.get("fields"), dict):
        body["fields"] = params["fields"]
    return JSONResponse(body, status_code=status, media_type=PROBLEM)


def _page_before(request: Request) -> str | None:
    """Return our own page that led here; None from elsewhere or from this very page."""
    found = urlsplit(request.headers.get("referer", ""))
    is_ours = found.netloc == request.url.netloc and not found.path.startswith("//")
    if not is_ours or found.path == request.url.path:
        return None
    return f"{found.path}?{found.query}" if found.query else found.path


def _note_attempt(request: Request, error: ServiceError) -> None:
    person = person_of(request)
    if person is None:
        return
    path = request.url.path[:MAX_PATH]
    with write_session(request.app.state.engine) as session:
        record(
            session,
            by=person,
            action="refused",
            subject=error.code[:40],
            subject_id=path[-40:],
            now=request.app.state.clock(),
            after={"method": request.method, "path": path, "status": error.status},
        )
