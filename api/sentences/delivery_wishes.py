"""Sentences about how families want to be served and what vehicles can do."""

SENTENCES: dict[str, str] = {
    "label.receives_from": "Menerima paket mulai jam",
    "label.receives_until": "Menerima paket sampai jam",
    "label.needs_skills": "Memerlukan kurir yang",
    "label.max_walk_m": "Sanggup berjalan kaki (meter)",
    "field.clock": "Tulis jam seperti 15:00.",
    "field.kilograms": "Tulis kilogram, misalnya 40 atau 700,5.",
    "field.litres": "Tulis liter, misalnya 90.",
    "field.kilometres": "Tulis kilometer, misalnya 60.",
    "household.hours": "Jam terakhir harus sesudah jam pertama.",
    "vehicle.name_taken": "Sudah ada kendaraan dengan nama itu.",
    "vehicle.hours": "Jam selesai harus sesudah jam mulai.",
    "vehicle.stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "vehicle.capacity": "Harus paling sedikit 1.",
    "break.istirahat": "Istirahat",
    "break.salat Jumat": "Salat Jumat",
    "vehicle.did.saved": "%(vehicle)s tersimpan.",
}
