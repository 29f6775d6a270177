"""Acts of the audit trail in words: who, did what, to what."""

from functools import cached_property

from api.i18n import all_sentences, sentence
from api.sentences.audit_trail import SENTENCES

ACTION, SUBJECT, BY = "audit.", "audit_subject.", "audit_by."
REFUSED = "refused"


class DeedWords:
    """The words of one reader's language; a code that nobody wrote words for shows itself."""

    def __init__(self, language: str) -> None:
        self.language = language

    def what(self, action: str) -> str:
        """Return what was done."""
        return self._said(ACTION + action, action)

    def who(self, by: str) -> str:
        """Return who did it: a user name, or in words what acted without a person."""
        return self._said(BY + by, by)

    def to_what(self, action: str, subject: str, number: str) -> str:
        """Return to what it was done; of a refusal, the page or address that was asked for."""
        if action == REFUSED:
            reason = (
                subject if subject not in all_sentences() else sentence(subject, {}, self.language)
            )
            return f"{number} – {reason}"
        return self._said(SUBJECT + subject, f"{subject} {number}", id=number)

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
