"""Rules that hold for the whole tree, whoever touched it last."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REGISTRIES = re.compile(
    r"pythonhos"
    r"ted\.|py"
    r"pi\.(org|python)|registry\.np"
    r"mjs|deb\.deb"
    r"ian|files\.pyt"
    r"hon"
)
DOCUMENT_NUMBER = re.compile(r"(?<![\d.])(?:1[1-9]|[2-9]\d)\d{14}(?![\d.])")
"""Sixteen digits that begin like a province: what a NIK or a family card number looks like."""


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


@pytest.fixture(scope="module")
def files() -> list[Path]:
    found = tracked_files()
    assert len(found) > 50
    return found


def test_no_file_names_a_package_registry(files: list[Path]) -> None:
    guilty = [str(path.relative_to(ROOT)) for path in files if REGISTRIES.search(text_of(path))]
    assert guilty == []


def test_no_staff_export_is_in_the_tree(files: list[Path]) -> None:
    allowed = {"who_oracle_10000.csv.gz"}
    suspects = [
        path.name
        for path in files
        if path.suffix in {".xls", ".xlsx", ".xlsb", ".ods", ".gz", ".zip"}
        and path.name not in allowed
    ]
    assert suspects == []


def test_nothing_outside_tests_looks_like_a_document_number(files: list[Path]) -> None:
    guilty = {
        str(path.relative_to(ROOT)): found
        for path in files
        if "tests" not in path.parts
        and path.suffix not in {".lock", ".svg", ".js", ".css"}
        and path.name != "manifest.json"  # hashes
        and (found := DOCUMENT_NUMBER.findall(text_of(path)))
    }
    assert guilty == {}


def test_the_locks_are_hashed_and_without_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^([A-Za-z0-9_.\-]+(?:\[[^\]]*\])?==\S+)", text, flags=re.MULTILINE)
        assert len(pins) > 30
        assert text.count("--hash=sha256:") >= len(pins)


def test_no_module_is_a_drawer_for_odds_and_ends(files: list[Path]) -> None:
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py", "core.py"}
    assert [str(path) for path in files if path.name in drawers] == []


def test_migrations_follow_each_other_in_one_line() -> None:
    """Two that land at the same time, each after the same one, stop every store from starting."""
    texts = [text_of(path) for path in sorted((ROOT / "data/migrations/versions").glob("0*.py"))]
    revisions = [re.findall(r'^revision = "(\d+)"', text, flags=re.MULTILINE) for text in texts]
    after = [re.findall(r'^down_revision = "(\d+)"', text, flags=re.MULTILINE) for text in texts]
    numbers = [f"{number:04d}" for number in range(1, len(texts) + 1)]
    assert revisions == [[number] for number in numbers]
    assert after == [[], *([number] for number in numbers[:-1])]


def test_what_tools_and_benches_import_from_the_tree_is_there(files: list[Path]) -> None:
    """No test runs them, and a name that moved would be missed by whoever calls them next."""
    missing = [
        f"{path.relative_to(ROOT)}: {module}.{name}"
        for path in files
        if path.suffix == ".py" and path.parent.name in {"tools", "bench"}
        for module, name in imported(path)
        if not is_there(module, name)
    ]
    assert missing == []


def imported(path: Path) -> list[tuple[str, str]]:
    """Module and name of everything that a file imports from the tree."""
    return [
        (node.module, each.name)
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and (ROOT / node.module.split(".")[0]).is_dir()
        for each in node.names
    ]


def is_there(module: str, name: str) -> bool:
    """Whether a module of the tree has a name, or holds a module so called."""
    place = ROOT.joinpath(*module.split("."))
    if place.joinpath(f"{name}.py").exists() or place.joinpath(name).is_dir():
        return True
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return name in names_of(ast.parse(text_of(source)).body)


def names_of(statements: list[ast.stmt]) -> set[str]:
    """What the statements of a module name, under conditions too."""
    found: set[str] = set()
    for each in statements:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(each.name)
        elif isinstance(each, ast.Import | ast.ImportFrom):
            found |= {name.asname or name.name for name in each.names}
        elif isinstance(each, ast.If | ast.Try):
            found |= names_of(each.body) | names_of(each.orelse)
        else:
            stored = (node for node in ast.walk(each) if isinstance(node, ast.Name))
            found |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    return found


def test_answers_to_the_lived_months_share_nothing_with_the_product() -> None:
    """What the months must come to is worked out from the script and the published tables."""
    product = re.compile(r"^\s*(from|import) (api|bench|data|logistics|matcher)\b", re.MULTILINE)
    folder = ROOT / "tests" / "history"
    for name in ("answers", "script", "tables", "who"):
        assert product.search((folder / f"{name}.py").read_text()) is None, name
