"""Sentences of places: what an account is bound to, and what waits there."""

SENTENCES: dict[str, str] = {
    "place.city": "seluruh kota",
    "place.kecamatan": "Kecamatan %(name)s",
    "place.kelurahan": "Kelurahan %(name)s",
    "place.posyandu": "Posyandu %(name)s",
    "place.puskesmas": "Puskesmas %(name)s",
    "place_task.accompaniment": "keluarga belum punya catatan pendampingan",
    "place_task.consumption": "paket yang tiba belum ditanyakan",
    "place_task.severe": "anak gizi buruk perlu dirujuk",
    "place_task.two_t": "anak dua kali tidak naik berat badan",
    "place_task.unmeasured": "anak terlalu lama tidak diukur",
    "place_task.consents": "anak yang persetujuannya perlu diurus",
    "place_task.doubts": "anak yang datanya perlu diperiksa",
    "place_task.twice": "anak mungkin tercatat dua kali, menunggu keputusan kantor",
    "place_task.reports": "laporan lapangan menunggu keputusan kantor",
    "supervision.answered": "Jawaban disimpan. Penemu temuan akan memeriksanya.",
}
