"""axe-core on a page: what keeps people with a screen reader, a keyboard or weak eyes out."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

LOOK = """async only => {
  const seen = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"], preload: false,
  });
  return seen.violations.map(
    ({id, nodes}) => `${id}: ${nodes[0].target} (${nodes.length}×)`
  );
}"""
"""Only violations are worked out and sent: what passes is most of an answer, and slow.

Nothing is loaded beforehand: that is for sound and film, and for a rule that axe-core still tries.
"""


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def axe_faults(page: Page, *rules: str) -> list[str]:
    """Return every violation with the place of its first offender; nothing is filtered out.

    With ``rules`` only those are looked at.

    The script is given by the driver, so that the page's content security policy stays in force.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: list[str] = page.evaluate(LOOK, only)
    return found
