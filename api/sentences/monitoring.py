"""Sentences about shares by area."""

SENTENCES: dict[str, str] = {
    "monitoring.ratio": "Angka %(found)s tidak dikenal.",
    "monitoring.months": "Bulan terakhir tidak boleh sebelum bulan pertama.",
    "monitoring.sheet": "Lembar %(found)s tidak ada.",
    "verdict.too_few": "terlalu sedikit untuk dinilai",
    "verdict.within": "dalam batas kebetulan",
    "verdict.higher": "lebih tinggi dari kebetulan",
    "verdict.lower": "lebih rendah dari kebetulan",
}
