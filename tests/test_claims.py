"""Each test that a page of docs names exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLAIM = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize(("page", "at_least"), [("asvs", 20), ("scenarios", 55)])
def test_every_claimed_test_exists(page: str, at_least: int) -> None:
    claims = CLAIM.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    assert len(claims) > at_least
    missing = []
    for path, name in claims:
        file = ROOT / path
        functions = {
            node.name
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        if name and name not in functions:
            missing.append(f"{path}::{name}")
    assert missing == []
