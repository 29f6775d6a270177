"""Acts of the audit trail in words: every act that the code writes has a sentence."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.i18n import all_sentences, sentence
from api.pages.deed_words import DeedWords
from api.sentences.audit_trail import SENTENCES
from api.services.audit import record
from data.engine import write_session
from data.schema import HoldKind, ReviewDecision, Role, StockMoveKind
from tests.api.pages.test_initials import ClientFor
from tests.conftest import NOW

SOURCES = sorted(Path("api").rglob("*.py"))
PASSED_ON = ("action", "verb")
RECORDED = {"record", "note", "note_visit", "write_fields", "save_fields"}
ACT = re.compile(r"[a-z_]+(:[a-z_]+)?")
TEMPLATES = {
    "cycles.py": "cycle:{}",
    "holds.py": "assignment:{}",
    "intake.py": "import:{}",
    "import_batches.py": "import:{}",
    "import_undo.py": "import:{}",
    "supervision.py": "supervision:{}",
    "visit_findings.py": "supervision:{}",
    "child_states.py": "child:{}",
    "pledges.py": "pledge:{}",
}
"""Modules whose acts are put together of a fixed part and a verb."""
OF_KINDS = {
    *(f"review:{each.value}" for each in ReviewDecision),
    *(f"stock:{each.value}" for each in StockMoveKind),
    *(f"assignment:{each.value}" for each in HoldKind),
    *(f"{each}:edit" for each in ("child", "household", "sponsor", "pledge")),
    *("child:moved", "child:move_asked", "household:moved", "link:donor", "link:courier"),
}
"""Acts whose last part comes from elsewhere than a literal of the same module."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield str(getattr(node.func, "id", getattr(node.func, "attr", ""))), node


def helpers(tree: ast.AST) -> dict[str, list[int | None]]:
    """Functions of a module that record under an ``action`` or ``verb`` that they are given."""
    found: dict[str, list[int | None]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [each.arg for each in node.args.args]
        known = names + [each.arg for each in node.args.kwonlyargs]
        given = [name for name in PASSED_ON if name in known]
        records = any(name in RECORDED for name, _ in calls(node))
        if given and records:
            found[node.name] = [names.index(name) if name in names else None for name in given]
    return found


def literals(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def written() -> dict[str, set[str]]:
    """Module → the acts that it writes, as literals of the code say."""
    found: dict[str, set[str]] = defaultdict(set)
    of_module = {path: helpers(_tree(path)) for path in SOURCES}
    public = {
        name: spots
        for found in of_module.values()
        for name, spots in found.items()
        if not name.startswith("_")
    }
    for path in SOURCES:
        shared = public | of_module[path]
        for name, call in calls(_tree(path)):
            if name not in RECORDED and name not in shared:
                continue
            said = [each.value for each in call.keywords if each.arg in PASSED_ON]
            spots = [spot for spot in shared.get(name, []) if spot is not None]
            said += [call.args[spot] for spot in spots if spot < len(call.args)]
            for each in said:
                if isinstance(each, ast.JoinedStr):
                    continue
                words = {word for word in literals(each) if ACT.fullmatch(word)}
                form = TEMPLATES.get(path.name, "{}")
                found[path.name] |= {w if ":" in w else form.format(w) for w in words}
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_act_that_is_written_has_a_sentence() -> None:
    acts = written()
    assert sum(map(len, acts.values())) > 100
    assert {"cycle:open", "cycle:lock"} <= acts["cycles.py"]
    assert "sign_in" in acts["accounts.py"]
    known = {code.removeprefix("audit.") for code in SENTENCES}
    bare = {"moved", "move_asked", "edit"}
    missing = {
        module: sorted(found - known - bare)
        for module, found in acts.items()
        if found - known - bare
    }
    assert missing == {}
    assert sorted(known & OF_KINDS) == sorted(OF_KINDS)


@pytest.mark.parametrize("language", ["id", "en"])
def test_who_did_what_to_what(language: str) -> None:
    did = DeedWords(language)
    assert did.what("cycle:open") == sentence("audit.cycle:open", {}, language)
    assert did.who("siti") == "siti"
    assert did.who("system") == {"id": "sistem", "en": "the system"}[language]
    child = {"id": "anak D-033", "en": "child D-033"}[language]
    assert did.to_what("child:read", "child", "D-033") == child
    known = {"id": "angka “Dikenal”", "en": "figure “Known”"}[language]
    assert did.to_what("figure:read", "figure", "target_known") == known
    published = {"id": "angka terbitan 3", "en": "published figure 3"}[language]
    assert did.to_what("published:add", "figure", "3") == published
    assert "height_for_age" not in did.to_what("figure:read", "figure", "height_for_age")
    assert "chain_promised" not in did.to_what("figure:read", "figure", "chain_promised")
    at = did.to_what("consumption:read", "posyandu", "19.71.05.1004 MAWAR")
    assert at == "posyandu MAWAR, Bukit Sari"
    assert did.to_what("consumption:read", "posyandu", "19.71.05.1004") == "posyandu Bukit Sari"
    refused = did.to_what("refused", "access.role", "/admin/akun")
    assert refused.startswith("/admin/akun – ")
    assert "access.role" not in refused
    assert did.what("new:act") == "new:act"
    assert not [code for code, words in did.actions if code == words]


@pytest.mark.stores("sqlite")
def test_the_trail_is_read_and_filtered_in_words(engine: Engine, client_for: ClientFor) -> None:
    with write_session(engine) as session:
        for action, month in (("cycle:open", "2026-12"), ("cycle:lock", "2026-11")):
            record(session, by="system", action=action, subject="cycle", subject_id=month, now=NOW)
    auditor = client_for(Role.AUDITOR)
    page = auditor.get("/audit").text
    for words in ("membuka bulan", "mengunci data bulan", "bulan Desember 2026", "sistem"):
        assert words in page
    assert "<td>cycle:open" not in page
    assert '<option value="cycle:open">membuka bulan</option>' in page
    one = auditor.get("/audit?tindakan=cycle:lock&perihal=cycle").text
    assert "bulan November 2026" in one
    assert "bulan Desember 2026" not in one


def recorded_fields() -> set[str]:
    """The fields that use cases record as before and after, as literals of the code say."""
    values = [
        keyword.value
        for path in Path("api/services").rglob("*.py")
        for _, call in calls(_tree(path))
        for keyword in call.keywords
        if keyword.arg in ("before", "after")
    ]
    return {
        str(key.value)
        for value in values
        for each in ast.walk(value)
        if isinstance(each, ast.Dict)
        for key in each.keys
        if isinstance(key, ast.Constant)
    }


def test_every_recorded_field_has_a_name_in_words() -> None:
    words = DeedWords("id")
    found = recorded_fields()
    assert len(found) > 50
    known = all_sentences()
    assert {
        name
        for name in found
        if f"audit_field.{name}" not in known and f"label.{name}" not in known
    } == set()
    assert (words.field("num_children"), words.field("quantity")) != ("num_children", "quantity")
    assert words.field("area_code") == "wilayah"
    assert words.value("account", "area_code", "19.71.05.1004") == "Bukit Sari"
    assert words.value("package", "state", "loaded") == sentence("package_state.loaded", {}, "id")
    assert words.value("figure", "cause", "stopped.lost") == "Paketnya hilang"
    assert words.value("pledge", "amount_rp", 450_000) == "Rp\N{NO-BREAK SPACE}450.000"
    assert words.value("pledge", "amount_rp", "•••") == "•••"
    assert words.value("pledge", "first_month", "unreadable") == "unreadable"
