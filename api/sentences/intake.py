"""Sentences about files that come in."""

SENTENCES: dict[str, str] = {
    "intake.not_found": "Berkas impor tidak ditemukan.",
    "intake.nothing_rejected": "Tidak ada baris yang ditolak dari %(file)s.",
    "intake.no_issue": "Masalah itu tidak ada (lagi) pada berkas ini.",
    "import.no_file": "Pilih berkasnya dahulu.",
    "import.cli_apply": "Terapkan?",
    "import.cli_applied": "Diterapkan.",
    "import.cli_not_applied": "Tidak diterapkan; tidak ada yang berubah.",
    "import.cli_results": (
        "%(file)s, %(kind)s: %(rows)s baris; %(new)s hasil baru, %(changed)s diubah, %(same)s "
        "sudah tercatat, %(rejected)s ditolak."
    ),
    "import.cli_conflicts": (
        "%(count)s baris berbeda dengan catatan lapangan, yang dipertahankan. Putuskan di halaman "
        "Berkas bila isi berkas yang benar."
    ),
    "import.cli_warnings": "%(count)s catatan pada baris yang tetap dipakai; lihat halaman Berkas.",
    "import.cli_unfilled": "%(count)s baris belum diisi hasilnya.",
    "import.cli_duplicates": "%(count)s pasangan data mungkin ganda; putuskan di Data ganda.",
    "cli.date_order": (
        "Jalankan lagi dengan --date-order dmy (hari dahulu) atau --date-order mdy (bulan dahulu)."
    ),
    "cli.date_example": '"%(text)s": %(dmy)s (dmy) atau %(mdy)s (mdy)?',
    "intake.kind": "%(name)s berisi hasil pengantaran. Masukkan lewat halaman Hasil.",
    "intake.date_order": (
        "Tanggal pada %(name)s (%(columns)s) dapat dibaca hari-bulan atau bulan-hari. Pilih "
        "urutannya, lalu lanjutkan."
    ),
    "intake.state": "Berkas ini sudah berstatus %(found)s, jadi langkah ini tidak dapat dilakukan.",
    "intake.changed_since_preview": (
        "Data berubah sejak %(file)s diperiksa. Tidak ada yang disimpan; unggah lagi untuk "
        "melihat perubahannya."
    ),
    "intake.undo_gone": (
        "%(file)s diterapkan lebih dari %(days)s hari yang lalu; rinciannya sudah dihapus dan "
        "tidak dapat diurungkan lagi. Perbaiki barisnya satu per satu."
    ),
    "intake.built_upon": (
        "Impor %(batch)s tidak dapat diurungkan: datanya (%(table)s) sudah diubah atau dipakai "
        "sesudahnya. Tidak ada yang diubah."
    ),
    "word.household": "rumah tangga",
    "word.child": "anak",
    "word.measurement": "pengukuran",
    "word.sponsor": "orang tua asuh",
    "word.pledge": "janji",
    "word.consent": "persetujuan wali",
    "word.duplicatepair": "pasangan data ganda",
    "word.droppoint": "titik bagi",
    "word.stockitem": "stok",
    "word.stockmove": "gerakan stok",
    "word.assignment": "pasangan",
    "word.cycle": "bulan",
    "word.accompaniment": "pendampingan",
    "intake.built_upon_by_file": (
        "Impor %(batch)s belum dapat diurungkan: %(file)s (impor %(later)s), yang diterapkan "
        "sesudahnya, mengubah data yang sama. Urungkan berkas itu dahulu."
    ),
    "child_came_back": (
        "Anak ini sudah keluar dari program tetapi diukur lagi. Ia tetap keluar; pejabat yang "
        "menerimanya kembali."
    ),
    "intake.merged_into": "Data ganda: sudah digabung; hanya ukuran barunya yang dipakai.",
    "intake.nik_of_another": (
        "NIK ini milik %(child)s yang nama atau tanggal lahirnya lain. Periksa NIK-nya; bila "
        "memang anak itu, betulkan dahulu namanya di halaman anak."
    ),
    "intake.sponsor_twice": (
        "%(sponsor)s tercantum dua kali dengan janji berbeda. Pilih satu atau jumlahkan sendiri."
    ),
    "intake.depot_without_point": (
        "Gudang %(place)s tanpa koordinat. Isi lintang dan bujur; rute mulai di sana."
    ),
    "intake.place_without_kelurahan": "Tempat %(place)s tanpa kelurahan. Isi kelurahannya.",
    "intake.depot_unknown": (
        'Gudang "%(depot)s" tidak dikenal. Impor daftar tempat dahulu atau tulis nama gudangnya.'
    ),
    "intake.fleet_depot_unknown": (
        'Gudang "%(depot)s" tidak dikenal, jadi kendaraan ini tidak mendapatnya. Impor daftar '
        "tempat dahulu, atau pilih gudangnya di Armada."
    ),
    "intake.fleet_depot_closed": (
        'Gudang "%(depot)s" sudah ditutup, jadi kendaraan ini tidak mendapatnya. Pilih gudang lain '
        "di Armada."
    ),
    "intake.unit_does_not_fit": "Satuan %(unit)s tidak cocok untuk %(item)s.",
    "intake.below_reserved": (
        "%(item)s: dihitung %(counted)s, tetapi %(reserved)s sudah dijanjikan untuk paket."
    ),
    "intake.packed_in_between": (
        "%(packed)s lagi sudah di dalam %(n)s paket yang dikemas dan belum berangkat. Hitungan "
        "%(counted)s harus tanpa isi paket itu; bila isinya ikut terhitung, kurangi %(packed)s "
        "lalu unggah lagi."
    ),
    "intake.child_unknown": (
        'Tidak ada anak terdaftar yang cocok dengan "%(child)s". Impor data anak itu dahulu, atau '
        "samakan nama dan tanggal lahirnya dengan yang terdaftar."
    ),
    "intake.child_nik_unknown": (
        'Tidak ada anak terdaftar dengan NIK %(nik)s, juga tidak bernama "%(child)s" dengan '
        "tanggal lahir itu. Impor data anak itu dahulu, atau betulkan NIK-nya."
    ),
    "intake.other_help_ambiguous": (
        "%(child)s cocok dengan lebih dari satu anak yang lahir pada hari yang sama; tidak "
        "dicatat. Isi NIK pada baris itu."
    ),
    "intake.consent_contradictory": (
        "Surat wali anak %(child)s (%(code)s) dari %(day)s berkata ya dan tidak. Persetujuannya "
        "belum berlaku sampai wali ditanya lagi dan jawabannya dicatat di lembar anak."
    ),
    "intake.consent_nik_unknown": (
        'Dicocokkan menurut nama: "%(child)s" dengan tanggal lahir itu adalah %(code)s, yang belum '
        "punya NIK; NIK %(nik)s belum dikenal. Bila benar anak itu, isi NIK-nya di halaman anak; "
        "bila bukan, hapus baris ini dari berkas sebelum menerapkan."
    ),
    "intake.consent_other_nik": (
        'Dicocokkan menurut nama: "%(child)s" dengan tanggal lahir itu adalah %(code)s, tetapi '
        "NIK-nya terdaftar %(known)s dan di berkas %(nik)s. Periksa mana yang benar; bila ini anak "
        "lain, hapus baris ini dari berkas sebelum menerapkan."
    ),
    "intake.consent_other_name": (
        "Dicocokkan menurut NIK %(nik)s: itu %(code)s %(known)s, tetapi berkas menulis "
        '"%(child)s". Bila NIK-nya salah tulis, betulkan di berkas sebelum menerapkan.'
    ),
    "intake.child_row_rejected": (
        'Anak "%(child)s" belum terdaftar: baris anak ini di %(file)s (baris %(rows)s) ditolak. '
        "Perbaiki dahulu itu, lalu unggah baris ini lagi."
    ),
    "intake.child_ambiguous": (
        '%(n)s anak terdaftar cocok dengan "%(child)s": %(codes)s. Tulis yang dimaksud di kolom '
        "%(key)s."
    ),
    "intake.sponsor_unknown": (
        'Tidak ada orang tua asuh terdaftar bernama "%(sponsor)s". Impor daftar orang tua asuh '
        "dahulu, atau betulkan namanya."
    ),
    "intake.sponsor_ambiguous": (
        '%(n)s orang tua asuh terdaftar cocok dengan "%(sponsor)s": %(codes)s. Tulis yang dimaksud '
        "di kolom Kode Orang Tua Asuh."
    ),
    "intake.sponsor_without_pledge": (
        'Orang tua asuh "%(sponsor)s" (%(codes)s) terdaftar tanpa janji. Catat janjinya dahulu.'
    ),
    "intake.pair_differs": (
        "Pasangan %(child)s pada %(month)s sudah tercatat lain. Pasangan bulan yang dijalankan "
        "di sini tidak ditimpa berkas."
    ),
    "family_not_linked": "Tidak ada rumah tangga anak yang cocok; tidak ada yang berubah.",
    "sponsor_not_willing": "Tidak bersedia: dicatat tanpa janji.",
    "sponsor_gives_no_more": (
        "Tidak bersedia lagi, tetapi janjinya masih berjalan: akhiri janji itu di halaman orang "
        "tua asuh, agar anaknya mendapat pengganti."
    ),
    "pledge_months_assumed": (
        "Bulan mulai atau lamanya tidak disebut; dipakai bulan ini dan 6 bulan."
    ),
    "vehicle_volume_assumed": "Volume tidak disebut; dipakai volume lazim jenisnya.",
    "word.children": "data anak (e-PPGBM)",
    "word.krs": "keluarga risiko stunting (KRS)",
    "word.sponsors": "orang tua asuh",
    "word.places": "tempat (gudang, posyandu, kantor kelurahan)",
    "word.fleet": "kendaraan",
    "word.stock": "stok barang",
    "word.last_month": "pasangan bulan lalu",
    "word.results": "hasil pengantaran",
    "word.consents": "persetujuan wali",
    "file.file_empty": "File %(name)s kosong. Pilih file yang berisi tabel.",
    "file.file_unreadable": "File %(name)s tidak dapat dibuka. Periksa letak file dan izinnya.",
    "file.file_too_big": "File %(name)s lebih dari %(megabytes)s MB. Bagi menjadi beberapa file.",
    "file.file_unpacks_too_big": (
        "File %(name)s mengembang menjadi %(megabytes)s MB saat dibuka, jadi tidak dibaca. Salin "
        "tabelnya saja ke buku kerja baru, simpan, lalu unggah lagi."
    ),
    "file.file_too_long": (
        "File %(name)s berisi lebih dari %(max_rows)s baris. Bagi menjadi beberapa file."
    ),
    "file.file_encrypted": (
        "File %(name)s terkunci kata sandi. Buka di Excel, hapus kata sandinya (File > Info > "
        "Lindungi Buku Kerja), simpan, lalu unggah lagi."
    ),
    "file.file_corrupt": (
        "File %(name)s rusak atau terpotong. Buka di Excel, simpan ulang sebagai .xlsx, lalu "
        "unggah lagi."
    ),
    "file.file_not_a_table": "File %(name)s bukan tabel. Yang dapat dibaca: .xlsx, .xls, .csv.",
    "file.file_is_web_page": (
        "File %(name)s sebenarnya halaman web tanpa tabel. Unduh lagi dari aplikasi asalnya, "
        "lalu unggah di sini."
    ),
    "file.file_too_heavy": (
        "File %(name)s tidak dapat dibaca dengan aman: isinya terlalu besar atau rusak. Salin "
        "tabelnya saja ke buku kerja baru, simpan, lalu unggah lagi."
    ),
    "file.file_too_slow": (
        "File %(name)s belum selesai dibaca setelah %(seconds)s detik, jadi dihentikan. Bagi "
        "menjadi beberapa file atau simpan sebagai .csv."
    ),
    "file.no_header": (
        "File %(name)s tidak punya baris judul kolom yang dikenal pada %(rows)s baris pertama. "
        "Tulis judul kolom seperti pada contoh file, lalu unggah lagi."
    ),
    "file.kind_unknown": (
        "Jenis file %(name)s tidak dikenal. Paling mirip %(nearest)s, tetapi kolom ini tidak "
        "ada: %(missing)s. Tambahkan kolom itu, lalu unggah lagi."
    ),
    "file.kind_other": (
        "File %(name)s berisi %(found)s, bukan %(said)s. Pilih jenis yang benar, atau biarkan "
        "dikenali sendiri, lalu unggah lagi."
    ),
    "file.kind_ambiguous": (
        "File %(name)s dapat berarti %(kinds)s. Pilih jenisnya, lalu unggah lagi."
    ),
}
