"""Rules that hold for the whole tree, whoever touched it last."""

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
