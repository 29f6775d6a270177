"""What ``asuh run`` says about a month that ran by itself."""

SENTENCES: dict[str, str] = {
    "run.no_files": (
        "Tidak ada berkas yang dapat dibaca di folder %(folder)s. "
        "Letakkan berkas anak dan orang tua asuh (.xls, .xlsx, .csv) di sana."
    ),
    "sample.folder_not_empty": (
        "Folder %(out)s sudah berisi %(files)s. Pilih folder lain, atau --force untuk menimpa yang "
        "bernama sama."
    ),
    "run.into_its_inputs": (
        "Hasil tidak ditulis ke folder masukan %(folder)s: berkas yang Anda punya dapat tertimpa. "
        "Pilih folder lain untuk --out."
    ),
    "run.other_files": (
        "Folder %(out)s sudah berisi %(files)s yang bukan hasil `asuh run` untuk %(month)s. Pilih "
        "folder lain, atau --force untuk menimpanya."
    ),
    "run.step.duplicates": "mencari anak ganda",
    "run.step.lock": "mengunci bulan",
    "run.step.match": "memasangkan anak",
    "run.step.pack": "menyiapkan paket",
    "run.step.plan": "merencanakan rute",
    "run.step.cost": "merencanakan rute, sejauh ini Rp %(cost)s",
    "run.step.files": "menulis berkas",
    "run.step.report": "menulis laporan",
    "run.by_itself": "program Asuh tanpa petugas",
    "run.replaced": "%(count)s berkas dari pelaksanaan sebelumnya untuk bulan ini diganti.",
    "run.no_file.places": (
        "Berkas gudang dan titik bagi tidak diserahkan: dipakai gudang dan kantor kelurahan "
        "dari data rujukan."
    ),
    "run.no_file.fleet": (
        "Berkas armada tidak diserahkan: dipakai kendaraan bawaan dari data rujukan."
    ),
    "run.no_file.stock": (
        "Berkas stok tidak diserahkan: daftar kekurangan menjadi daftar belanja."
    ),
    "run.no_file.children": "Berkas anak tidak diserahkan: tidak ada anak yang dapat dipasangkan.",
    "run.no_file.krs": (
        "Berkas keluarga berisiko stunting tidak diserahkan: kemiskinan dan risiko tidak dihitung."
    ),
    "run.no_file.consents": "Berkas persetujuan wali tidak diserahkan.",
    "run.no_file.sponsors": (
        "Berkas orang tua asuh tidak diserahkan: tidak ada janji yang dapat dipasangkan."
    ),
    "run.no_file.last_month": (
        "Berkas pasangan bulan lalu tidak diserahkan: tidak ada pasangan yang dipertahankan."
    ),
    "run.consent_not_required": (
        "Persetujuan wali tidak diperiksa karena daftarnya tidak diserahkan. Sebelum penyaluran, "
        "mintalah persetujuan setiap wali; anak tidak boleh ditampilkan kepada donatur."
    ),
    "run.shortage": "Stok %(item)s kurang %(missing)s: %(remedy)s.",
    "run.purchase_list": "Tanpa daftar stok: semua barang masuk daftar belanja (shortages.csv).",
    "run.nobody_matched": (
        "Tidak ada anak yang mendapat orang tua asuh bulan ini; alasan setiap anak ada di "
        "unassigned.csv. Tidak ada paket dan rute."
    ),
    "run.kept_off": "%(count)s anak tidak ikut bulan ini: %(why)s",
    "run.unproved": (
        "Belum terbukti terbaik dalam waktu yang diberikan: %(levels)s. Pasangannya sah; celahnya "
        "tertulis di matching.json."
    ),
    "word.level_read": "membaca anak dan janji bulan ini",
    "word.level_count": "menghitung anak, paket, dan tim",
    "word.level_growth": "menghitung pertumbuhan",
    "word.level_readings": "menghitung angka bulat tiap posyandu",
    "word.level_effect": "membandingkan anak yang didampingi dengan yang belum",
    "word.level_keep": "menyimpan angka bulan ini",
    "word.level_hide": "memeriksa angka mana yang tidak boleh keluar",
    "word.level_load": "membaca paket, kendaraan, dan jalan",
    "word.level_cheaper": "mencari rute yang lebih murah",
    "word.level_goals": "menyusun rute untuk setiap tujuan, satu demi satu",
    "word.level_policy": "aturan yang berlaku",
    "word.level_first": "aturan pertama",
    "word.level_second": "aturan kedua",
    "word.level_check": "memeriksa hasilnya dan menulis alasan tiap pasangan",
    "word.level_tier": "tingkat kebutuhan",
    "word.level_floor": "lantai keadilan kelurahan",
    "word.level_siblings": "kakak-adik bersama",
    "word.level_leximin": "keadilan antar-kelurahan",
    "word.level_points": "angka kebutuhan",
    "word.level_waiting": "lama menunggu",
    "word.level_kept": "pasangan bulan lalu",
    "word.level_area": "kedekatan wilayah",
    "word.level_distance": "jarak",
    "word.level_spread": "pemerataan beban",
    "word.level_wishes": "keinginan orang tua asuh",
    "word.level_goods": "kecocokan barang",
    "word.level_delivery": "jalan pengantaran",
    "word.level_lottery": "undian",
    "run.file": (
        "%(file)s, %(kind)s: %(rows)s baris = %(new)s baru + %(changed)s berubah + %(same)s sama "
        "+ %(merged)s digabung + %(rejected)s ditolak"
    ),
    "run.totals": (
        "%(eligible)s anak berhak: %(assigned)s mendapat orang tua asuh, %(unassigned)s belum. "
        "%(packages)s paket, %(routes)s rute, %(unserved)s paket tidak terangkut."
    ),
    "run.done": (
        "Semua berkas ada di %(out)s. Ini usulan: persetujuan pejabat masih diperlukan sebelum "
        "penyaluran."
    ),
    "word.purchase": "masuk daftar belanja",
    "word.wait": "yang paling ringan kebutuhannya menunggu",
    "word.leave_out": "paket tanpa barang itu",
    "word.substitute": "diganti barang lain",
}
