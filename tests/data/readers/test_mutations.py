import random

import pytest

from data.readers.messages import issue_sentence, refusal_sentence
from data.readers.records import FileRefused, Kind
from tests.data.readers.files import child, read, table, to_csv, to_xls, to_xlsx

ROWS = table([child(NIK="", Nama=f"Anak {number}") for number in range(8)])
ORIGINALS = {
    "csv": to_csv(ROWS),
    "utf16": to_csv(ROWS, encoding="utf-16", delimiter=";"),
    "xls": to_xls(ROWS),
    "xlsx": to_xlsx({"A": ROWS, "B": ROWS[:3]}),
    "html": b"<table>%s</table>"
    % b"".join(
        b"<tr>%s</tr>" % b"".join(b"<td>%s</td>" % str(cell).encode() for cell in row)
        for row in ROWS
    ),
}
# Broken .xls files are the slow ones: they drive the parser into its memory limit.
NUM_MUTATIONS = {"csv": 50, "utf16": 50, "xlsx": 50, "xls": 20, "html": 40}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with bytes changed, cut, doubled or swapped."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 100))):
        place = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                data[place] ^= 1 << chance.randrange(8)
            case 2:
                del data[place : place + chance.randrange(1, 64)]
            case 3:
                data[place:place] = data[place : place + chance.randrange(1, 64)]
            case 4:
                data[place:place] = chance.randbytes(chance.randrange(1, 16))
        if not data:
            break
    return bytes(data)


def outcome(content: bytes, kind: Kind | None = None) -> str:
    """Read a file; either it is refused with a sentence, or all its rows are accounted for."""
    try:
        result = read(content, kind=kind)
    except FileRefused as refused:
        return refused.code if refusal_sentence(refused) else "no sentence"
    counts = result.counts
    assert counts.total == counts.accepted + counts.merged + counts.rejected + counts.waiting
    assert len(result.rejected_rows) == counts.rejected
    assert all(issue_sentence(issue) and issue_sentence(issue, "en") for issue in result.issues)
    return "read"


@pytest.mark.slow
@pytest.mark.parametrize("form", ORIGINALS)
def test_broken_bytes_end_in_a_sentence_or_in_rows_that_add_up(form: str) -> None:
    chance = random.Random(f"asuh {form}")

    outcomes = {outcome(mutated(ORIGINALS[form], chance)) for _ in range(NUM_MUTATIONS[form])}

    assert len(outcomes) > 1
    assert "no sentence" not in outcomes


WORDS = ["", "-", "0", "x", "1/2/2024", "13/13/13", "1971014505240012", "9,5", "∞", "=1+1", "L"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(Kind))
def test_rows_of_anything_add_up(kind: Kind) -> None:
    from data.readers.headers import LAYOUTS

    chance = random.Random(f"asuh {kind}")
    headers = [spellings[0] for spellings in LAYOUTS[kind].fields.values()]
    rows = [[chance.choice(WORDS) for _ in headers] for _ in range(300)]

    assert outcome(to_csv([headers, *rows]), kind) == "read"
