"""What is the matter with rows of a file: each thing once, with the rows that have it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.i18n import all_sentences, translator
from data.readers.messages import MESSAGES

OPEN = "…"
_PLACE = re.compile(r"\{\w+\}|%\(\w+\)s")


@dataclass
class IssueGroup:
    """One thing that is the matter with rows; ``issues`` are all of them, in the file's order."""

    is_rejected: bool
    column: str
    code: str
    issues: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows have it."""
        return len(self.issues)

    @property
    def differs(self) -> bool:
        """Whether the sentence names something else for each row."""
        return len({issue["text"]["id"] for issue in self.issues}) > 1

    @property
    def has_values(self) -> bool:
        """Whether any row has a cell to show."""
        return any(issue["value"] not in (None, "") for issue in self.issues)

    @property
    def has_suggestions(self) -> bool:
        """Whether a better value is known for any row."""
        return any(issue["suggestion"] for issue in self.issues)

    def heading(self, language: str) -> str:
        """Say what is the matter with all rows; what differs between them is left open."""
        if not self.differs:
            return str(self.issues[0]["text"][language])
        if self.code in MESSAGES:
            template = MESSAGES[self.code][language == "en"]
        else:
            template = translator(language)(all_sentences()[self.code])
        return _shared([str(issue["text"][language]) for issue in self.issues], template)


def _shared(sentences: list[str], template: str) -> str:
    """Return a sentence with what all of them say, such as a rule's limits; the rest stays open."""
    fixed = _PLACE.split(template)
    pattern = re.compile("(.*?)".join(map(re.escape, fixed)), re.DOTALL)
    found = [match.groups() for text in sentences if (match := pattern.fullmatch(text))]
    if len(found) < len(sentences):
        return _PLACE.sub(OPEN, template)
    filled = [values[0] if len(set(values)) == 1 else OPEN for values in zip(*found, strict=True)]
    return "".join(part for pair in zip(fixed, [*filled, ""], strict=True) for part in pair)


def grouped(issues: Iterable[Mapping[str, Any]]) -> list[IssueGroup]:
    """Return what is the matter, each thing once: rejections first, then the most frequent."""
    found: dict[tuple[object, ...], IssueGroup] = {}
    for issue in issues:
        column, code = issue["column"] or "", issue["code"]
        group = found.setdefault(
            (issue["severity"], column, code),
            IssueGroup(issue["severity"] == "rejected", column, code),
        )
        group.issues.append(issue)
    return sorted(found.values(), key=lambda each: (not each.is_rejected, -each.count))
