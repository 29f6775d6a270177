"""Every page speaks one language: no word that only the other language's texts know."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.i18n import LANGUAGES, catalogue
from data.engine import write_session
from data.schema import Account, Role
from tests.every_page import pages_of

pytestmark = [pytest.mark.slow, pytest.mark.stores("sqlite")]

WORD = re.compile(r"[^\W\d_]{3,}")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
DIGEST = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b")
"""Its letters make a word by chance: ``…6913ada9b…``."""
SPOKEN = {"alt", "aria-label", "placeholder", "title"}
"""Attributes that are read out or shown."""
UNSPOKEN = {"script", "style", "code"}
REFERENCE = {"/api", "/styleguide"}
"""Pages for people who write programs: names of routes, tokens and parts are English."""
TYPED = re.compile(
    r"Anak [A-Z]?\d+|Ibu Contoh|Wali( \d+)?|Toko Contoh|Jl\. Contoh|\bContoh|Pikap \d+|awal|"
    r"cetak untuk kurir|Tera ulang|Timbangan tidak ditera|(anak|hasil)\.xlsx|"
    r"(Staff|Approver|Coordinator|Admin|Auditor|Donor|Courier|Sponsor) ?\d*",
    re.IGNORECASE,
)
"""What somebody typed in the month that is looked at, and names: the same in both languages."""
NAMES = re.compile(
    r"Bahasa Indonesia|Air (Itam|Kepala Tujuh|Mawar|Salemba)|Pintu Air|Bukit Besar|Gabek \w+|"
    r"Sel?indung Baru|Semabung \w+|Sinar Bulan|Rawa Bangun|Survey 2024 as quoted|"
    r"SKI 2023 as quoted by \S+|measured children|Biometrics|Communications in Statistics|"
    r"Statistical Science|\b[Oo]ptimal\b"
)
"""Proper names, how a source is cited, and a word that both languages spell alike."""


class Spoken(HTMLParser):
    """The texts of a page that a person sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unspoken = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unspoken += tag in UNSPOKEN
        self.texts += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._unspoken -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self._unspoken and data.strip():
            self.texts.append(data.strip())


def words(text: str) -> set[str]:
    return {found.casefold() for found in WORD.findall(text)}


def only_of_the_other() -> dict[str, set[str]]:
    """Language → words that the other language's texts have and its own have not."""
    texts = catalogue("en")
    indonesian = set().union(*(words(PLACEHOLDER.sub(" ", each)) for each in texts))
    english = set().union(*(words(PLACEHOLDER.sub(" ", each)) for each in texts.values()))
    return {"en": indonesian - english, "id": english - indonesian}


def test_a_text_of_the_other_language_would_be_found() -> None:
    foreign = only_of_the_other()
    assert words("1 paket ditolak tanpa alasan.") & foreign["en"] >= {"ditolak", "tanpa"}
    assert words("Figures of the monthly report") & foreign["id"] >= {"the", "monthly"}
    assert not words("Anak yang mendapat orang tua asuh") & foreign["id"]


def test_no_page_mixes_languages(
    app: FastAPI,
    engine: Engine,
    person: Callable[[Role], Account],
    client_for: Callable[[Role | Account], TestClient],
) -> None:
    app.state.settings.demo = True
    foreign, found = only_of_the_other(), set()
    people: dict[str, tuple[Account, TestClient]] = {}
    pages = [each for each in pages_of(engine, app, person) if each[0] not in REFERENCE]
    for _, who, _ in pages:
        if who.username not in people:
            people[who.username] = (who, client_for(who))
    for language in LANGUAGES:
        with write_session(engine) as session:
            for who, _ in people.values():
                session.get_one(Account, who.id).language = language
        for path, who, address in pages:
            page = Spoken()
            page.feed(people[who.username][1].get(address).text)
            for text in page.texts:
                own = text
                for same in (DIGEST, TYPED, NAMES):
                    own = same.sub(" ", own)
                strange = words(own) & foreign[language]
                if strange:
                    found.add((language, path, text[:100], *sorted(strange)))
    assert sorted(found) == []
