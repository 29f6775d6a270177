"""The web application: routers, static files, defences, error answers.

Every route names its door (``requires(...)`` or ``Visitor``) in its signature; an application with
a route that does not, does not start.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from threading import Event, Thread

from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.types import Scope

from api import errors, openapi
from api.defences import CrossSiteGuard, SecurityHeaders, SizeGuard, TextGuard
from api.dependencies import refuse_control_characters
from api.doors import Door, doors_of
from api.endpoints import ENDPOINTS
from api.pages import PAGES
from api.pages.shell import STATIC_FOLDER
from api.services.clock import utc_now
from api.settings import Settings
from api.worker import work

PREFIX = "/api/v1"
YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
"""For scripts that name each other without a version: the browser asks whether they changed."""
MAX_FIELDS = 5_000
LAST_JOB_S = 20.0


class KeptFiles(StaticFiles):
    """Static files whose addresses carry their hash, so that browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file that may be kept when its address names its version."""
        answer = await super().get_response(path, scope)
        if answer.status_code < 400:
            is_versioned = b"v=" in scope.get("query_string", b"")
            answer.headers["Cache-Control"] = YEAR if is_versioned else ASK_AGAIN
            for name in ("last-modified", "accept-ranges"):  # the hash in the ETag says more
                if name in answer.headers:
                    del answer.headers[name]
        return answer


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    settings
        By default from the environment.
    engine
        By default the one that the settings name.
    clock
        Gives this instant; tests set their own.
    """
    settings = settings or Settings()
    app = FastAPI(
        title="Asuh",
        version=_version(),
        summary="Matches stunted children with sponsors, plans and records the deliveries.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        form_limits={"max_fields": MAX_FIELDS},
        dependencies=[Depends(refuse_control_characters)],
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.keys = settings.key_ring
    app.state.engine = engine or settings.open_engine()
    app.state.clock = clock
    app.state.navigation = []
    app.state.doors = []
    for name in ENDPOINTS:
        module = import_module(f"api.endpoints.{name}")
        _include(app, module.router, prefix=getattr(module, "PREFIX", PREFIX))
    for name in PAGES:
        page = import_module(f"api.pages.{name}")
        _include(app, page.router, prefix="")
        app.state.navigation += getattr(page, "NAVIGATION", [])
    app.mount("/static", KeptFiles(directory=STATIC_FOLDER), name="static")
    openapi.describe(app, app.state.doors)
    errors.install(app)
    _defend(app, settings)
    return app


def doors(app: FastAPI) -> list[Door]:
    """Return every route with what it asks of the person."""
    found: list[Door] = app.state.doors
    return found


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    stop = Event()
    worker = Thread(
        target=work,
        args=(app.state.engine,),
        kwargs={"keys": app.state.keys, "stop": stop},
        daemon=True,
    )
    if app.state.settings.workers_in_process:
        worker.start()
    yield
    stop.set()
    if worker.is_alive():
        await to_thread.run_sync(worker.join, LAST_JOB_S)
    app.state.engine.dispose()


def _include(app: FastAPI, router: APIRouter, *, prefix: str) -> None:
    app.state.doors += doors_of(router, prefix=prefix)
    app.include_router(router, prefix=prefix)


def _defend(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(TextGuard)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body_bytes)
    app.add_middleware(CrossSiteGuard)
    app.add_middleware(SizeGuard, max_bytes=settings.max_body_bytes)
    app.add_middleware(GZipMiddleware, minimum_size=500)
    if settings.trusted_hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.trusted_hosts)
    app.add_middleware(SecurityHeaders, over_https=settings.secure_cookies)


def _version() -> str:
    try:
        return version("asuh")
    except PackageNotFoundError:
        return "0"
