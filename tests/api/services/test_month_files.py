"""The lists of a month are read by people: no code of ours where a word belongs."""

import csv
import io

import pytest
from sqlmodel import Session

from api.i18n import sentence, translator
from api.services import packing
from api.services.change_words import kind_words, loss_words
from api.services.match_changes import BY_GOALS, Change, PriceBound, _told_by
from api.services.month_columns import ASSIGNMENT_COLUMNS
from api.services.month_files import (
    _goods,
    dialled_number,
    duplicates_csv,
    shortages_csv,
)
from api.services.shortage_signing import sign_shortage
from api.services.shortages import Remedy
from data.readers.headers import LAYOUTS, squash
from data.readers.records import Kind
from data.readers.words import as_phone
from data.reference.items import item
from data.schema import DuplicatePair, PairDecision, PairKind
from matcher.policy import LevelName
from tests.api.services.test_packing import short_of_eggs
from tests.factories import NOW, make_child, stored

pytestmark = pytest.mark.stores("sqlite")


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("decision", "word"),
    [
        (PairDecision.OPEN, "belum diputuskan"),
        (PairDecision.DISTINCT, "berbeda"),
        (PairDecision.DUPLICATE, "sama"),
    ],
)
def test_a_pair_says_what_was_decided(session: Session, decision: PairDecision, word: str) -> None:
    first, second = make_child(session), make_child(session)
    stored(
        session,
        DuplicatePair(
            kind=PairKind.CHILD,
            first_id=first.id or 0,
            second_id=second.id or 0,
            score=97,
            reasons=[],
            decision=decision,
        ),
    )
    [line] = lines(duplicates_csv(session))
    assert (line["Kode 1"], line["Kode 2"]) == (first.code, second.code)
    assert word in line["Keputusan"]


def test_a_shortage_says_what_is_done_about_it(session: Session) -> None:
    cycle, by, _ = short_of_eggs(session)
    packing.pack_cycle(session, cycle=cycle, by=by, now=NOW)
    sign_shortage(session, cycle=cycle, item_code="telur", remedy=Remedy.WAIT, by=by, now=NOW)
    [line] = lines(shortages_csv(session, cycle))
    assert (line["Barang"], line["Kurang"]) == ("Telur ayam", "30")
    assert line["Tindakan"] == "yang paling ringan kebutuhannya menunggu"


@pytest.mark.parametrize("level", list(LevelName))
def test_every_level_has_a_word_in_both_languages(level: LevelName) -> None:
    words = {sentence(f"word.level_{level.value}", {}, language) for language in ("id", "en")}
    assert len(words) == 2
    assert not any("level" in word for word in words)


def change(**price: int) -> Change:
    return Change(
        child_code="A-1", before="J-1", after="J-2", reason=BY_GOALS, price=price,
        bound=PriceBound.AT_LEAST,
    )  # fmt: skip


def test_a_price_names_the_goals_that_suffer_in_their_units() -> None:
    told = change(kept=-1, area=2, distance=15, lottery=582_797)
    assert loss_words(told, "id") == (
        "paling sedikit: 2 langkah lebih jauh (kelurahan, kecamatan); 1,5 km lebih jauh"
    )
    assert "1.5 km" in loss_words(told, "en")


@pytest.mark.parametrize(
    ("price", "bound", "reason", "why", "loss"),
    [
        ({"kept": -1, "points": 13, "lottery": 4}, "exact", "change.by_goals",
         "Tujuan yang lebih tinggi didahulukan: angka kebutuhan.", "13 angka kebutuhan"),
        ({"points": 0, "lottery": 4}, "exact", "change.by_lottery",
         "Sama baik pada semua tujuan; undian yang menentukan.", "tidak ada tujuan yang rugi"),
        ({"kept": -1, "lottery": 4}, "at_least", "change.goal_unknown",
         "Tujuan yang lebih tinggi didahulukan; yang mana hanya terlihat dengan memasangkan ulang.",
         "baru diketahui dengan memasangkan ulang"),
        ({"kept": -1}, "exact", "change.no_loss",
         "Mempertahankannya tidak merugikan tujuan mana pun: hitungan ini belum terbukti terbaik.",
         "tidak ada tujuan yang rugi"),
    ],
)  # fmt: skip
def test_a_change_names_the_goal_that_came_first_and_never_leaves_the_loss_blank(
    price: dict[str, int], bound: str, reason: str, why: str, loss: str
) -> None:
    found, params = _told_by(price, PriceBound(bound))
    assert (found, sentence(found, params, "id")) == (reason, why)
    told = Change(
        child_code="A-1", before="J-1", after="J-2", reason=found, params=params, price=price,
        bound=PriceBound(bound),
    )  # fmt: skip
    assert loss in loss_words(told, "id")
    assert loss_words(told, "en") != loss_words(told, "id")


def test_a_change_says_whether_a_sponsor_was_won_lost_or_changed() -> None:
    def told(before: str | None, after: str | None, reason: str) -> tuple[str, str]:
        each = Change(child_code="A-1", before=before, after=after, reason=reason)
        return kind_words(each, "id"), loss_words(each, "id")

    assert told(None, "J-2", "change.newly_covered") == ("baru mendapat", "–")
    rule = "tidak dapat dipertahankan; lihat sebabnya"
    assert told("J-1", None, "child.no_consent") == ("tidak lagi mendapat", rule)
    assert told("J-1", "J-2", "change.pins_took_it") == ("berganti orang tua asuh", rule)


def test_goods_are_named_in_the_readers_language() -> None:
    assert _goods(item("beras"), 5, "id") == "Beras 5 kg"
    assert _goods(item("beras"), 5, "en") == "Rice 5 kg"


@pytest.mark.parametrize(
    ("phone", "written"),
    [
        ("+6281300000004", "0813-0000-0004"),
        ("+62717123456", "0717-1234-56"),
        (None, ""),
    ],
)
def test_a_spreadsheet_keeps_the_zero_of_a_number_and_it_is_read_back(
    phone: str | None, written: str
) -> None:
    assert dialled_number(phone) == written
    assert (as_phone(written).value if phone else None) == phone


def test_a_number_of_another_country_is_written_as_it_is_dialled() -> None:
    assert dialled_number("+60123456789") == "0060-1234-5678-9"


def test_lists_are_in_the_language_asked_and_next_month_reads_either() -> None:
    known = LAYOUTS[Kind.LAST_MONTH].spellings()
    wanted = {"month", "child_code", "child_name", "born_on", "parent_name", "kelurahan",
              "sponsor_code", "sponsor_name", "sponsor_phone", "status"}  # fmt: skip
    for language in ("id", "en"):
        say = translator(language)
        names = [say(column) for column in ASSIGNMENT_COLUMNS]
        assert wanted <= {known.get(squash(name)) for name in names}
        assert len(set(names)) == len(names)


def test_an_english_list_has_no_indonesian_header(session: Session) -> None:
    head, *_ = duplicates_csv(session, "en").decode("utf-8-sig").splitlines()
    assert head == "Kind;Code 1;Name 1;Code 2;Name 2;Value;Reason;Decision"
