"""Sentences about goods that couriers fetch on the way."""

SENTENCES: dict[str, str] = {
    "pickup.unknown": "Jemputan tidak ditemukan.",
    "pickup.stale": "Jemputan ini sudah diubah orang lain (versi %(version)s). Muat ulang.",
    "pickup.over": "%(label)s tidak dapat diubah lagi: sudah selesai atau rutenya sudah berangkat.",
    "pickup.not_away": "Hasil %(label)s dicatat setelah rutenya berangkat.",
    "pickup.not_fetched": "%(label)s belum terambil; barangnya belum dapat masuk stok.",
    "pickup.item_counted": (
        "Barang ini dari %(label)s sudah masuk stok: %(count)s. Betulkan di Stok bila salah."
    ),
    "pickup.in_stock": "Barang %(label)s sudah masuk stok; hasilnya tidak dapat diubah lagi.",
    "pickup.did.stocked": "%(barang)s dari %(label)s masuk stok.",
    "pickup.note": "Tulis mengapa barangnya tidak terambil.",
    "pickup.place": "Tulis lintang dan bujur; tanpa itu kurir tidak dapat diarahkan.",
    "pickup.hours": "Jam terakhir harus sesudah jam pertama.",
    "pickup.did.saved": "%(label)s tersimpan dan menunggu rencana rute.",
    "pickup.did.cancelled": "%(label)s dibatalkan.",
    "pickup.did.recorded": "Hasil %(label)s tercatat.",
    "pickup_state.waiting": "Menunggu rute",
    "pickup_state.planned": "Di rute",
    "pickup_state.fetched": "Terambil",
    "pickup_state.missed": "Tidak terambil",
    "pickup_state.cancelled": "Dibatalkan",
}
