"""docs/errors.md and the code name the same faults, each with a remedy."""

import re
from pathlib import Path

from logistics.faults import FaultCode as RoutingFault
from matcher.faults import FaultCode as MatchingFault

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
ROW = re.compile(r"^\| ([A-Z]\d{3}) \| (\w+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_every_numbered_fault_is_on_the_page_with_its_remedy() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    listed = {number: name for number, name, _, _ in rows}
    known = {fault.value: fault.name for kind in (MatchingFault, RoutingFault) for fault in kind}
    assert len(rows) == len(listed)
    assert listed == known
    assert all(what.strip() and remedy.strip() for _, _, what, remedy in rows)
