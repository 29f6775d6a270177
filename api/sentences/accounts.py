"""Sentences of accounts, passwords, sign-ins and links."""

SENTENCES: dict[str, str] = {
    "office.number": "NIP terdiri atas 18 angka, atau kosongkan.",
    "office.account_number": (
        "Nomor rekening terdiri atas angka, boleh dengan spasi atau tanda hubung."
    ),
    "office.did_payment": (
        "Cara membayar disimpan. Orang tua asuh yang menjanjikan uang kini membacanya."
    ),
    "office.did_enter": "%(name)s dicatat sebagai kepala dinas.",
    "account.unknown": "Akun ini tidak ada.",
    "account.username_form": (
        "Nama pengguna hanya boleh berisi huruf, angka, titik, garis dan @, tanpa spasi."
    ),
    "account.username_taken": "Nama pengguna ini sudah dipakai. Pilih yang lain.",
    "account.name_missing": "Isi nama orangnya.",
    "account.role_unknown": "Pilih salah satu peran.",
    "account.sponsor_missing": "Akun donatur perlu kode orang tua asuh.",
    "account.sponsor_unknown": (
        "Tidak ada orang tua asuh dengan kode ini. Kodenya tertulis di daftar orang tua asuh."
    ),
    "account.area_unknown": "Pilih kecamatan atau kelurahan dari daftar.",
    "account.place_role": (
        "Peran ini tidak punya wilayah kerja: kurir dan donatur terikat pada rute dan anaknya "
        "sendiri, admin tidak membaca data anak. Kosongkan wilayahnya."
    ),
    "account.kader_place": "Kader bekerja di posyandunya: pilih paling sedikit satu posyandu.",
    "account.posyandu_ward": (
        "Posyandu dipilih dalam satu kelurahan. Pilih kelurahannya, dan hanya posyandu di sana."
    ),
    "account.posyandu_unknown": (
        "Tidak ada keluarga dengan posyandu ini di kelurahan itu. Pilih dari daftar."
    ),
    "account.puskesmas_unknown": "Tidak ada keluarga dengan puskesmas ini. Pilih dari daftar.",
    "account.place_two": (
        "Pilih satu macam wilayah: puskesmas, atau kecamatan, kelurahan atau posyandu."
    ),
    "account.password_missing": "Isi kata sandinya: peran ini tidak dapat masuk lewat tautan.",
    "account.no_password": (
        "Akun ini belum punya kata sandi, jadi orangnya belum dapat masuk. Beri kata sandi di "
        "bawah."
    ),
    "account.own_role": (
        "Anda tidak dapat mengubah peran atau mematikan akun sendiri. Minta admin lain."
    ),
    "account.stale": (
        "Akun ini sudah diubah orang lain sejak Anda membukanya; isian Anda belum tersimpan. "
        "Periksa lalu simpan lagi."
    ),
    "account.created": "Akun %(username)s dibuat.",
    "account.saved": "Akun disimpan.",
    "password.short": "Kata sandi terlalu pendek: paling sedikit %(shortest)s karakter.",
    "password.long": "Kata sandi terlalu panjang: paling banyak %(longest)s karakter.",
    "password.common": "Kata sandi ini terlalu umum dan mudah ditebak. Pakai kalimat pendek.",
    "password.guessable": "Kata sandi ini mirip nama pengguna atau nama program. Pilih yang lain.",
    "password.wrong": "Kata sandi sekarang tidak cocok.",
    "password.changed": "Kata sandi diganti. Perangkat lain sudah dikeluarkan.",
    "password.set": "Kata sandi baru untuk %(username)s disimpan. Semua perangkatnya keluar.",
    "sign_in.failed": "Nama pengguna dan kata sandi tidak cocok.",
    "sign_in.too_many": "Terlalu banyak percobaan. Coba lagi sesudah 15 menit.",
    "sign_in.not_sent": (
        "Anda sudah keluar, jadi yang baru saja dikirim belum diterima. Masuk lagi, lalu kirim "
        "ulang."
    ),
    "sign_in.unknown": "Perangkat ini tidak ada dalam daftar Anda.",
    "sign_in.ended": "Perangkat itu sudah dikeluarkan.",
    "sign_in.code_needed": "Akun ini memakai kode dari aplikasi. Isi juga kode 6 angkanya.",
    "sign_in.code_wrong": "Kode 6 angka salah atau sudah dipakai. Tunggu kode berikutnya.",
    "second_factor.wrong": "Kode tidak cocok. Pindai gambar yang baru lalu isi kode terbarunya.",
    "second_factor.enrolled": "Kode dipasang. Mulai sekarang akun ini meminta kode saat masuk.",
    "second_factor.removed": "Kode dihapus. Akun ini masuk dengan kata sandi saja.",
    "link.role": "Tautan masuk hanya untuk donatur, kurir, dan kader, bukan %(role)s.",
    "link.inviter": (
        "Tautan untuk %(role)s dibuat oleh yang mengurusnya: petugas untuk donatur dan kader, "
        "koordinator untuk kurir."
    ),
    "link.code": (
        "Kader ini masuk dengan kata sandi dan kode dari aplikasi; tautan akan melewatinya. Bila "
        "kodenya tidak dapat dipakai lagi, minta admin menghapusnya."
    ),
    "link.inactive": "Akun ini tidak dipakai, jadi tidak dapat diberi tautan.",
    "link.dead": "Tautan ini tidak berlaku lagi. Minta tautan baru kepada dinas.",
    "word.full_name": "nama",
    "word.role": "peran",
    "word.sponsor_id": "kode orang tua asuh",
    "word.area_code": "wilayah",
    "word.puskesmas": "puskesmas",
    "word.is_active": "akun dipakai",
    "word.True": "ya",
    "word.False": "tidak",
    "word.None": "kosong",
}
