"""Write docs/pages.md, the table page × role × what is shown: `python tools/pages_table.py`.

Paths, roles and words come from the application: its routes, `api.security`, the docstrings.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from api.doors import PUBLIC, doors_of  # noqa: E402
from api.pages import PAGES  # noqa: E402
from api.security import LOCAL, PERMISSIONS  # noqa: E402
from data.schema import Role  # noqa: E402

OUT = ROOT / "docs" / "pages.md"
HEAD = """# Pages: who sees what

Written by `python tools/pages_table.py` from the routes, the permissions and the docstrings; a test
holds it. Forms that change something (POST) stand with the same permissions in `api/security.py`,
and `tests/api/test_doors.py` tries every one with every role. What a role may not see is absent
from the answer. Object rules on top: a courier sees the own routes of the day, a donor the own
children as aliases, an auditor initials instead of names. *With a place*: what an account that is
bound to a kecamatan, kelurahan, posyandu or puskesmas keeps of its role, and then of that place
alone (`docs/security.md`); a kader always is.

| page | {roles} | with a place | what is shown |
|---|{rules}|---|---|
"""


def table() -> str:
    """Return the whole document."""
    roles = list(Role)
    rows = []
    for name in PAGES:
        for door in doors_of(import_module(f"api.pages.{name}").router, prefix=""):
            if door.method != "GET":
                continue
            seen = PERMISSIONS.get(door.permission, frozenset(Role))
            marks = " | ".join("●" if role in seen else " " for role in roles)
            words = (door.route.endpoint.__doc__ or "").strip().split("\n")[0]
            local = "●" if door.permission in LOCAL or door.permission == PUBLIC else " "
            rows.append(f"| `{door.path}` | {marks} | {local} | {words} |")
    head = HEAD.format(
        roles=" | ".join(role.value for role in roles), rules="|".join("---" for _ in roles)
    )
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    OUT.write_text(table(), encoding="utf-8")
    print(OUT)
