"""Sentences about shares by area."""

SENTENCES: dict[str, str] = {
    "monitoring.ratio": "Angka %(found)s tidak dikenal.",
    "monitoring.months": "Bulan terakhir tidak boleh sebelum bulan pertama.",
    "ratio.served": "Anak yang mendapat orang tua asuh",
    "ratio.served.of": "dari anak yang memenuhi syarat",
    "ratio.arrived": "Paket yang diterima (penuh atau sebagian)",
    "ratio.arrived.of": "dari paket yang direncanakan",
    "ratio.on_time": "Paket yang tiba pada hari yang direncanakan",
    "ratio.on_time.of": "dari paket yang tiba",
    "ratio.evidenced": "Penyerahan dengan foto atau nama penerima",
    "ratio.evidenced.of": "dari paket yang tiba",
    "ratio.measured": "Anak yang diukur pada bulannya",
    "ratio.measured.of": "dari anak yang didampingi",
    "ratio.gained": "Anak yang berat badannya naik (N)",
    "ratio.gained.of": "dari anak yang ditimbang dua bulan berturut-turut (N + T)",
    "verdict.too_few": "terlalu sedikit untuk dinilai",
    "verdict.within": "dalam batas kebetulan",
    "verdict.higher": "lebih tinggi dari kebetulan",
    "verdict.lower": "lebih rendah dari kebetulan",
}
