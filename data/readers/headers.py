"""The headers staff write, per kind of file, and which of them a kind cannot do without.

Headers are compared without case, spaces and signs, so ``Desa/Kel``, ``desa_kel`` and ``DESAKEL``
are one. The first spelling of each field is the one that messages and our own files use.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from data.readers.records import Kind

__all__ = ["KIND_NAMES", "LAYOUTS", "Layout", "squash"]

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def squash(text: str) -> str:
    """Return a header without case, spaces and signs."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).lower())


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file.

    Attributes
    ----------
    fields
        Field → the spellings of its header, ours first.
    required
        Groups of fields; of each group at least one column must be there.
    """

    fields: dict[str, tuple[str, ...]]
    required: tuple[tuple[str, ...], ...]

    def spellings(self) -> dict[str, str]:
        """Return squashed header → field; the first field to claim a spelling keeps it."""
        found: dict[str, str] = {}
        for name, headers in self.fields.items():
            for header in headers:
                found.setdefault(squash(header), name)
        return found

    def header(self, name: str) -> str:
        """Return the header that our own files use for a field."""
        return self.fields[name][0]


KIND_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.CHILDREN: ("data anak (e-PPGBM)", "children (e-PPGBM)"),
    Kind.KRS: ("keluarga risiko stunting (KRS)", "families at risk of stunting (KRS)"),
    Kind.SPONSORS: ("orang tua asuh", "sponsors"),
    Kind.PLACES: ("tempat (gudang, posyandu, kantor kelurahan)", "places"),
    Kind.FLEET: ("kendaraan", "fleet"),
    Kind.STOCK: ("stok barang", "stock"),
    Kind.LAST_MONTH: ("pasangan bulan lalu", "last month's pairs"),
    Kind.RESULTS: ("hasil pengantaran", "delivery results"),
    Kind.CONSENTS: ("persetujuan wali", "consents"),
    Kind.OTHER_HELP: ("penerima program lain (MBG, PMT, PKH)", "help of other programmes"),
}

_PLACE = {
    "kecamatan": ("Kecamatan", "Kec", "Nama Kecamatan"),
    "kelurahan": (
        "Kelurahan",
        "Desa/Kel",
        "Desa",
        "Kel",
        "Nama Kelurahan",
        "Desa/Kelurahan",
        "Kelurahan/Desa",
        "Kel/Desa",
    ),
    "latitude": ("Lintang", "Latitude", "Lat"),
    "longitude": ("Bujur", "Longitude", "Long", "Lon", "Lng"),
}

_CHILDREN = Layout(
    fields={
        "nik": ("NIK", "NIK Anak", "NIK Balita", "No NIK", "nik_balita"),
        "name": (
            "Nama",
            "Nama Anak",
            "Nama Balita",
            "Nama Lengkap Balita",
            "Nama Lengkap",
            "Nama Lengkap Anak",
            "nama_anak",
        ),
        "sex": ("JK", "Jenis Kelamin", "L/P", "Kelamin", "Jns Kelamin", "Gender"),
        "born_on": (
            "Tgl Lahir",
            "Tanggal Lahir",
            "Tgl Lahir Tgl/Bln/Thn",
            "Tgl. Lahir (Tgl/Bln/Thn)",
            "Tanggal Lahir Tgl/Bln/Thn",
            "tgl_lahir_anak",
        ),
        "birth_weight": (
            "BB Lahir",
            "Berat Lahir",
            "berat_lahir",
            "Lahir BB",
            "BBL",
            "BB Lahir (kg)",
        ),
        "birth_length": (
            "TB Lahir",
            "PB Lahir",
            "panjang_lahir",
            "Lahir TB",
            "Lahir PB",
            "PBL",
            "Panjang Badan Lahir",
        ),
        "parent_name": (
            "Nama Ortu",
            "Nama Orang Tua",
            "Nama Orangtua",
            "Orang Tua",
            "Nama Ibu",
            "Nama Ayah",
            "Nama Orang Tua/Wali",
        ),
        "parent_nik": ("NIK Ortu", "NIK Orang Tua", "NIK Ibu"),
        "parent_phone": ("HP Ortu", "No HP", "No HP Ortu", "No. Telp", "No Telepon", "No WA"),
        "family_card": ("Nomor KK", "No KK", "No Kartu Keluarga", "KK", "nomor_kk"),
        **_PLACE,
        "province": ("Prov", "Provinsi"),
        "city": ("Kab/Kota", "Kabupaten/Kota", "Kota", "Kabupaten"),
        "puskesmas": ("Pukesmas", "Puskesmas", "PKM", "Nama Puskesmas"),
        "posyandu": ("Posyandu", "Posy", "Nama Posyandu"),
        "rt": ("RT",),
        "rw": ("RW",),
        "rt_rw": ("RT/RW", "RT RW"),
        "address": ("Alamat", "Alamat Lengkap", "Alamat Rumah", "Alamat Tempat Tinggal"),
        "age": ("Usia Saat Ukur", "Usia", "Umur", "Umur (bln)"),
        "measured_on": (
            "Tanggal Pengukuran",
            "Tgl Pengukuran",
            "TANGGALUKUR",
            "Tgl Ukur",
            "Tanggal Ukur",
            "Tanggal Penimbangan",
            "Tgl Penimbangan",
            "Tanggal Timbang",
        ),
        "weight": ("Berat", "BB", "Berat Badan", "BB (kg)", "Berat Badan (kg)", "Berat (kg)"),
        "height": (
            "Tinggi",
            "TB",
            "PB",
            "Tinggi Badan",
            "TB/PB",
            "PB/TB",
            "TB (cm)",
            "Tinggi Badan (cm)",
            "Tinggi (cm)",
            "PB/TB (cm)",
        ),
        "position": ("Cara Ukur", "CARAUKUR", "Posisi Ukur"),
        "muac": ("LiLA", "LiLA (cm)", "Lingkar Lengan Atas"),
        "weight_for_age": ("BB/U", "Status BB/U"),
        "waz": ("ZS BB/U", "Z-Score BB/U", "ZScore BB/U"),
        "height_for_age": ("TB/U", "PB-TB/U", "PB/U", "PB/TB/U", "TB-PB/U", "Status TB/U"),
        "haz": ("ZS TB/U", "Z-Score TB/U", "ZS PB/U", "ZScore TB/U"),
        "weight_for_height": ("BB/TB", "BB/PB-TB", "BB/PB", "BB/PB/TB", "BB/TB-PB", "Status BB/TB"),
        "whz": ("ZS BB/TB", "Z-Score BB/TB", "ZS BB/PB", "ZScore BB/TB"),
        "weight_gain": ("Naik Berat Badan", "N/T", "Naik BB", "NT"),
        "supplement": ("PMT Diterima (kg)", "PMT Diterima"),
        "vitamin_a": ("Jml Vit A", "Jumlah Vit A", "Vit A", "vita"),
        "development": ("KPSP",),
        "kia_book": ("KIA",),
        "detail": ("Detail",),
        "child_code": ("Kode Anak",),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("name",), ("born_on",), ("sex",)),
)

_KRS = Layout(
    fields={
        "family_card": ("No Kartu Keluarga", "No. Kartu Keluarga", "No KK", "Nomor KK", "KK"),
        "family_code": ("Kode Keluarga", "kode_keluarga"),
        "head_nik": ("NIK Kepala Keluarga", "NIK KK"),
        "head_name": ("Nama Kepala Keluarga", "Kepala Keluarga"),
        "wife_nik": ("NIK Istri", "NIK Isteri"),
        "wife_name": ("Nama Istri", "Nama Isteri"),
        **_PLACE,
        "address": ("Alamat", "Alamat Lengkap"),
        "has_child_0_23_months": (
            "Punya Anak 0-23 Bulan",
            "Baduta",
            "Punya Baduta",
            "Anak 0-23 Bulan",
        ),
        "has_child_24_59_months": (
            "Punya Anak 24-59 Bulan",
            "Balita",
            "Punya Balita",
            "Anak 24-59 Bulan",
        ),
        "is_fertile_couple": ("PUS",),
        "is_pregnant": ("PUS Hamil", "Hamil", "Ibu Hamil"),
        "lacks_safe_water": (
            "Keluarga Tidak Mempunyai Sumber Air Minum Utama yang Layak",
            "Tidak Mempunyai Sumber Air Minum Utama yang Layak",
            "Sumber Air Minum Tidak Layak",
            "kondisi_sumber_air_minum",
        ),
        "lacks_safe_latrine": (
            "Keluarga Tidak Mempunyai Jamban yang Layak",
            "Tidak Mempunyai Jamban yang Layak",
            "Jamban Tidak Layak",
            "kondisi_fasilitas_bab",
        ),
        "wife_too_young": (
            "PUS 4 Terlalu Muda (Umur Istri <20 Tahun)",
            "Terlalu Muda",
            "Terlalu Muda (Umur Istri < 20 Tahun)",
            "PUS 4 Terlalu Muda",
        ),
        "wife_too_old": (
            "PUS 4 Terlalu Tua (Umur Istri 35 sd 40 Tahun)",
            "Terlalu Tua",
            "Terlalu Tua (Umur Istri 35 sd 40 Tahun)",
            "Terlalu Tua (Umur Istri 35-40 Tahun)",
            "PUS 4 Terlalu Tua (Umur Istri 35-40 Tahun)",
            "PUS 4 Terlalu Tua",
        ),
        "births_too_close": (
            "PUS 4 Terlalu Dekat (<2 Tahun)",
            "Terlalu Dekat",
            "Terlalu Dekat (< 2 Tahun)",
            "PUS 4 Terlalu Dekat",
        ),
        "too_many_children": (
            "PUS 4 Terlalu Banyak (≥3 Anak)",
            "Terlalu Banyak",
            "Terlalu Banyak (≥ 3 Anak)",
            "PUS 4 Terlalu Banyak",
        ),
        "no_modern_contraception": ("Bukan Peserta KB Modern", "Bukan KB Modern"),
        "assistance": ("Jenis Pendampingan yang Diterima", "Jenis Pendampingan", "Pendampingan"),
        "decile": ("Desil", "Desil Kesejahteraan", "Peringkat Kesejahteraan"),
        "priority": ("sasaran_prioritas_genting_1", "Sasaran Prioritas", "Prioritas"),
        "city": ("nama_kabupaten", "Kabupaten", "Kab/Kota"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(
        ("family_card", "family_code", "head_name"),
        (
            "lacks_safe_water",
            "lacks_safe_latrine",
            "has_child_0_23_months",
            "has_child_24_59_months",
            "wife_too_young",
        ),
    ),
)

_SPONSOR_NAMES = (
    "Nama Orang Tua Asuh",
    "Nama Bapak Asuh",
    "Nama Bunda Asuh",
    "Nama Bapak/Bunda Asuh",
    "Nama OTA",
    "nama_orangtuaasuh",
    "Nama Donatur",
    "Bapak Asuh",
    "Orang Tua Asuh",
)

_SPONSORS = Layout(
    fields={
        "sponsor_code": ("Kode Orang Tua Asuh", "Kode OTA", "Kode Donasi", "Kode Donatur"),
        "name": ("Nama", "Nama Lengkap", *_SPONSOR_NAMES),
        "nik_nip": ("NIK/NIP", "NIK / NIP", "NIP/NIK"),
        "nik": ("NIK", "nik_orangtuaasuh"),
        "nip": ("NIP",),
        "sponsor_kind": ("Jenis", "Jenis Orang Tua Asuh", "Jenis Donatur", "Kategori"),
        "organisation": (
            "Instansi",
            "Satuan Kerja",
            "Profesi/Satuan Kerja",
            "Profesi",
            "OPD",
            "Perusahaan",
            "Lembaga",
            "Pekerjaan",
        ),
        "phone": ("No HP", "No. HP", "NoHP", "Nomor HP", "HP", "No Telepon", "No Telp", "No WA"),
        "email": ("Email", "E-mail", "Surel"),
        "address": ("Alamat", "Alamat Lengkap"),
        **_PLACE,
        "num_children": ("Jumlah Anak Asuh", "Jumlah Anak", "Jml Anak Asuh", "Banyak Anak Asuh"),
        "donation": (
            "Donasi per Bulan (Rp)",
            "Donasi per Bulan",
            "Donasi",
            "Nominal per Bulan",
            "Nominal",
            "Donasi/Bulan",
            "Besar Donasi",
        ),
        "aid_form": ("Bentuk", "Bentuk Bantuan", "Bentuk Donasi"),
        "goods": ("Barang", "Barang per Bulan", "Bahan Makanan", "Rincian Barang"),
        "areas": ("Wilayah", "Wilayah Asuhan", "Cakupan Wilayah", "Wilayah Cakupan"),
        "wishes": ("Keinginan Wilayah", "Wilayah Diinginkan", "Wilayah Diutamakan"),
        "starts_on": ("Mulai", "Mulai Bulan", "Bulan Mulai", "Tanggal Mulai"),
        "num_months": ("Jangka Waktu", "Jangka Waktu (bulan)", "Lama", "Lama (bulan)"),
        "willing": ("Bersedia", "Kesediaan"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("name",), ("num_children", "donation", "goods", "aid_form")),
)

_PLACES = Layout(
    fields={
        "place_kind": ("Jenis", "Jenis Tempat"),
        "name": ("Nama", "Nama Tempat", "Nama Posyandu", "Nama Gudang"),
        "address": ("Alamat", "Alamat Lengkap"),
        **_PLACE,
        "posyandu_day": (
            "Tanggal Posyandu",
            "Hari Buka Posyandu",
            "Tgl Posyandu",
            "Jadwal Posyandu",
        ),
        "opens_at": ("Jam Buka", "Buka"),
        "closes_at": ("Jam Tutup", "Tutup"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("place_kind",), ("name",), ("latitude", "posyandu_day", "opens_at")),
)

_FLEET = Layout(
    fields={
        "name": ("Nama Kendaraan", "Kendaraan", "Nama"),
        "vehicle_kind": ("Jenis", "Jenis Kendaraan"),
        "plate": ("Plat", "Nomor Polisi", "No Polisi", "Nopol", "Plat Nomor"),
        "capacity_kg": ("Kapasitas (kg)", "Kapasitas Berat", "Muatan (kg)", "Daya Angkut (kg)"),
        "capacity_l": ("Kapasitas (liter)", "Kapasitas Volume", "Volume (liter)"),
        "cool_box": ("Kotak Dingin", "Cool Box", "Coolbox"),
        "starts_at": ("Jam Mulai", "Mulai"),
        "ends_at": ("Jam Selesai", "Selesai"),
        "weekdays": ("Hari", "Hari Kerja", "Hari Operasi"),
        "depot": ("Gudang", "Depot"),
        "courier": ("Kurir", "Nama Kurir", "Pengemudi", "Sopir"),
        "courier_phone": ("No HP Kurir", "HP Kurir", "No HP", "No HP Pengemudi"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("name",), ("vehicle_kind",), ("capacity_kg",)),
)

_STOCK = Layout(
    fields={
        "item": ("Barang", "Nama Barang", "Bahan"),
        "quantity": ("Jumlah", "Stok", "Banyak", "Qty"),
        "unit": ("Satuan", "Unit"),
        "expires_on": ("Kedaluwarsa", "Kadaluarsa", "Kadaluwarsa", "Tgl Kedaluwarsa", "Expired"),
        "depot": ("Gudang", "Depot", "Lokasi"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("item",), ("quantity",), ("unit",)),
)

_LAST_MONTH = Layout(
    fields={
        "month": ("Bulan", "Periode", "Month"),
        "child_code": ("Kode Anak", "Child code"),
        "child_name": ("Nama Anak", "Nama Anak Asuh", "Anak Asuh", "Nama Balita", "Child name"),
        "born_on": ("Tgl Lahir", "Tanggal Lahir", "Date of birth"),
        "parent_name": ("Nama Ortu", "Nama Orang Tua", "Nama Ibu", "Parent name"),
        "address": ("Alamat", "Alamat Lengkap"),
        **_PLACE,
        "sponsor_code": ("Kode Orang Tua Asuh", "Kode OTA", "Sponsor code"),
        "sponsor_name": (*_SPONSOR_NAMES, "Sponsor name"),
        "sponsor_phone": (
            "No. HP",
            "No HP",
            "HP",
            "No HP Bapak Asuh",
            "No HP Orang Tua Asuh",
            "Mobile number",
        ),
        "status": ("Status",),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("child_name",), ("sponsor_name", "sponsor_code")),
)

_RESULTS = Layout(
    fields={
        "line_id": ("ID Baris", "Row ID"),
        "route": ("Rute", "Route"),
        "position": ("Urutan", "No Urut", "Order"),
        "package_code": ("Kode Paket", "Paket", "Package code"),
        "recipient": ("Penerima", "Nama Penerima", "Recipient"),
        "address": ("Alamat", "Address"),
        "loaded": ("Dimuat", "Jumlah Dimuat", "Loaded"),
        "accepted": ("Diterima", "Jumlah Diterima", "Received"),
        "rejected": ("Ditolak", "Jumlah Ditolak", "Refused"),
        "reason": ("Alasan", "Alasan Ditolak", "Reason"),
        "delivered_on": ("Tanggal", "Tanggal Diterima", "Tgl", "Date"),
        "received_by": ("Diterima Oleh", "Nama Yang Menerima", "Received by"),
        "note": ("Catatan", "Keterangan", "Note"),
    },
    required=(("line_id",), ("loaded",), ("accepted",), ("rejected",)),
)

_CONSENTS = Layout(
    fields={
        "nik": ("NIK", "NIK Anak"),
        "child_name": ("Nama Anak", "Nama Balita", "Nama"),
        "born_on": ("Tgl Lahir", "Tanggal Lahir"),
        "guardian_name": ("Nama Wali", "Nama Orang Tua/Wali", "Nama Ortu", "Wali"),
        "programme": ("Persetujuan Program", "Setuju Program"),
        "display": ("Persetujuan Tampil", "Setuju Tampil"),
        "photo": ("Persetujuan Foto", "Setuju Foto"),
        "consented_on": ("Tanggal", "Tanggal Persetujuan", "Tgl Persetujuan"),
        "evidence": ("Bukti", "Bukti Persetujuan", "Dokumen"),
        "allergies": ("Alergi", "Alergi Makanan"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("nik", "child_name"), ("programme",), ("consented_on",)),
)

_OTHER_HELP = Layout(
    fields={
        "programme": ("Program", "Program Bantuan", "Jenis Program", "Nama Program"),
        "month": ("Bulan", "Bulan Penyaluran", "Periode"),
        "nik": ("NIK", "NIK Anak", "NIK Balita"),
        "family_card": ("No KK", "No. KK", "Nomor KK", "No Kartu Keluarga", "No. Kartu Keluarga"),
        "child_name": ("Nama Anak", "Nama Balita", "Nama", "Nama Penerima"),
        "born_on": ("Tgl Lahir", "Tanggal Lahir"),
        "number": ("No", "No.", "Nomor"),
    },
    required=(("programme",), ("nik", "family_card", "child_name")),
)

LAYOUTS: dict[Kind, Layout] = {
    Kind.CHILDREN: _CHILDREN,
    Kind.KRS: _KRS,
    Kind.SPONSORS: _SPONSORS,
    Kind.PLACES: _PLACES,
    Kind.FLEET: _FLEET,
    Kind.STOCK: _STOCK,
    Kind.LAST_MONTH: _LAST_MONTH,
    Kind.RESULTS: _RESULTS,
    Kind.CONSENTS: _CONSENTS,
    Kind.OTHER_HELP: _OTHER_HELP,
}
