"""The page of households that must not share a courier."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from data.engine import write_session
from data.schema import Role
from tests.api.pages.reading import send, text_of
from tests.factories import make_household

pytestmark = pytest.mark.stores("sqlite")
PAGE = "/armada/terpisah"


@pytest.fixture
def codes(engine: Engine) -> list[str]:
    with write_session(engine) as session:
        return [make_household(session).code for _ in range(2)]


def test_a_pair_is_entered_seen_and_ended(
    client_for: Callable[[Role], TestClient], codes: list[str]
) -> None:
    coordinator = client_for(Role.COORDINATOR)
    assert "Belum ada pasangan" in text_of(coordinator.get(PAGE))
    assert f'value="{codes[0]}"' in coordinator.get(f"{PAGE}?keluarga={codes[0]}").text
    done = send(coordinator, PAGE, satu=codes[0].lower(), lain=codes[1])
    assert "tidak akan dilayani satu kurir" in text_of(done)
    page = coordinator.get(PAGE)
    assert all(code in page.text for code in codes)
    ending = re.search(r'action="(/armada/terpisah/\w+/akhiri)"', page.text)
    assert ending is not None
    assert "boleh dilayani satu kurir lagi" in text_of(send(coordinator, ending.group(1)))
    assert "Belum ada pasangan" in text_of(coordinator.get(PAGE))


def test_a_wrong_code_is_named_and_what_was_typed_stays(
    client_for: Callable[[Role], TestClient], codes: list[str]
) -> None:
    answer = client_for(Role.COORDINATOR).post(PAGE, data={"satu": codes[0], "lain": "K-0"})
    assert answer.status_code == 422
    assert re.search(r'id="lain-error">Tidak ada rumah tangga', answer.text)
    assert f'value="{codes[0]}"' in answer.text
