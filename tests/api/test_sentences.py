"""Every code that a person may meet has its sentence, and every sentence its English."""

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from babel.messages.pofile import read_po

import api.sentences
from api.i18n import sentence
from data import schema
from matcher.eligibility import Refusal
from matcher.explain import ReasonCode
from matcher.faults import FaultCode
from matcher.policy import LevelName
from matcher.remedies import RemedyCode

ROOT = Path(__file__).parents[2]
REFUSALS = {"ServiceError", "NotFound", "Forbidden", "Refused", "StaleVersion", "Invalid"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def all_sentences() -> dict[str, str]:
    found: dict[str, str] = {}
    for module in iter_modules(api.sentences.__path__):
        sentences = import_module(f"api.sentences.{module.name}").SENTENCES
        twice = set(found) & set(sentences)
        assert not twice, f"codes with two sentences: {twice}"
        found |= sentences
    return found


def raised_codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for path in (ROOT / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in REFUSALS
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                codes[str(node.args[0].value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return codes


def english() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((ROOT / "api" / "locale" / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                    found[message.id] = message.string
    return found


def test_every_refusal_has_a_sentence() -> None:
    codes, sentences = raised_codes(), all_sentences()
    assert len(codes) > 20
    assert {code: where for code, where in codes.items() if code not in sentences} == {}


def test_every_sentence_has_its_english() -> None:
    translated = english()
    assert [text for text in all_sentences().values() if not translated.get(text)] == []


def test_translations_name_the_same_values() -> None:
    wrong = {
        source: target
        for source, target in english().items()
        if target and set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target))
    }
    assert wrong == {}


TEMPLATE_TEXT = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def page_texts() -> dict[str, str]:
    found: dict[str, str] = {}
    pages = ROOT / "api" / "pages"
    for path in [*pages.rglob("*.html"), *pages.rglob("*.py")]:
        for double, single in TEMPLATE_TEXT.findall(path.read_text(encoding="utf-8")):
            found[(double or single).replace('\\"', '"').replace("\\'", "'")] = path.name
    return found


def test_every_text_of_the_pages_has_its_english() -> None:
    texts, translated = page_texts(), english()
    assert len(texts) > 50
    assert {text: where for text, where in texts.items() if not translated.get(text)} == {}


SHOWN = (
    schema.AssignmentState,
    schema.ChildState,
    schema.CycleState,
    schema.DropPointKind,
    schema.ExceptionAction,
    schema.ExceptionState,
    schema.FulfilmentState,
    schema.HoldKind,
    schema.ImportState,
    schema.JobState,
    schema.Outcome,
    schema.PackageState,
    schema.PairDecision,
    schema.PledgeForm,
    schema.PledgeState,
    schema.Role,
    schema.RouteState,
    schema.RunState,
    schema.SponsorKind,
    schema.StopKind,
    schema.StopState,
    schema.VehicleKind,
)


def test_every_state_and_kind_that_people_meet_has_its_word() -> None:
    codes = {f"word.{member.value}" for kind in SHOWN for member in kind}
    codes |= {f"word.consent_{purpose.value}" for purpose in schema.ConsentPurpose}
    assert codes - set(all_sentences()) == set()


def test_every_code_of_the_matcher_has_a_sentence() -> None:
    sentences = all_sentences()
    codes = [
        *(code.value for kind in (ReasonCode, RemedyCode, Refusal) for code in kind),
        *(f"level.{name.value}" for name in LevelName),
    ]
    assert not [code for code in codes if code not in sentences]
    for code in FaultCode:
        said = sentences[f"fault.{code.name.lower()}"]
        assert said.startswith(f"{code.value}: "), code
        assert english()[said].startswith(f"{code.value}: "), code


def test_what_is_coded_within_a_sentence_is_said_in_its_language() -> None:
    fault = {"code": "fault.bad_month", "month": "now"}
    for language, word in (("id", "Bulan harus"), ("en", "Write the month")):
        said = sentence("matching.problem", {"month": "2026-12", "faults": [fault] * 2}, language)
        assert said.count(word) == 2
