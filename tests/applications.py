"""Applications that tests share: built once, then stood over each test's own store."""

import atexit
from contextlib import ExitStack
from functools import cache

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.settings import Settings
from tests.factories import NOW

__all__ = ["browser", "stand_over"]


def stand_over(app: FastAPI, *, settings: Settings, engine: Engine) -> FastAPI:
    """Let an application that is built already serve another store, from ``NOW`` on.

    Building routes anew costs a quarter of a second at the first request.
    """
    app.state.settings, app.state.keys = settings, settings.key_ring
    app.state.engine, app.state.clock = engine, lambda: NOW
    return app


def browser(app: FastAPI) -> TestClient:
    """Behave as a browser on our own pages does: over HTTPS, saying where a request comes from."""
    client = TestClient(
        app,
        base_url="https://testserver",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
        raise_server_exceptions=False,
    )
    client.portal = _event_loop()
    return client


@cache
def _event_loop() -> BlockingPortal:
    """Start the loop that every browser of this process asks; else each request starts its own."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(start_blocking_portal())
