"""The columns of a month's lists, named in Indonesian; the catalogue has their English."""

from api.i18n import N_

ASSIGNMENT_COLUMNS = (
    N_("Bulan"),
    N_("Kode Anak"),
    N_("Nama Anak"),
    N_("Tgl Lahir"),
    N_("Nama Ortu"),
    N_("Kecamatan"),
    N_("Kelurahan"),
    N_("Kode Orang Tua Asuh"),
    N_("Nama Orang Tua Asuh"),
    N_("No HP"),
    N_("Kode Janji"),
    N_("Tingkat Kebutuhan"),
    N_("Jarak (m)"),
    N_("Bulan Lalu"),
    N_("Disematkan"),
    N_("Alasan"),
    N_("Status"),
)
"""Columns of ``assignments.csv``; next month reads them back to keep pairs."""

UNASSIGNED_COLUMNS = (
    N_("Bulan"),
    N_("Kode Anak"),
    N_("Nama Anak"),
    N_("Kecamatan"),
    N_("Kelurahan"),
    N_("Tingkat Kebutuhan"),
    N_("Nilai"),
    N_("Bulan Menunggu"),
    N_("Kode Alasan"),
    N_("Alasan"),
    N_("Kode Jalan Keluar"),
    N_("Jalan Keluar"),
)

CHANGE_COLUMNS = (
    N_("Bulan"),
    N_("Kode Anak"),
    N_("Nama Anak"),
    N_("Kecamatan"),
    N_("Kelurahan"),
    N_("Perubahan"),
    N_("Sebelumnya"),
    N_("Sekarang"),
    N_("Mengapa"),
    N_("Rugi bila Sebelumnya Dipertahankan"),
)

PACKAGE_COLUMNS = (
    N_("Bulan"),
    N_("Kode Paket"),
    N_("Kode Anak"),
    N_("Kode Rumah Tangga"),
    N_("Nama Wali"),
    N_("Kecamatan"),
    N_("Kelurahan"),
    N_("Kode Kit"),
    N_("Versi Kit"),
    N_("Kit"),
    N_("Isi"),
    N_("Berat (kg)"),
    N_("Volume (liter)"),
    N_("Biaya (Rp)"),
    N_("Kotak Dingin"),
    N_("Rute"),
    N_("Status"),
)

SHORTAGE_COLUMNS = (
    N_("Bulan"),
    N_("Barang"),
    N_("Dibutuhkan"),
    N_("Tersedia"),
    N_("Kurang"),
    N_("Tindakan"),
    N_("Pengganti"),
    N_("Paket yang Menunggu"),
    N_("Biaya Pembelian (Rp)"),
    N_("Sumber Harga"),
)

UNSERVED_COLUMNS = (
    N_("Bulan"),
    N_("Kode Paket"),
    N_("Kode Rumah Tangga"),
    N_("Nama Wali"),
    N_("Kecamatan"),
    N_("Kelurahan"),
    N_("Kode Alasan"),
    N_("Alasan"),
    N_("Jalan Keluar"),
)

DUPLICATE_COLUMNS = (
    N_("Jenis"),
    N_("Kode 1"),
    N_("Nama 1"),
    N_("Kode 2"),
    N_("Nama 2"),
    N_("Nilai"),
    N_("Alasan"),
    N_("Keputusan"),
)
