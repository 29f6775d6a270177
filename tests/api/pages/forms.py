"""Forms of a page as a browser without JavaScript sees them: read, filled in, read again."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "number", "textarea", "tel", "date", "month", "time", "search", "email"})
"""Kinds of fields that a person types into and that must come back as typed."""
CHOSEN = frozenset({"select", "radio", "checkbox"})


@dataclass
class Field:
    """One name of a form; ``values`` stand in it, ``options`` can be chosen."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    is_required: bool = False
    inputmode: str = ""


@dataclass
class Form:
    """A form with its fields by name."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def has_file(self) -> bool:
        """Whether a file is to be chosen."""
        return any(each.kind == "file" for each in self.fields.values())

    @property
    def typed(self) -> list[Field]:
        """The fields that a person types into."""
        return [each for each in self.fields.values() if each.kind in TYPED]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.ids: set[str] = set()
        self.summary: list[str] = []
        self.said: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self._names = ""
        self._box = ""
        self._form: Form | None = None
        self._field: Field | None = None
        self._chosen: str | None = None
        self._text = ""
        self._in_summary = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
            self._box = given["id"] if tag == "fieldset" else self._box
        self._in_summary |= given.get("id") == "kesalahan"
        if tag == "a" and self._in_summary:
            self.summary.append(given.get("href", ""))
        if tag in {"label", "legend"}:
            self._names = given.get("for", "") if tag == "label" else self._box
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is not None and given.get("name"):
            self._take(tag, given)
        elif tag == "option" and self._field is not None:
            self._field.options.append(given.get("value", ""))
            self._chosen = given.get("value", "") if "selected" in given else self._chosen

    def _take(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "button" and given.get("value") is None:
            return
        one = self._form.fields.setdefault(given["name"], Field(given["name"], kind))
        one.is_required |= "required" in given
        one.inputmode = given.get("inputmode", "")
        if kind in {"radio", "checkbox", "button"}:
            one.options.append(given.get("value", "on"))
            if "checked" in given:
                one.values.append(given.get("value", "on"))
        elif kind in {"select", "textarea"}:
            self._field, self._chosen, self._text = one, None, ""
        else:
            one.values.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._text += data
        if self._names:
            self.labels[self._names] = self.labels.get(self._names, "") + data
        if self._in_summary and self.summary:
            self.said[self.summary[-1]] = self.said.get(self.summary[-1], "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"} and self._field is not None:
            first = self._field.options[0] if self._field.options else ""
            chosen = first if self._chosen is None else self._chosen
            self._field.values.append(chosen if tag == "select" else self._text)
            self._field = None
        elif tag == "form":
            self._form = None
        elif tag in {"label", "legend"}:
            self._names = ""
        elif tag in {"ul", "main"}:
            self._in_summary = False


@dataclass(frozen=True)
class PageForms:
    """What a page holds: its forms, its ids, and where its error summary leads.

    ``labels`` says what fields are called (id → text of its label or legend), ``said`` what the
    summary says of each place that it leads to.
    """

    forms: list[Form]
    ids: set[str]
    summary: list[str]
    labels: dict[str, str]
    said: dict[str, str]


def forms_of(html: str) -> PageForms:
    """Read the forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return PageForms(reader.forms, reader.ids, reader.summary, reader.labels, reader.said)
