"""Sentences of jobs, backups and the checks of ``asuh doctor``."""

SENTENCES: dict[str, str] = {
    "job.unknown": "Pekerjaan ini tidak ada.",
    "job.over": "Pekerjaan ini sudah berakhir, jadi tidak dapat dibatalkan.",
    "job.lost": (
        "Pekerjaan ini berulang kali terputus sebelum selesai dan dihentikan; tidak ada yang "
        "tersimpan. Sampaikan kepada pengelola."
    ),
    "job.account": (
        "Akun %(username)s yang meminta pekerjaan ini sudah nonaktif; tidak ada yang tersimpan."
    ),
    "job.kind": "Program ini tidak mengenal jenis pekerjaan %(kind)s.",
    "job.failure": (
        "Pekerjaan gagal karena kesalahan pada sistem; tidak ada yang tersimpan. Coba lagi, dan "
        "bila terulang sampaikan nomor %(number)s kepada pengelola."
    ),
    "job.cancel_asked": "Pembatalan diminta.",
    "word.queued": "menunggu",
    "word.running": "dikerjakan",
    "word.done": "selesai",
    "word.failed": "gagal",
    "word.cancelled": "dibatalkan",
    "word.stopped": "dihentikan",
    "word.match": "pemasangan",
    "word.plan": "perencanaan rute",
    "word.replan": "penyusunan ulang sisa rute",
    "word.closing": "penutupan bulan",
    "word.hiding": "pemeriksaan laporan untuk umum",
    "word.recount": "penghitungan ulang laporan",
    "job.did.match": (
        "%(assigned)s anak mendapat orang tua asuh, %(unassigned)s belum. Hasilnya usulan sampai "
        "diajukan dan disetujui."
    ),
    "job.did.plan": (
        "%(routes)s rute disusun, %(unserved)s paket tidak terangkut. Periksa, lalu konfirmasi."
    ),
    "job.did.replan": (
        "%(routes)s rute disusun ulang, %(unserved)s perhentian menunggu. Periksa, lalu konfirmasi."
    ),
    "job.did.closing": (
        "Bulan ini ditutup dan beku; angkanya disimpan sebagai versi pertama laporannya."
    ),
    "job.did.recount": "Bulan ini dihitung ulang; laporannya sekarang versi %(version)s.",
    "job.did.hiding": (
        "Sudah diketahui angka mana yang tidak boleh keluar; laporan untuk umum dapat dibuka."
    ),
    "job.did.goals": "Harga tiap tujuan sudah dihitung; rutenya tetap seperti semula.",
    "job.did.weigh": "Akibatnya sudah dihitung; pasangan bulan ini tetap seperti semula.",
    "job.did.what_if": "Harga terendah yang ditemukan sudah diketahui; pasangannya tidak berubah.",
    "job.since": "Dikerjakan sejak pukul %(clock)s, sudah %(minutes)s menit.",
    "job.since_now": "Dikerjakan sejak pukul %(clock)s.",
    "job.again": "Ini percobaan ke-%(attempt)s; yang sebelumnya terputus.",
    "job.step_kept": "pasangan bulan lalu sebagai tujuan ke-%(place)s",
    "job.shorter": "Jalannya %(way)s lebih pendek.",
    "job.longer": "Jalannya %(way)s lebih panjang.",
    "http.cross_site": "Permintaan dari situs lain ditolak.",
    "doctor.store": "Basis data (%(kind)s) menjawab.",
    "doctor.store_away": "Basis data tidak menjawab. Periksa alamat dan servernya.",
    "doctor.schema": "Susunan tabel sesuai program (revisi %(current)s).",
    "doctor.schema_old": (
        "Susunan tabel (revisi %(current)s) tidak sesuai program (%(expected)s). "
        "Jalankan: asuh migrate"
    ),
    "doctor.disk": "Ruang simpan cukup: %(free)s MB kosong.",
    "doctor.disk_full": (
        "Ruang simpan hampir habis: %(free)s MB kosong, paling sedikit %(least)s MB. "
        "Kosongkan atau tambah."
    ),
    "doctor.integrity": "Isi basis data utuh.",
    "doctor.integrity_broken": (
        "Isi basis data rusak. Hentikan program dan pulihkan cadangan: asuh restore"
    ),
    "doctor.keys": "Kunci membuka nomor yang tersegel (%(n)s contoh).",
    "doctor.keys_wrong": (
        "Kunci tidak membuka %(broken)s dari %(n)s nomor yang tersegel. "
        "Pasang keys.json yang benar."
    ),
    "doctor.chain": "Jejak audit utuh: %(n)s catatan, kepala %(head)s.",
    "doctor.chain_broken": (
        "Jejak audit rusak sesudah %(n)s catatan yang utuh (catatan %(id)s). Simpan salinan dan "
        "laporkan kepada pemeriksa."
    ),
    "doctor.jobs": "Tidak ada pekerjaan yang menunggu terlalu lama.",
    "doctor.jobs_waiting": (
        "%(n)s pekerjaan menunggu lebih dari 10 menit. Apakah asuh serve sedang berjalan?"
    ),
    "doctor.accounts": "Ada %(n)s admin.",
    "doctor.no_admin": (
        "Belum ada admin. Buat satu: asuh user add NAMA --role admin --name 'Nama Lengkap'"
    ),
    "doctor.backup": "Cadangan terakhir %(hours)s jam yang lalu.",
    "doctor.backup_old": "Cadangan terakhir sudah %(hours)s jam yang lalu. Jalankan: asuh backup",
    "doctor.no_backup": "Belum ada cadangan. Jalankan: asuh backup",
}
