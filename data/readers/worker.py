"""The guarded child process: bytes of an untrusted file in, lines of JSON out.

Run as a script by :mod:`data.readers.table`, never imported by it, so that a file that makes the
spreadsheet parser abort (one stray cell at XFD200000 asks for 104 GB) ends this process and not
the application. Only what the file at hand needs is imported.

The output is one JSON value a line: ``{"sheet": name}``, then ``[row number, [cell, …]]`` for
every row that is not empty, and ``{"end": true}`` last; or ``{"refused": code, "params": {…}}``.
Dates are ``{"d": iso}``, instants ``{"t": iso}``, times of day ``{"h": iso}``.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Row = tuple[int, list[Any]]
    Sheet = tuple[str | None, Iterable[Row]]

MEMORY_BYTES = 2 << 30
CPU_S = 20
MAX_MEMBERS = 3_000
MAX_UNPACKED_BYTES = 200 << 20
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 20 << 20
MAX_GRID_CELLS = 20_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_FILLED_CELLS = 8_000_000
MAX_TEXT = 32_767

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK_BOF = b"\x09\x08\x10\x00\x00\x06\x05\x00"
FILE_PASS = 0x2F
CELL_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
CHUNK_BYTES = 1 << 20


class Refused(Exception):
    """The file is refused with a code of :data:`data.readers.messages.MESSAGES`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def main() -> int:
    """Read the file from standard input and write its sheets to standard output."""
    limit_resources()
    content = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", write_through=False)
    try:
        for line in lines_of(content):
            out.write(line)
            out.write("\n")
    except Refused as refused:
        out.write(json.dumps({"refused": refused.code, "params": refused.params}) + "\n")
    except MemoryError:
        out.write('{"refused": "file_too_heavy", "params": {}}\n')
    except BaseException:  # noqa: BLE001 - parsers panic with their own bases; the parent must hear
        out.write('{"refused": "file_corrupt", "params": {}}\n')
    out.flush()
    return 0


def limit_resources() -> None:
    """Limit memory and processor time, and leave no core dump with children's data behind."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lines_of(content: bytes) -> Iterator[str]:
    """Yield the output lines for a file's bytes."""
    num_rows = num_cells = 0
    for name, rows in sheets_of(content):
        yield json.dumps({"sheet": name})
        for number, cells in rows:
            encoded = [encode(cell) for cell in cells[:MAX_COLUMNS]]
            while encoded and encoded[-1] is None:
                encoded.pop()
            if not encoded:
                continue
            num_rows += 1
            num_cells += len(encoded)
            if num_rows > MAX_ROWS or num_cells > MAX_FILLED_CELLS:
                raise Refused("file_too_long", max_rows=MAX_ROWS)
            yield json.dumps([number, encoded])
    if not num_rows:
        raise Refused("file_empty")
    yield '{"end": true}'


def encode(cell: Any) -> Any:
    """Turn a parsed cell into its JSON form; blanks become ``None``."""
    if isinstance(cell, str):
        return cell[:MAX_TEXT] if cell and not cell.isspace() else None
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return cell if cell == cell and abs(cell) != float("inf") else None
    if isinstance(cell, datetime):
        return {"t": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"h": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds()) % 86_400
        return {"h": time(seconds // 3600, seconds // 60 % 60, seconds % 60).isoformat()}
    return str(cell)[:MAX_TEXT]


def sheets_of(content: bytes) -> Iterable[Sheet]:
    """Choose the parser by the first bytes; a file name proves nothing."""
    if not content.strip(b"\x00 \t\r\n"):
        raise Refused("file_empty")
    if content.startswith(OLE_MAGIC):
        return ole_sheets(content)
    if content.startswith(b"PK"):
        return zip_sheets(content)
    if content[:5] in {b"%PDF-", b"{\\rtf"} or content[:4] in {b"\x89PNG", b"GIF8", b"Rar!"}:
        raise Refused("file_not_a_table")
    text = decode(content)
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html", "<?xml", "<table", "<meta")):
        return markup_sheets(text)
    return [(None, csv_rows(text))]


def ole_sheets(content: bytes) -> Iterable[Sheet]:
    """Read an Excel 97-2003 workbook."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("file_encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise Refused("file_not_a_table")
    if has_file_pass(content):
        raise Refused("file_encrypted")
    return calamine_sheets(content)


def has_file_pass(content: bytes) -> bool:
    """Whether an .xls is locked: its workbook stream has a FILEPASS record near its start."""
    place = content.find(WORKBOOK_BOF)
    for _ in range(4):
        if place < 0 or place + 4 > len(content):
            return False
        kind, length = struct.unpack_from("<HH", content, place)
        if kind == FILE_PASS:
            return True
        place += 4 + length
    return False


def zip_sheets(content: bytes) -> Iterable[Sheet]:
    """Look into the archive before anything unpacks it, then read the workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive, len(content))
            farthest = [
                farthest_cell(archive, member.filename)
                for member in archive.infolist()
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member.filename)
            ]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError) as error:
        raise Refused("file_corrupt") from error
    if any(num_rows * num_columns > MAX_GRID_CELLS for num_rows, num_columns in farthest):
        return openpyxl_sheets(content)
    return calamine_sheets(content)


