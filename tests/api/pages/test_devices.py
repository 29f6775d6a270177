import pytest

from api.i18n import translator
from api.pages.devices import device_name

ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (ANDROID + "Chrome/120.0.0.0 Mobile Safari/537.36", "Chrome di Android"),
        (
            ANDROID + "SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
            "Samsung Internet di Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge di Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
            "Safari di iPhone",
        ),
        ("asuh-kantor/1", "asuh-kantor/1"),
        ("", "–"),
    ],
)
def test_a_device_is_called_as_its_owner_calls_it(said: str, named: str) -> None:
    assert device_name(said, translator("id")) == named
    assert device_name(said, translator("en")) == named.replace(" di ", " on ")
