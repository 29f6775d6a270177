"""Reasons, violations and remedies of routes say how much, in the units and words of the reader."""

import pytest

from api.i18n import all_sentences, kind_of, sentence
from logistics.check import ViolationCode
from logistics.faults import FaultCode
from logistics.pair_rules import PAIR_RULES
from logistics.plan import ReasonCode, RemedyCode


@pytest.mark.parametrize(
    ("code", "params", "indonesian", "english"),
    [
        (
            "unserved.too_heavy",
            {"weight_g": 16_250, "limit": 8_400},
            "Terlalu berat: 16,2 kg, kendaraan terbesar memuat 8,4 kg",
            "Too heavy: 16.2 kg, the largest vehicle carries 8.4 kg",
        ),
        (
            "unserved.too_large",
            {"volume_ml": 1_250, "limit": 900},
            "Terlalu besar: 1,25 liter, kendaraan terbesar memuat 0,9 liter",
            "Too large: 1.25 litres, the largest vehicle holds 0.9 litres",
        ),
        (
            "unserved.walk_too_far",
            {"walk_m": 1_400, "limit": 800},
            "Tempat terdekat 1,4 km berjalan kaki; keluarga sanggup 800 m",
            "The nearest place is a walk of 1.4 km; the family can walk 800 m",
        ),
        (
            "unserved.heat",
            {"needed_s": 5_460, "limit": 3_600},
            "Terlalu lama di panas: perjalanannya 1 jam 31 menit, batasnya 1 jam",
            "Too long in the heat: the way takes 1 h 31 min, the limit is 1 h",
        ),
        (
            "unserved.heat",
            {"needed_s": 3_599, "limit": 3_540},
            "Terlalu lama di panas: perjalanannya 1 jam, batasnya 59 menit",
            "Too long in the heat: the way takes 1 h, the limit is 59 min",
        ),
        (
            "unserved.window_too_early",
            {"closes_s": 32_400, "earliest_s": 33_061, "late_s": 661},
            "Jam terima berakhir pukul 09.00; kendaraan tiba paling cepat pukul 09.11.01",
            "Its hours end at 09:00; a vehicle arrives at 09:11:01 at the earliest",
        ),
        (
            "unserved.no_skill",
            {"skills": ["female_courier", "crane"]},
            "Tidak ada kendaraan atau kurir dengan syarat: kader atau kurir perempuan, crane",
            "No vehicle or courier has what it takes: female kader or courier, crane",
        ),
        (
            "unserved.rules_together",
            {"rules": ["unserved.too_heavy", "unserved.no_cool_box"]},
            "Tidak ada kendaraan dan hari yang memenuhi semuanya: beratnya, kotak pendingin",
            "No vehicle and day keep all of: its weight, cool box",
        ),
        (
            "violation.wrong_time",
            {"name": "arrival_s", "expected": 28_800, "found": 28_860},
            "Salah hitung: jam tiba tertulis 08.01, seharusnya 08.00",
            "Wrong figure: the arrival is told as 08:01, it should be 08:00",
        ),
        (
            "violation.wrong_total",
            {"name": "cost_rp", "expected": 5_600, "found": 45},
            "Salah hitung: biaya tertulis Rp 45, seharusnya Rp 5.600",
            "Wrong figure: the cost is told as Rp 45, it should be Rp 5,600",
        ),
        (
            "violation.too_many_stops",
            {"amount": 31, "limit": 30},
            "Terlalu banyak perhentian: 31, batasnya 30",
            "Too many stops: 31, the limit is 30",
        ),
    ],
)
def test_amounts_are_told_with_their_unit(
    code: str, params: dict[str, object], indonesian: str, english: str
) -> None:
    assert sentence(code, params, "id") == indonesian
    assert sentence(code, params, "en") == english


def test_a_rule_named_without_its_values_shows_no_gaps() -> None:
    for code in (*ReasonCode, *ViolationCode):
        said = sentence(kind_of(code.value), {}, "id")
        assert "–" not in said, code
    params = {"count": 2, "rules": ["violation.overweight", "violation.too_far"]}
    told = sentence("plan.unsound", params, "id")
    assert "Melebihi muatan berat kendaraan, Jarak tempuh terlalu jauh" in told


def test_every_code_of_routing_has_a_sentence() -> None:
    known = all_sentences()
    for code in (*ReasonCode, *RemedyCode, *ViolationCode):
        assert code.value in known
    for rule in PAIR_RULES:
        assert f"rule_name.{rule.value.rpartition('.')[2]}" in known
    for fault in FaultCode:
        assert known[f"route_fault.{fault.name.lower()}"].startswith(f"{fault.value}: ")
