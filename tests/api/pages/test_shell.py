from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from api.pages.shell import Page, _environment, column_heads, field_names, labelled, local_path
from data.schema import Role


@pytest.mark.parametrize(
    ("wished", "total", "number", "offset", "last"),
    [
        (1, 0, 1, 0, 1),
        (1, 25, 1, 0, 1),
        (2, 26, 2, 25, 2),
        (99, 26, 2, 25, 2),
        (-3, 26, 1, 0, 2),
    ],
)
def test_a_page_stays_within_its_list(
    wished: int, total: int, number: int, offset: int, last: int
) -> None:
    page = Page(wished, total)
    assert (page.number, page.offset, page.last) == (number, offset, last)


def test_a_column_with_one_child_in_a_row_is_headed_so_and_counts_stay_many() -> None:
    heads = ["Children", "Kelurahan", "Children"]
    assert column_heads(heads, (2,)) == ["Child", "Kelurahan", "Children"]
    assert column_heads(["Anak", ""]) == ["Anak", ""]


@pytest.mark.parametrize(
    ("number", "told"), [("1", "<b>1</b> file not applied"), ("12", "<b>12</b> files not applied")]
)
def test_what_waits_bends_to_its_number(number: str, told: str) -> None:
    macros = _environment().get_template("macros.html").make_module({"_": str})
    assert macros.count_of(number, "file(s) not applied") == told  # type: ignore[attr-defined]


def test_cells_of_a_row_carry_their_headers_for_the_phone() -> None:
    rows = (
        '<tr class="care"><td>A-001</td><td class="number">2</td><td data-label="Own">x</td></tr>'
        '<tr><th scope="row">B</th><td colspan="2">y</td><td></td></tr>'
        '<tr><td>–</td><td class="number">–</td><td class="nowrap">–</td><td>– x</td></tr>'
    )
    headers = ["Kode", 'Tingkat "a"', "Nama", "Hari"]
    plain = labelled(rows, headers, plain=(1,))
    assert plain.startswith('<tr class="care"><td>A-001</td><td class="number">2</td>')
    assert plain.count("Tingkat") == 0
    assert labelled(rows, headers) == (
        '<tr class="care"><td>A-001</td><td data-label="Tingkat &#34;a&#34;" class="number">2</td>'
        '<td data-label="Own">x</td></tr>'
        '<tr><th scope="row">B</th><td data-label="Tingkat &#34;a&#34;" colspan="2">y</td>'
        '<td data-label="Hari"></td></tr>'
        '<tr><td>–</td><td data-label="Tingkat &#34;a&#34;" class="number">–</td>'
        '<td data-none data-label="Nama" class="nowrap">–</td><td data-label="Hari">– x</td></tr>'
    )


def test_fields_are_called_what_stands_beside_them() -> None:
    page = """<label for="catatan-P-1">Ibu&#39;s <b>catatan</b> <span class="quiet">(boleh kosong)
    </span></label><input id="catatan-P-1"><label>Tanpa id</label>
    <fieldset class="field" id="alasan"><legend>Alasan:</legend></fieldset>"""
    assert field_names(page) == {"catatan-P-1": "Ibu&#39;s catatan", "alasan": "Alasan"}


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ("/bulan/2026-12", "/bulan/2026-12"),
        ("/bulan?halaman=2", "/bulan?halaman=2"),
        ("//jahat.example", "/"),
        ("/\\jahat.example", "/"),
        ("https://jahat.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_only_paths_of_this_site_are_led_to(wish: str | None, path: str) -> None:
    assert local_path(wish, otherwise="/") == path


def test_the_menu_shows_what_a_role_may(
    client_for: Callable[[Role], TestClient],
) -> None:
    assert 'href="/admin/akun"' in client_for(Role.ADMIN).get("/akun").text
    assert 'href="/admin/akun"' not in client_for(Role.STAFF).get("/akun").text
    donors = client_for(Role.DONOR).get("/akun").text
    assert not any(f'href="{path}"' in donors for path in ("/petugas", "/audit", "/undangan"))


def test_a_page_marks_its_language_and_where_one_is(
    client_for: Callable[[Role], TestClient],
) -> None:
    client = client_for(Role.ADMIN)
    client.post("/bahasa", data={"bahasa": "en"})
    page = client.get("/admin/akun").text
    assert '<html lang="en"' in page
    assert '<a href="/admin/akun" aria-current="page">Accounts</a>' in page


def test_a_forged_message_cookie_is_ignored(client: TestClient) -> None:
    client.cookies.set("pesan", "bm90IGpzb24=")
    assert client.get("/masuk").status_code == 200


def test_names_are_escaped(client_for: Callable[[Role], TestClient]) -> None:
    admin = client_for(Role.ADMIN)
    form = {"username": "budi", "full_name": "<script>x</script>", "role": "courier"}
    made = admin.post("/admin/akun/baru", data=form)
    page = admin.get(made.headers["location"]).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
