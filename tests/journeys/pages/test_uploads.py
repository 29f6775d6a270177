"""Every kind and form of file through the import page in a real browser, good and bad."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msoffcrypto.format.ooxml
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import SQLModel, func, select

from data.engine import read_session
from data.sample.month import write_sample
from data.schema import (
    Child,
    Consent,
    Depot,
    DropPoint,
    Household,
    ImportBatch,
    Measurement,
    Pledge,
    Role,
    Sponsor,
    StockMove,
    Vehicle,
)
from tests.browser import DESK, faults_of
from tests.data.readers.files import child, table, to_csv, to_xls, to_xlsx

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

Visit = Callable[..., Page]
KEPT = (
    Child, Household, Measurement, Consent, Sponsor, Pledge, Depot, DropPoint, Vehicle, StockMove,
)  # fmt: skip
ORDER = (
    "titik-bagi", "armada", "stok", "e-ppgbm", "krs", "persetujuan", "orang-tua-asuh",
    "penyaluran",
)  # fmt: skip
CELLS = table([child(), child(No=2, Nama="Ani Contoh", NIK="1971015505240013")])
TITLED = [["LAPORAN STATUS GIZI"], ["Kota Pangkalpinang"], [], *CELLS]
FORMS: dict[str, bytes] = {
    "anak.xls": to_xls(TITLED),
    "anak.xlsx": to_xlsx({"Sheet1": TITLED}),
    "anak-titik-koma.csv": to_csv(CELLS, delimiter=";"),
    "anak-koma.csv": to_csv(CELLS),
    "anak-utf16.csv": to_csv(CELLS, delimiter=";", encoding="utf-16"),
    "anak-cp1252.csv": to_csv(TITLED, delimiter=";", encoding="cp1252"),
}
"""The same two children in every form that staff save, some below rows of titles."""


def locked() -> bytes:
    """A workbook that asks for a password."""
    out = io.BytesIO()
    book = msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(FORMS["anak.xlsx"]))
    book.encrypt("rahasia", out)
    return out.getvalue()


BAD: dict[str, Callable[[], bytes]] = {
    "kosong.xlsx": lambda: b"",
    "kosong.csv": lambda: b"\xef\xbb\xbf",
    "rusak.xls": lambda: to_xls(CELLS)[:900],
    "rusak.xlsx": lambda: FORMS["anak.xlsx"][:-200],
    "terkunci.xlsx": locked,
    "surat.pdf": lambda: b"%PDF-1.7\n" + zlib.compress(b"surat"),
    "resep.csv": lambda: b"Bahan;Takaran\nTepung;2 gelas\nGula;1 gelas\n",
    "raksasa.csv": lambda: Random(1).randbytes(51 << 20),
}


def stored(engine: Engine) -> dict[str, Any]:
    """How many rows of what are kept, and how often they were changed."""
    found: dict[str, Any] = {}
    with read_session(engine) as session:
        for kind in KEPT:
            table_ = SQLModel.metadata.tables[str(kind.__tablename__)]
            changed = func.sum(table_.c.version) if "version" in table_.c else func.count()
            found[kind.__name__] = tuple(
                session.exec(select(func.count(), changed).select_from(table_)).one()
            )
    return found


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def look_at(page: Page, path: Path) -> None:
    page.goto("/berkas")
    page.get_by_label("Berkas dari Excel atau CSV").set_input_files(path)
    page.get_by_role("button", name="Periksa berkas").click()
    page.wait_for_load_state()


def apply(page: Page) -> None:
    """Apply what is shown, where there is anything to apply."""
    button = page.get_by_role("button", name="Terapkan", exact=True)
    expect(page.locator("h1")).to_be_visible()
    if button.count():
        button.first.click()
        expect(page.get_by_text("diterapkan.")).to_be_visible()


def test_every_kind_is_taken_in_and_a_second_time_changes_nothing(
    visit: Visit, engine: Engine, tmp_path: Path
) -> None:
    write_sample(tmp_path, children=6, sponsors=4, seed=3, dirty=False, month="2026-12")
    files = sorted(
        (path for path in tmp_path.iterdir() if path.name.startswith(ORDER)),
        key=lambda path: next(n for n, start in enumerate(ORDER) if path.name.startswith(start)),
    )
    assert len(files) == len(ORDER)
    page = visit(Role.STAFF, width=DESK)
    grown = []
    for path in files:
        before = stored(engine)
        look_at(page, path)
        assert stored(engine) == before, f"{path.name} was stored before anybody agreed"
        apply(page)
        after = stored(engine)
        grown.append(after != before or path.name.startswith("penyaluran"))
        look_at(page, path)
        apply(page)
        assert stored(engine) == after, f"{path.name} a second time changed something"
    assert all(grown), grown
    assert faults_of(page) == []


def test_the_same_children_in_every_form_are_the_same_children(
    visit: Visit, engine: Engine, tmp_path: Path
) -> None:
    page = visit(Role.STAFF, width=DESK)
    first, *others = [saved(tmp_path, name, content) for name, content in FORMS.items()]
    look_at(page, first)
    apply(page)
    kept = stored(engine)
    assert kept["Child"][0] == 2
    for path in others:
        look_at(page, path)
        expect(page.get_by_text(path.name).first).to_be_visible()
        apply(page)
        assert stored(engine) == kept, path.name


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_sentence_and_leaves_nothing(
    visit: Visit, engine: Engine, tmp_path: Path, name: str
) -> None:
    page = visit(Role.STAFF, width=DESK)
    before = stored(engine)
    look_at(page, saved(tmp_path, name, BAD[name]()))
    told = page.locator("main [role=alert], main .message, main .panel.bad, main .wrong .error")
    too_large = page.get_by_text("Kiriman terlalu besar")  # told before the page is reached
    expect(told.or_(too_large).first).to_be_visible()
    assert "Traceback" not in page.content()
    assert stored(engine) == before
    with read_session(engine) as session:
        assert session.exec(select(func.count()).select_from(ImportBatch)).one() == 0
