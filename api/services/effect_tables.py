"""The sheet that answers whether support helps, or says that it cannot be told yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.documents.report_models import Column, ColumnKind, Table
from api.i18n import N_, Formats, translator
from api.services.clock import local_date
from api.services.effect_answer import effect_answer
from api.services.report_tables import HIDDEN
from api.services.support_effect import INDICES
from data.monitoring import SMALLEST_SHOWN

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.documents.report_models import Cell
    from api.i18n import Translate
    from api.services.monitoring_sheets import Wanted
    from data.monitoring.effect import Effect

__all__ = ["NAMES", "effect_sentence", "effect_tables"]

NAMES = {"haz": N_("TB/U"), "waz": N_("BB/U")}
SENTENCES = {
    "better": N_(
        "%(indeks)s: anak yang didampingi bertambah %(beda)s SD lebih banyak daripada anak "
        "sebanding (19 dari 20: %(bawah)s sampai %(atas)s)."
    ),
    "worse": N_(
        "%(indeks)s: anak yang didampingi bertambah %(beda)s SD lebih sedikit daripada anak "
        "sebanding (19 dari 20: %(bawah)s sampai %(atas)s). Cari sebabnya sebelum menyimpulkan."
    ),
    "no_difference_seen": N_(
        "%(indeks)s: belum dapat dikatakan. Bedanya %(beda)s SD, tetapi kebetulan saja dapat "
        "memberi %(bawah)s sampai %(atas)s."
    ),
    "too_few": N_(
        "%(indeks)s: belum dapat dikatakan. Baru ada %(pasangan)s pasang anak sebanding; perlu 30."
    ),
    "unlike": N_(
        "%(indeks)s: belum dapat dikatakan. Anak yang didampingi dan pembandingnya sudah berbeda "
        "sejak awal."
    ),
    "unlike_before": N_(
        "%(indeks)s: belum dapat dikatakan. Sebelum ada pendampingan pun keduanya sudah tumbuh "
        "berbeda."
    ),
}
FEW = N_("%(indeks)s: belum dapat dikatakan. Kurang dari 5 pasang anak sebanding; perlu 30.")
METHOD = N_(
    "Setiap anak yang didampingi dipasangkan dengan satu anak yang belum didampingi dari kecamatan "
    "dan jenis kelamin yang sama, beda umur paling banyak 3 bulan dan beda skor-z awal paling "
    "banyak 0,3. Anak dengan skor rendah cenderung naik dengan sendirinya; pembandingnya juga."
)
LIMITS = N_(
    "Keterbatasan: anak dipilih menurut kebutuhan, jadi pada skor yang terukur sama keadaan "
    "sebenarnya dapat lebih berat; keluarga dapat juga dibantu pihak lain; kesalahan ukur "
    "melebarkan rentang."
)


def effect_sentence(index: str, found: Effect, say: Translate, formats: Formats) -> str:
    """Return in one sentence what may be said of an index."""
    seen = found.estimate
    values: dict[str, object] = {"indeks": say(NAMES[index]), "pasangan": found.pairs}
    if seen is not None:
        sign = -1 if found.why.value == "worse" else 1
        low, high = sorted((sign * seen.low, sign * seen.high))
        values |= {
            "beda": formats.number(sign * seen.mean, decimals=2),
            "bawah": formats.number(low, decimals=2),
            "atas": formats.number(high, decimals=2),
        }
    return say(SENTENCES[found.why.value], **values)


def effect_tables(session: Session, wanted: Wanted) -> tuple[Table, ...]:
    """Return the answer, its interval, and the checks that it stands on."""
    say, formats = translator(wanted.language), Formats(wanted.language)
    answer = effect_answer(session)
    found = answer.effects
    rows = tuple(_row(index, found[index], say, is_public=wanted.is_public) for index in INDICES)
    return (
        Table(
            title=say(N_("Pertumbuhan sekitar enam bulan dibanding anak sebanding")),
            columns=(
                Column(say(N_("Indeks"))),
                Column(say(N_("Didampingi")), ColumnKind.COUNT, "effect_children"),
                Column(say(N_("Belum didampingi")), ColumnKind.COUNT, "effect_children"),
                Column(say(N_("Pasang anak")), ColumnKind.COUNT, "effect_pairs"),
                Column(say(N_("Beda (SD)")), ColumnKind.DECIMAL, "effect_difference"),
                Column(say(N_("Batas bawah")), ColumnKind.DECIMAL, "effect_difference"),
                Column(say(N_("Batas atas")), ColumnKind.DECIMAL, "effect_difference"),
                Column(
                    say(N_("Beda umur awal (SD, paling banyak 0,1)")),
                    ColumnKind.DECIMAL,
                    "effect_imbalance",
                ),
                Column(
                    say(N_("Beda skor awal (SD, paling banyak 0,1)")),
                    ColumnKind.DECIMAL,
                    "effect_imbalance",
                ),
                Column(say(N_("Beda sebelum mulai (SD)")), ColumnKind.DECIMAL, "effect_before"),
            ),
            rows=rows,
            source=say(
                N_("Asuh, laporan %(bulan)s versi %(nomor)s"),
                bulan=formats.month(answer.month),
                nomor=answer.version.number,
            )
            if answer.version
            else say(N_("Asuh, pengukuran dan pasangan yang berlaku")),
            as_of=local_date(answer.version.at if answer.version else wanted.now),
            notes=(
                *(
                    say(FEW, indeks=say(NAMES[index]))
                    if wanted.is_public and 0 < found[index].pairs < SMALLEST_SHOWN
                    else effect_sentence(index, found[index], say, formats)
                    for index in INDICES
                ),
                say(METHOD),
                say(LIMITS),
            ),
            behind=()
            if wanted.is_public
            else tuple(f"/monev/manfaat/baris?indeks={index}" for index in INDICES),
        ),
    )


def _row(index: str, found: Effect, say: Translate, *, is_public: bool) -> tuple[Cell, ...]:
    """Return an index; fewer than five children do not leave the office."""
    seen, before = found.estimate, found.before
    return (
        say(NAMES[index]),
        *(
            HIDDEN if is_public and 0 < count < SMALLEST_SHOWN else count
            for count in (found.supported, found.others, found.pairs)
        ),
        seen.mean if seen else None,
        seen.low if seen else None,
        seen.high if seen else None,
        found.imbalance["age"],
        found.imbalance["z"],
        before.mean if before else None,
    )
