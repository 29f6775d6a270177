"""The office's page: the head who signs, refused with what was typed."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from data.schema import Role
from tests.api.pages.reading import send, text_of

ClientFor = Callable[[Role], TestClient]
pytestmark = pytest.mark.stores("sqlite")


def test_the_head_is_entered_and_the_first_page_names_who_signs(client_for: ClientFor) -> None:
    admin = client_for(Role.ADMIN)
    assert "Nama kepala dinas belum dicatat" in text_of(admin.get("/admin"))
    assert "Belum ada nama yang dicatat" in text_of(admin.get("/admin/kantor"))
    page = text_of(send(admin, "/admin/kantor", nama="dr. Ani, M.Kes.", mulai="2026-01-05"))
    assert "dr. Ani, M.Kes. dicatat sebagai kepala dinas." in page
    assert "5 Januari 2026" in page
    assert "ditandatangani dr. Ani, M.Kes." in text_of(admin.get("/admin"))


def test_a_refused_head_keeps_what_was_typed(client_for: ClientFor) -> None:
    admin = client_for(Role.ADMIN)
    sent = {"nama": "dr. Ani", "nip": "123", "mulai": "2026-01-05", "plt": "ya"}
    answer = admin.post("/admin/kantor", data=sent)
    assert answer.status_code == 422
    for text in ('href="#nip"', 'value="dr. Ani"', 'value="123"', 'value="ya" checked'):
        assert text in answer.text
    assert admin.post("/admin/kantor", data=sent | {"mulai": "besok"}).status_code == 422