def check_archive(archive: zipfile.ZipFile, packed_bytes: int) -> None:
    """Refuse archives that are no spreadsheet, are locked, or unpack to far too much."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        raise Refused("file_unpacks_too_big", megabytes=unpacked >> 20)
    if unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_RATIO * packed_bytes:
        raise Refused("file_unpacks_too_big", megabytes=unpacked >> 20)
    if any(member.flag_bits & 1 for member in members):
        raise Refused("file_encrypted")
    names = {member.filename for member in members}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise Refused("file_not_a_table")


def farthest_cell(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Return the largest row and column that a sheet's cells name, without parsing the XML."""
    num_rows = num_columns = 0
    tail = b""
    with archive.open(name) as sheet:
        while chunk := sheet.read(CHUNK_BYTES):
            window = tail + chunk
            for letters, digits in CELL_REFERENCE.findall(window):
                num_rows = max(num_rows, int(digits))
                num_columns = max(num_columns, column_number(letters))
            tail = window[-16:]
    return num_rows, num_columns


def column_number(letters: bytes) -> int:
    """Return 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def calamine_sheets(content: bytes) -> Iterator[Sheet]:
    """Read the visible sheets with calamine."""
    from python_calamine import (  # noqa: PLC0415 - CSV must not pay for it
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise Refused("file_encrypted") from error
    for meta in book.sheets_metadata:
        if meta.visible is SheetVisibleEnum.Visible and meta.typ is SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            offset = [None] * (sheet.start[1] if sheet.start else 0)
            yield (
                meta.name,
                ((number, offset + row) for number, row in enumerate(sheet.iter_rows(), 1)),
            )


def openpyxl_sheets(content: bytes) -> Iterator[Sheet]:
    """Read a workbook with stray far cells row by row, leaving far columns out."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load and rarely needed

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            rows = sheet.iter_rows(max_col=60, values_only=True)
            yield sheet.title, ((number, list(row)) for number, row in enumerate(rows, 1))


def decode(content: bytes) -> str:
    """Decode text as UTF-8, UTF-16 or Windows-1252, whichever its bytes speak for."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    head = content[:2_000]
    if head[1::2].count(0) > len(head) // 4:
        return content.decode("utf-16-le", errors="replace")
    if head[0::2].count(0) > len(head) // 4:
        return content.decode("utf-16-be", errors="replace")
    sample = content[:20_000]
    num_controls = sum(byte < 32 and byte not in b"\t\r\n\x0c\x1b" for byte in sample)
    # A stray control sign or the end mark of DOS is dirt; many of them are another kind of file.
    if num_controls * 200 > len(sample):
        raise Refused("file_not_a_table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


class MarkupTables(HTMLParser):
    """Collects the tables of a web page, or the worksheets of an Excel 2003 XML file.

    Many web applications "export to Excel" by giving such text a name that ends in .xls.
    """

    SHEETS = frozenset({"table", "worksheet"})
    ROWS = frozenset({"tr", "row"})
    CELLS = frozenset({"td", "th", "cell"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[list[Row]] = []
        self.in_cell = False
        self.cell_at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a sheet, a row or a cell."""
        place = {name: int(text) for name, text in attrs if text and text.isdecimal()}
        if tag in self.SHEETS:
            self.in_cell = False
            # Excel 2003 has a table within each worksheet: one sheet, not two.
            if not self.sheets or self.sheets[-1]:
                self.sheets.append([])
        elif tag in self.ROWS and self.sheets:
            rows = self.sheets[-1]
            rows.append((place.get("ss:index", rows[-1][0] + 1 if rows else 1), []))
        elif tag in self.CELLS and self.sheets and self.sheets[-1]:
            cells = self.sheets[-1][-1][1]
            missing = min(place.get("ss:index", 0), MAX_COLUMNS) - 1 - len(cells)
            cells.extend([None] * missing + [""])
            self.cell_at = len(cells) - 1
            cells.extend([None] * (min(place.get("colspan", 1), MAX_COLUMNS) - 1))
            self.in_cell = True
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close the cell that a row or a sheet ends."""
        self.in_cell = self.in_cell and tag not in self.CELLS | self.ROWS | self.SHEETS

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self.in_cell:
            self.sheets[-1][-1][1][self.cell_at] += data


def markup_sheets(text: str) -> list[Sheet]:
    """Read the tables of a web page or of an Excel 2003 XML file."""
    parser = MarkupTables()
    parser.feed(text)
    parser.close()
    sheets: list[Sheet] = [
        (f"Tabel {number}", rows) for number, rows in enumerate(parser.sheets, 1) if rows
    ]
    if not sheets:
        raise Refused("file_is_web_page")
    return sheets


def csv_rows(text: str) -> Iterator[Row]:
    """Split delimited text into rows, numbered as a spreadsheet program would."""
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r"sep=(.)\s*", first)
    delimiter = declared[1] if declared else likely_delimiter(text)
    reader = csv.reader(io.StringIO(rest if declared else text, newline=""), delimiter=delimiter)
    try:
        yield from enumerate(reader, 2 if declared else 1)
    except csv.Error as error:
        raise Refused("file_corrupt") from error


def likely_delimiter(text: str) -> str:
    """Return the sign among ``; , TAB |`` that splits the first lines most evenly."""
    sample = text[:60_000]
    if len(text) > len(sample):
        sample = sample.rpartition("\n")[0]

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            widths = [len(row) for row, _ in zip(reader, range(60), strict=False) if row]
        except csv.Error:
            return (0, 0)
        best = max((width for width in widths if width > 1), key=widths.count, default=1)
        return (widths.count(best) if best > 1 else 0, best)

    return max((";", ",", "\t", "|"), key=evenness)


if __name__ == "__main__":
    sys.exit(main())
