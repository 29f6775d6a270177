"""What staff pages say after something was done, and words of the month."""

SENTENCES: dict[str, str] = {
    "month.opened": "%(month)s dibuka.",
    "month.did.lock": "Data %(month)s dikunci. Sekarang anak dapat dipasangkan.",
    "month.did.unlock": "Kunci data %(month)s dibuka.",
    "month.did.submit": "%(month)s diajukan. Pejabat lain yang menyetujuinya.",
    "month.did.approve": "Pasangan %(month)s disetujui. Paket dapat disiapkan.",
    "month.did.reject": "%(month)s dikembalikan kepada pengusul.",
    "month.did.cancel": "%(month)s dibatalkan.",
    "import.applied": "%(file)s diterapkan.",
    "import.discarded": "%(file)s dibuang; tidak ada yang tersimpan.",
    "import.undone": "%(file)s diurungkan.",
    "duplicate.compared": "%(count)s pasangan data ditemukan.",
    "duplicate.decided": "Keputusan disimpan: %(decision)s.",
    "hold.pinned": (
        "%(child)s disematkan pada %(pledge)s. Jalankan Pasangkan ulang agar berlaku."
    ),
    "hold.banned": "%(child)s dilarang pada %(pledge)s. Jalankan Pasangkan ulang agar berlaku.",
    "hold.released": "Dilepas. Jalankan Pasangkan ulang agar berlaku.",
    "field.choice": "Pilih salah satu.",
}
