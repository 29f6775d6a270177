"""Reading pages as a person does: the text without tags, the message after a form."""

import re
from html import unescape

import httpx2 as httpx
from starlette.testclient import TestClient

TAGS = re.compile(r"<[^>]+>")
SPACES = re.compile(r"\s+")


def text_of(answer: httpx.Response) -> str:
    """What a page says, without tags."""
    return SPACES.sub(" ", unescape(TAGS.sub(" ", answer.text)))


def send(client: TestClient, url: str, **fields: object) -> httpx.Response:
    """Send a form and follow where it leads; a refusal is the answer itself."""
    answer = client.post(url, data={name: str(value) for name, value in fields.items()})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def hidden(page: str, name: str, nth: int = 0) -> str:
    """The value of a hidden field."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', page)[nth])


def said(client: TestClient, url: str) -> str:
    """What the next page says once."""
    return client.get(url).text.split('role="status"', 1)[1].split("</div>", 1)[0]
