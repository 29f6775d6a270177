"""Each claim of docs/asvs.md names a test that exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLAIM = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_claimed_test_exists() -> None:
    claims = CLAIM.findall((ROOT / "docs" / "asvs.md").read_text(encoding="utf-8"))
    assert len(claims) > 20
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
