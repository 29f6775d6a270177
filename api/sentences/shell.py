"""Sentences of the frame: who may, what the framework refuses, words for roles and states."""

SENTENCES: dict[str, str] = {
    "access.not_signed_in": "Masuk dahulu untuk melanjutkan.",
    "access.place": (
        "Akun Anda bekerja untuk wilayahnya saja; ini menyangkut seluruh kota atau wilayah lain. "
        "Mintalah kepada petugas dinas yang akunnya untuk seluruh kota."
    ),
    "access.role": ("Akun dengan peran %(role)s tidak berwenang untuk ini: itu tugas peran lain."),
    "http.bad_request": "Permintaan tidak dapat dibaca. Periksa alamat atau isinya.",
    "http.forbidden": "Tidak diizinkan.",
    "http.not_found": "Halaman atau data ini tidak ada, atau bukan untuk akun Anda.",
    "http.method": "Alamat ini ada, tetapi tidak untuk tindakan itu.",
    "http.too_large": "Kiriman terlalu besar. Bagi berkasnya lalu kirim satu per satu.",
    "http.control": (
        "Isian memuat karakter kendali yang tidak dapat disimpan. Ketik ulang isian itu."
    ),
    "http.media_type": "Jenis isi kiriman tidak dikenal. Kirim sebagai JSON atau formulir.",
    "http.invalid": "Ada isian yang kurang atau salah bentuk: %(fields)s.",
    "http.failure": (
        "Terjadi kesalahan pada sistem; tidak ada yang tersimpan. Coba lagi, dan bila terulang "
        "sampaikan nomor %(number)s kepada pengelola."
    ),
    "http.at_once": (
        "Orang lain menyimpan hal yang sama pada saat yang sama; tidak ada yang tersimpan. "
        "Muat ulang lalu coba lagi."
    ),
    "http.busy": "Sistem sedang sibuk; tidak ada yang tersimpan. Coba lagi sebentar.",
    "word.staff": "petugas",
    "word.approver": "penyetuju",
    "word.coordinator": "koordinator distribusi",
    "word.kader": "kader posyandu",
    "word.courier": "kurir",
    "word.vehicle": "kendaraan",
    "word.waiting_route": "menunggu rute",
    "word.donor": "donatur",
    "word.auditor": "pemeriksa",
    "word.admin": "admin",
}
