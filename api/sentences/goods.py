"""Sentences about packages and stock."""

SENTENCES: dict[str, str] = {
    "stock.item": 'Barang "%(item)s" tidak dikenal. Pilih dari daftar barang.',
    "stock.quantity": (
        "Jumlah %(found)s tidak dapat dicatat: harus bilangan bulat dari 1 (hitungan: dari 0)."
    ),
    "stock.other_content": (
        "Nomor catatan %(move_uid)s sudah dipakai untuk barang lain. Tidak ada yang "
        "disimpan; pakai nomor baru."
    ),
    "stock.note": "Stok %(item)s berbeda dari buku: tulis alasannya.",
    "stock.below_reserved": (
        "%(item)s: dihitung %(counted)s, tetapi %(reserved)s sudah dijanjikan untuk paket. "
        "Batalkan paket dahulu atau hitung ulang."
    ),
    "stock.short": (
        "Stok %(item)s untuk paket %(package)s kurang: perlu %(needed)s, ada %(available)s. "
        "Tidak ada yang disimpan."
    ),
    "stock.not_packed": (
        "%(item)s tidak pernah dimasukkan ke paket %(package)s, jadi tidak dapat dikembalikan."
    ),
    "packing.state": (
        "Paket bulan %(month)s tidak dapat diubah: bulan berada pada tahap %(found)s. "
        "Pengepakan mulai setelah disetujui."
    ),
    "packing.role": (
        "Hanya koordinator (atau penyetuju) yang boleh melakukan ini; peran Anda: %(role)s."
    ),
    "packing.not_begun": "Paket bulan %(month)s belum dibuat. Mulai pengepakan dahulu.",
    "packing.no_shortage": "%(item)s tidak kurang, jadi tidak ada yang perlu ditandatangani.",
    "packing.rows": "Isian kekurangan tidak lengkap. Muat ulang halaman lalu isi lagi.",
    "packing.substitute": "Pilih barang pengganti lain untuk %(item)s dari daftar barang.",
    "packing.on_its_way": "Paket %(package)s tidak dapat dibatalkan: statusnya %(found)s.",
    "packing.reason": "Tulis alasan pembatalan paket %(package)s.",
    "packing.not_here": (
        "Paket %(package)s tidak dapat dikemas ulang: statusnya %(found)s. Paket yang sudah "
        "berangkat tidak berubah; catat isi yang salah sebagai hasilnya, "
        "lalu pilih tindakannya di Kendala."
    ),
    "packing.too_late_to_repack": (
        "Paket %(package)s tidak dapat dikemas ulang: bulan %(month)s tidak lagi dikemas atau "
        "disalurkan. Kembalikan bulan itu ke penyaluran dahulu, atau bawa paketnya ke bulan depan."
    ),
    "packing.repack_reason": "Tulis mengapa paket %(package)s dikemas ulang.",
    "packing.repack_short": (
        "Paket %(package)s belum dikemas ulang dan tidak ada yang berubah. Yang kurang: %(goods)s. "
        "Tambah stoknya, pilih tindakan untuk yang kurang, atau bawa paketnya ke bulan depan."
    ),
    "packing.lack": "%(item)s kurang %(missing)s (perlu %(needed)s, ada %(available)s)",
    "packing.no_contents": (
        "Paket %(package)s tidak dapat dikemas ulang: pada %(day)s tidak ada isi yang boleh "
        "diberikan kepada anak %(child)s. Paket lama tetap ada; "
        "keluarkan bila memang tidak boleh dikirim."
    ),
    "packing.shortage_unsigned": (
        "%(item)s kurang %(missing)s. Tidak ada yang disisihkan; tandatangani tindakan lalu "
        "ulangi pengepakan."
    ),
    "package.unknown": "Paket tidak ditemukan.",
    "stock.depot": "Gudang tidak ditemukan.",
    "packing.too_old": ("Anak sudah berumur 60 bulan atau lebih: tidak ada paket untuk umur ini."),
    "packing.no_allowed_food": "Semua isi paket dilarang untuk anak ini.",
    "packing.too_old.remedy": (
        "Catat kelulusan anak ini; tempat orang tua asuhnya lalu diberikan kepada anak berikutnya."
    ),
    "packing.no_allowed_food.remedy": (
        "Periksa alergi yang tercatat dan rujuk ke puskesmas; bila alerginya diperbaiki, "
        "kemas lagi."
    ),
    "remedy.wait": "Paket terakhir menurut kebutuhan menunggu bulan depan",
    "remedy.leave_out": "Paket dikirim tanpa barang ini",
    "remedy.substitute": "Barang diganti barang lain",
    "remedy.purchase": "Kekurangan dibeli sekarang",
    "change.shortage": "Stok kurang, ditandatangani koordinator",
}
