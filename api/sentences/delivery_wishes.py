"""Sentences about how families want to be served and what vehicles can do."""

SENTENCES: dict[str, str] = {
    "label.receives_from": "Menerima paket mulai jam",
    "label.receives_until": "Menerima paket sampai jam",
    "label.needs_skills": "Memerlukan kurir yang",
    "label.max_walk_m": "Sanggup berjalan kaki (meter)",
    "label.away_from": "Tidak di rumah mulai jam",
    "label.away_until": "Tidak di rumah sampai jam",
    "label.pause_from": "Istirahat mulai jam",
    "label.pause_until": "Istirahat sampai jam",
    "label.delivery_priority": "Urutan bila tidak semua muat",
    "stop_note.posyandu_day": "Hari posyandu: tanggal %(n)s",
    "stop_note.gap": "Tidak ada orang %(starts)s–%(ends)s",
    "stop_note.skills": "Memerlukan kurir yang %(skills)s",
    "stop_note.cool_box": "Ada isi dari kotak dingin",
    "stop_note.heat": "Serahkan sebelum %(at)s: isinya tidak tahan panas",
    "priority.0": "menurut kebutuhan anaknya",
    "priority.1": "1: paling dahulu",
    "priority.2": "2: sesudah yang paling membutuhkan",
    "priority.3": "3: seperti kebanyakan keluarga",
    "priority.9": "9: paling akhir",
    "household.half_gap": "Isi kedua jam, atau kosongkan keduanya.",
    "household.gap": (
        "Jam tidak di rumah harus berurutan dan berada di antara jam menerima; kalau tidak, ubah "
        "jam menerimanya saja."
    ),
    "household.wishes_stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "household.did.wishes": "Cara mengantar ke %(code)s tersimpan.",
    "field.clock": "Tulis jam seperti 15:00.",
    "field.kilograms": "Tulis kilogram, misalnya 40 atau 700,5.",
    "field.litres": "Tulis liter, misalnya 90.",
    "field.kilometres": "Tulis kilometer, misalnya 60.",
    "field.speed": "Tulis kilometer sejam dari 1 sampai 200, misalnya 25.",
    "household.hours": "Jam terakhir harus sesudah jam pertama.",
    "vehicle.name_taken": "Sudah ada kendaraan dengan nama itu.",
    "vehicle.hours": "Jam selesai harus sesudah jam mulai.",
    "vehicle.stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "vehicle.capacity": "Harus paling sedikit 1.",
    "vehicle.depot": "Pilih gudang yang masih dipakai.",
    "depot.name_taken": "Sudah ada gudang dengan nama itu.",
    "depot.hours": "Jam tutup harus sesudah jam buka.",
    "depot.point_unreadable": (
        "Tempel dua angka (lintang, bujur), atau tautan peta yang memuat keduanya; tautan pendek "
        "dibuka dahulu."
    ),
    "depot.point_swapped": "Lintang dan bujur tertukar.",
    "depot.point_outside": "Titik ini di luar Indonesia. Periksa angkanya.",
    "depot.far": (
        "Titik ini lebih dari %(km)s km dari semua rumah yang dikenal. Periksa lagi angkanya."
    ),
    "depot.stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "depot.last": (
        "%(depot)s satu-satunya gudang yang dipakai. Tambah gudang penggantinya dahulu, atau ubah "
        "titiknya bila gudang ini pindah."
    ),
    "depot.holds_goods": (
        "%(depot)s masih menyimpan %(n)s jenis barang, di rak atau dalam kotak. Kosongkan dahulu: "
        "di halaman Stok catat hitungan 0 di gudang ini dan barang masuk di gudang lain; kotak "
        "yang sudah dikemas diberangkatkan atau dibongkar."
    ),
    "depot.has_vehicles": (
        "Masih ada kendaraan yang berangkat dari %(depot)s: %(names)s. Pilihkan gudang lain dahulu."
    ),
    "depot.has_routes": (
        "Masih ada rute dari %(depot)s yang belum selesai: %(routes)s. Catat hasilnya, atau susun "
        "ulang dari gudang lain yang belum berangkat."
    ),
    "depot.did.saved": "%(depot)s tersimpan.",
    "goods.days": "Tulis hari dengan bilangan bulat dari 0 sampai 365.",
    "goods.minutes": "Tulis menit dengan bilangan bulat dari 1 sampai 1440, atau kosongkan.",
    "goods.stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "goods.unknown": "Barang itu tidak dikenal.",
    "goods.did.saved": "Batas %(item)s tersimpan.",
    "goods.did.cleared": "%(item)s kembali ke angka acuan.",
    "label.max_days_before_delivery": "Boleh menunggu (hari)",
    "label.max_heat_minutes": "Di jalan tanpa kotak dingin (menit)",
    "drop_point_kind.posyandu": "posyandu",
    "drop_point_kind.kelurahan_office": "kantor kelurahan",
    "drop_point_kind.other": "tempat lain",
    "drop_point.unknown": "Titik bagi itu tidak ada.",
    "drop_point.name_taken": "Sudah ada titik bagi dengan nama itu di kelurahan ini.",
    "drop_point.hours": "Jam tutup harus sesudah jam buka.",
    "drop_point.gap": "Jam istirahat harus berurutan dan berada di antara jam buka dan jam tutup.",
    "drop_point.day": "Tulis tanggal dari 1 sampai 31, misalnya 12.",
    "drop_point.day_of_posyandu": "Hanya posyandu yang mempunyai hari; kosongkan untuk jenis ini.",
    "drop_point.last": ("Ini satu-satunya titik bagi yang dipakai. Tambah penggantinya dahulu."),
    "drop_point.stale": (
        "Sementara Anda mengisi, orang lain menyimpan: %(saved)s. Simpan lagi bila isian Anda yang "
        "benar."
    ),
    "drop_point.did.saved": "%(name)s tersimpan.",
    "break.istirahat": "Istirahat",
    "break.salat Jumat": "Salat Jumat",
    "vehicle.did.saved": "%(vehicle)s tersimpan.",
}
