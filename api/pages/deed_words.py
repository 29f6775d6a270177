"""Acts of the audit trail in words: who, did what, to what."""

from functools import cached_property

from api.i18n import all_sentences, sentence, translator
from api.pages.field_words import NOTHING, FieldWords, area_names
from api.security import HIDDEN
from api.sentences.audit_trail import SENTENCES
from api.services.report_tables import cause_name
from api.services.targeting_tables import STEPS
from data.reference.indicators import indicators
from data.reference.reasons import delivery_reasons

ACTION, SUBJECT, BY, FIELD = "audit.", "audit_subject.", "audit_by.", "audit_field."
COUNTED = "audit_figure"
"""The sentence of a figure that is counted, and before those of figures that have no name."""
CODED = frozenset({
    "action", "channel", "decision", "kind", "level", "levels", "outcome", "reason", "remedy",
    "role", "state", "topic",
})  # fmt: skip
"""Fields that hold a code of a list; its words stand under several names."""
OF_SUBJECT = {"package": "package_state", "exception": "case_state", "route": "route_state"}
PLACES = ("package_state", "route_state", "case_state", "fulfilment", "word", "level", "export")
"""Where words of codes stand besides the field's own, the nearest first."""
REFUSED = "refused"


class DeedWords:
    """The words of one reader's language; a code that nobody wrote words for shows itself."""

    def __init__(self, language: str) -> None:
        self.language = language

    def what(self, action: str) -> str:
        """Return what was done."""
        return self._said(ACTION + action, action)

    def who(self, by: str | None) -> str:
        """Return who did it: a user name, or in words what acted without a person."""
        return self._said(BY + by, by) if by else NOTHING

    def to_what(self, action: str, subject: str, number: str) -> str:
        """Return to what it was done; of a refusal, the page or address that was asked for."""
        if action == REFUSED:
            reason = (
                subject if subject not in all_sentences() else sentence(subject, {}, self.language)
            )
            return f"{number} – {reason}"
        if subject == "figure" and not number.isdecimal():  # one that is counted, not published
            return self._said(COUNTED, number, id=self._figure(number))
        if subject == "posyandu":
            number = self._posyandu(number)
        return self._said(SUBJECT + subject, f"{subject} {number}", id=number)

    def _figure(self, code: str) -> str:
        """Return what a figure that is counted is called."""
        known = next((each for each in indicators() if each.code == code), None)
        if known is None:
            step = translator(self.language)(STEPS.get(code, code))
            return self._said(f"{COUNTED}.{code}", step)
        return known.name_en if self.language == "en" else known.name_id

    def _posyandu(self, number: str) -> str:
        """Return a posyandu with its kelurahan by name; it is recorded under the ward's code."""
        ward, _, name = number.partition(" ")
        return ", ".join(filter(None, (name, area_names().get(ward, ward))))

    def field(self, name: str) -> str:
        """Return what a field of a record is called."""
        return self._said(FIELD + name, self._fields.label(name))

    def value(self, subject: str, name: str, value: object) -> str:
        """Return a value of a record's field in words; what nobody has words for shows itself."""
        if value == HIDDEN:
            return HIDDEN
        if name == "cause" and isinstance(value, str):
            return cause_name(value, self.language)
        if name in CODED and isinstance(value, list):
            return ", ".join(self.value(subject, name, each) for each in value) or NOTHING
        if name in CODED and isinstance(value, str) and value:
            return self._coded(subject, name, value)
        try:
            return self._fields.value(name, value)
        except (AttributeError, KeyError, TypeError, ValueError):  # an earlier version wrote it
            return str(value)

    def _coded(self, subject: str, name: str, value: str) -> str:
        known = all_sentences()
        own = OF_SUBJECT.get(subject, "word")
        for place in (own, name, f"case_{name}", *PLACES):
            if f"{place}.{value}" in known:
                return sentence(f"{place}.{value}", {}, self.language)
        reason = delivery_reasons().get(value)
        if reason is not None:
            return reason.name_en if self.language == "en" else reason.name_id
        return self._fields.coded(value)

    @cached_property
    def _fields(self) -> FieldWords:
        return FieldWords(self.language)

    @cached_property
    def actions(self) -> list[tuple[str, str]]:
        """Return every act with its words, by word: what the trail can be filtered by."""
        return self._choices(ACTION)

    @cached_property
    def subjects(self) -> list[tuple[str, str]]:
        """Return every kind of record with its words, by word."""
        return self._choices(SUBJECT)

    def _choices(self, prefix: str) -> list[tuple[str, str]]:
        codes = [code.removeprefix(prefix) for code in SENTENCES if code.startswith(prefix)]
        words = [(code, self._said(prefix + code, code, id="").strip()) for code in codes]
        return sorted(((c, w) for c, w in words if w), key=lambda each: each[1].casefold())

    def _said(self, code: str, otherwise: str, **params: object) -> str:
        return sentence(code, params, self.language) if code in SENTENCES else otherwise
