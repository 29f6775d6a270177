"""The sentence of every code, in Bahasa Indonesia and in English.

Placeholders: ``{value}`` (masked where it identifies a person), ``{column}``, and the parameters
of the issue or refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.readers.records import FileRefused, Issue

__all__ = ["MESSAGES", "issue_sentence", "refusal_sentence", "sentence"]

_FILES: dict[str, tuple[str, str]] = {
    "file_empty": (
        "File {name} kosong. Pilih file yang berisi tabel.",
        "{name} is empty. Choose a file that holds a table.",
    ),
    "file_unreadable": (
        "File {name} tidak dapat dibuka. Periksa letak file dan izinnya.",
        "{name} cannot be opened. Check where it lies and who may read it.",
    ),
    "file_too_big": (
        "File {name} lebih dari {megabytes} MB. Bagi menjadi beberapa file.",
        "{name} has more than {megabytes} MB. Split it into several files.",
    ),
    "file_unpacks_too_big": (
        "File {name} mengembang menjadi {megabytes} MB saat dibuka, jadi tidak dibaca. "
        "Salin tabelnya saja ke buku kerja baru, simpan, lalu unggah lagi.",
        "{name} unpacks to {megabytes} MB, so it was not read. "
        "Copy only the table into a new workbook, save it and upload it again.",
    ),
    "file_too_long": (
        "File {name} berisi lebih dari {max_rows} baris. Bagi menjadi beberapa file.",
        "{name} has more than {max_rows} rows. Split it into several files.",
    ),
    "file_encrypted": (
        "File {name} terkunci kata sandi. Buka di Excel, hapus kata sandinya "
        "(File > Info > Lindungi Buku Kerja), simpan, lalu unggah lagi.",
        "{name} is locked with a password. Open it in Excel, remove the password "
        "(File > Info > Protect Workbook), save it and upload it again.",
    ),
    "file_corrupt": (
        "File {name} rusak atau terpotong. Buka di Excel, simpan ulang sebagai .xlsx, "
        "lalu unggah lagi.",
        "{name} is damaged or cut off. Open it in Excel, save it anew as .xlsx "
        "and upload it again.",
    ),
    "file_not_a_table": (
        "File {name} bukan tabel. Yang dapat dibaca: .xlsx, .xls, .csv.",
        "{name} is not a table. Files that can be read: .xlsx, .xls, .csv.",
    ),
    "file_is_web_page": (
        "File {name} sebenarnya halaman web tanpa tabel. Unduh lagi dari aplikasi asalnya, "
        "lalu unggah di sini.",
        "{name} is really a web page without a table. Download it anew from where it came "
        "and upload it here.",
    ),
    "file_too_heavy": (
        "File {name} tidak dapat dibaca dengan aman: isinya terlalu besar atau rusak. "
        "Salin tabelnya saja ke buku kerja baru, simpan, lalu unggah lagi.",
        "{name} cannot be read safely: what it holds is too big or damaged. "
        "Copy only the table into a new workbook, save it and upload it again.",
    ),
    "file_too_slow": (
        "File {name} belum selesai dibaca setelah {seconds} detik, jadi dihentikan. "
        "Bagi menjadi beberapa file atau simpan sebagai .csv.",
        "{name} was not read within {seconds} seconds and was stopped. "
        "Split it into several files or save it as .csv.",
    ),
    "no_header": (
        "File {name} tidak punya baris judul kolom yang dikenal pada {rows} baris pertama. "
        "Tulis judul kolom seperti pada contoh file, lalu unggah lagi.",
        "{name} has no row of known column titles among its first {rows} rows. "
        "Write column titles as in the sample file and upload it again.",
    ),
    "kind_unknown": (
        "Jenis file {name} tidak dikenal. Paling mirip {nearest_id}, tetapi kolom ini tidak ada: "
        "{missing}. Tambahkan kolom itu, lalu unggah lagi.",
        "The kind of {name} is not known. It is most like {nearest_en}, but lacks these columns: "
        "{missing}. Add them and upload it again.",
    ),
    "kind_other": (
        "File {name} berisi {found_id}, bukan {said_id}. Pilih jenis yang benar, atau biarkan "
        "dikenali sendiri, lalu unggah lagi.",
        "{name} holds {found_en}, not {said_en}. Choose the right kind, or let it be recognised, "
        "and upload it again.",
    ),
    "kind_ambiguous": (
        "File {name} dapat berarti {kinds_id}. Pilih jenisnya, lalu unggah lagi.",
        "{name} could be {kinds_en}. Choose which it is and upload it again.",
    ),
}

_IDENTITY: dict[str, tuple[str, str]] = {
    "nik_scientific": (
        "nomor ini disimpan Excel sebagai {value}, digit aslinya hilang. Ubah format kolom menjadi "
        "Teks, lalu ketik ulang 16 digit.",
        "Excel has stored this number as {value} and its digits are lost. Format the column as "
        "Text and type the 16 digits again.",
    ),
    "nik_last_digit_lost": (
        "nomor disimpan sebagai angka, sehingga Excel mengganti digit ke-16 dengan 0. Ubah format "
        "kolom menjadi Teks, lalu ketik ulang.",
        "the number is stored as a number, so Excel has put 0 for its 16th digit. Format the "
        "column as Text and type it again.",
    ),
    "nik_not_digits": (
        "nomor harus {expected} angka tanpa huruf, tertulis {value}.",
        "the number must be {expected} digits without letters, not {value}.",
    ),
    "nik_length": (
        "nomor harus {expected} digit, tertulis {length} digit. Periksa kartunya.",
        "the number must have {expected} digits, not {length}. Look at the card.",
    ),
    "nik_serial_zero": (
        "empat digit terakhir 0000 tidak pernah diberikan. Periksa kartunya.",
        "the last four digits 0000 are never issued. Look at the card.",
    ),
    "nik_no_birth_date": (
        "angka ke-7 sampai ke-12 pada NIK bukan tanggal. Periksa kartunya.",
        "digits 7 to 12 of the NIK are not a date. Look at the card.",
    ),
    "nik_other_birth_date": (
        "tanggal lahir di dalam NIK adalah {inside}, berbeda dari kolom tanggal lahir.",
        "the birth date inside the NIK is {inside}, not that of the birth date column.",
    ),
    "nik_other_sex": (
        "jenis kelamin di dalam NIK berbeda dari kolom jenis kelamin.",
        "the sex inside the NIK is not that of the sex column.",
    ),
    "nik_two_birth_dates": (
        "NIK ini sudah dipakai pada baris {other_row} dengan tanggal lahir lain.",
        "row {other_row} has this NIK with another birth date.",
    ),
    "nik_two_names": (
        "NIK ini sudah dipakai pada baris {other_row} dengan nama lain.",
        "row {other_row} has this NIK with another name.",
    ),
    "nip_unreadable": (
        "NIP tidak terbaca; sponsor tetap diterima tanpa NIP.",
        "the NIP cannot be read; the sponsor is taken without it.",
    ),
    "nip_length": (
        "NIP harus {expected} digit, tertulis {length}; sponsor tetap diterima tanpa NIP.",
        "a NIP has {expected} digits, not {length}; the sponsor is taken without it.",
    ),
    "sex_from_nik": (
        "jenis kelamin kosong, diambil dari NIK.",
        "the sex is empty and was taken from the NIK.",
    ),
    "child_not_named": (
        "isi NIK anak, atau nama anak beserta tanggal lahirnya.",
        "give the child's NIK, or the name together with the birth date.",
    ),
    "family_unnamed": (
        "isi nomor kartu keluarga atau nama kepala keluarga.",
        "give the number of the family card or the name of the head of the family.",
    ),
}

_CELLS: dict[str, tuple[str, str]] = {
    "cell_missing": ("kolom ini wajib diisi.", "this column must be filled."),
    "row_without_data": (
        "baris ini dianggap catatan atau jumlah, bukan data, dan dilewati: {value}.",
        "this row was taken for a note or a total, not for data, and left out: {value}.",
    ),
    "sheet_left_out": (
        "lembar {sheet} juga berisi data sejenis tetapi tidak dibaca. Pilih lembar itu untuk "
        "membacanya.",
        "sheet {sheet} holds data of this kind too but was not read. Choose it to read it.",
    ),
    "column_twice": (
        "kolom {header} ada lebih dari satu; yang pertama dipakai.",
        "column {header} stands more than once; the first was used.",
    ),
    "date_unreadable": (
        "tanggal {value} tidak terbaca. Tulis seperti 25/04/2026.",
        "the date {value} cannot be read. Write it as 25/04/2026.",
    ),
    "date_other_order": (
        "urutan hari dan bulan pada {value} berbeda dari baris lain di kolom ini.",
        "day and month in {value} stand the other way round than in the rest of the column.",
    ),
    "date_in_future": (
        "tanggal {value} belum terjadi.",
        "the date {value} is in the future.",
    ),
    "dates_maybe_swapped": (
        "hari dan bulan mungkin tertukar: semua sel tanggal berhari 1-12, sedangkan sel teks tidak "
        "ada yang begitu. Bandingkan beberapa tanggal dengan sumber aslinya.",
        "day and month may be swapped: all date cells have a day up to 12, no text cell has. "
        "Compare some dates with the original.",
    ),
    "month_unreadable": (
        "bulan {value} tidak terbaca. Tulis seperti Desember 2026 atau 2026-12.",
        "the month {value} cannot be read. Write it as Desember 2026 or 2026-12.",
    ),
    "born_in_future": (
        "tanggal lahir {value} belum terjadi.",
        "the birth date {value} is in the future.",
    ),
    "born_too_long_ago": (
        "tanggal lahir {value} lebih dari {years} tahun lalu; ini bukan anak.",
        "the birth date {value} is more than {years} years ago; this is no child.",
    ),
    "measured_in_future": (
        "tanggal pengukuran {value} belum terjadi.",
        "the measuring date {value} is in the future.",
    ),
    "measured_before_birth": (
        "tanggal pengukuran {value} sebelum tanggal lahir.",
        "the measuring date {value} is before the birth date.",
    ),
    "measuring_undated": (
        "tanggal pengukuran kosong, jadi berat dan tinggi pada baris ini tidak disimpan.",
        "the measuring date is empty, so weight and height of this row were not stored.",
    ),
    "no_measuring_date_column": (
        "tidak ada kolom tanggal pengukuran, jadi berat dan tinggi tidak disimpan.",
        "there is no column of measuring dates, so weights and heights were not stored.",
    ),
    "no_kelurahan_column": (
        "tidak ada kolom kelurahan, jadi kelurahan anak-anak ini harus dilengkapi sebelum "
        "dipasangkan.",
        "there is no column of kelurahan, so these children need theirs before they are matched.",
    ),
    "city_differs": (
        "kota {value} berbeda dari baris lain; pastikan kelurahannya memang di kota ini.",
        "the city {value} is another than in the other rows; make sure that the kelurahan is "
        "really in this city.",
    ),
    "measured_twice": (
        "dua hasil ukur berbeda pada hari yang sama (lihat baris {other_row}); yang di baris ini "
        "dipakai.",
        "two different measurings on one day (see row {other_row}); this row's was used.",
    ),
    "number_unreadable": ("angka {value} tidak terbaca.", "the number {value} cannot be read."),
    "weight_implausible": (
        "berat {value} kg tidak masuk akal untuk balita (batas {least}-{most} kg).",
        "a weight of {value} kg is not plausible under five (limits {least}-{most} kg).",
    ),
    "height_implausible": (
        "tinggi {value} cm tidak masuk akal untuk balita (batas {least}-{most} cm).",
        "a height of {value} cm is not plausible under five (limits {least}-{most} cm).",
    ),
    "grams_for_kilograms": (
        "{value} dibaca sebagai {grams} gram.",
        "{value} was read as {grams} grams.",
    ),
    "metres_for_centimetres": (
        "{value} dibaca sebagai meter: {cm} cm.",
        "{value} was read as metres: {cm} cm.",
    ),
    "millimetres_for_centimetres": (
        "{value} dibaca sebagai milimeter: {cm} cm.",
        "{value} was read as millimetres: {cm} cm.",
    ),
    "birth_weight_unreadable": (
        "berat lahir {value} tidak terbaca dan dikosongkan.",
        "the birth weight {value} cannot be read and was left empty.",
    ),
    "birth_weight_implausible": (
        "berat lahir {value} tidak masuk akal ({least}-{most} kg) dan dikosongkan.",
        "the birth weight {value} is not plausible ({least}-{most} kg) and was left empty.",
    ),
    "birth_length_unreadable": (
        "panjang lahir {value} tidak terbaca dan dikosongkan.",
        "the birth length {value} cannot be read and was left empty.",
    ),
    "birth_length_implausible": (
        "panjang lahir {value} tidak masuk akal ({least}-{most} cm) dan dikosongkan.",
        "the birth length {value} is not plausible ({least}-{most} cm) and was left empty.",
    ),
    "muac_unreadable": (
        "LiLA {value} tidak terbaca dan dikosongkan.",
        "the arm circumference {value} cannot be read and was left empty.",
    ),
    "muac_implausible": (
        "LiLA {value} tidak masuk akal ({least}-{most} cm) dan dikosongkan.",
        "the arm circumference {value} is not plausible ({least}-{most} cm) and was left empty.",
    ),
    "zscore_unreadable": (
        "nilai z {value} tidak terbaca; nilai z dihitung ulang.",
        "the z-score {value} cannot be read; it is computed anew.",
    ),
    "gain_unreadable": (
        "Naik Berat Badan {value} tidak dikenal (N, T, O, B) dan dikosongkan.",
        "weight gain {value} is not known (N, T, O, B) and was left empty.",
    ),
    "count_ignored": (
        "jumlah {value} tidak terbaca dan dikosongkan.",
        "the number {value} cannot be read and was left empty.",
    ),
    "count_unreadable": (
        "{value} bukan bilangan bulat mulai 0.",
        "{value} is not a whole number from 0 on.",
    ),
    "amount_unreadable": (
        "jumlah {value} tidak terbaca; tulis angka lebih dari 0.",
        "the amount {value} cannot be read; write a number above 0.",
    ),
    "counted_unreadable": (
        "jumlah {value} tidak terbaca; tulis angka mulai 0.",
        "the amount {value} cannot be read; write a number from 0 on.",
    ),
    "amount_two_readings": (
        "{value} dapat berarti ribuan atau pecahan. Tulis tanpa titik, atau pecahan dengan dua "
        "angka di belakang koma.",
        "{value} could be thousands or a fraction. Write it without the point, or the fraction "
        "with two decimals.",
    ),
    "sex_unreadable": (
        "jenis kelamin {value} tidak dikenal. Pilihan: {allowed}.",
        "the sex {value} is not known. Choices: {allowed}.",
    ),
    "position_unreadable": (
        "cara ukur {value} tidak dikenal (Berdiri, Terlentang); ditentukan dari umur.",
        "the way of measuring {value} is not known (Berdiri, Terlentang); age decides.",
    ),
    "choice_unknown": (
        "{value} tidak dikenal. Pilihan: {allowed}.",
        "{value} is not known. Choices: {allowed}.",
    ),
    "flag_unreadable": (
        "{value} tidak jelas. Tulis ya atau tidak.",
        "{value} is not clear. Write ya (yes) or tidak (no).",
    ),
    "code_unknown": (
        "kode {value} tidak dikenal untuk kolom ini.",
        "code {value} is not known for this column.",
    ),
    "assistance_unreadable": (
        "kode pendampingan {value} tidak dikenal (1-8) dan dikosongkan.",
        "the accompaniment code {value} is not known (1-8) and was left empty.",
    ),
    "decile_unreadable": (
        "desil {value} tidak terbaca (1-10) dan dikosongkan.",
        "the decile {value} cannot be read (1-10) and was left empty.",
    ),
    "hamlet_moved": (
        "{value} bukan nomor RT/RW dan dipindahkan ke alamat.",
        "{value} is no RT/RW number and was moved to the address.",
    ),
    "phone_unreadable": (
        "nomor telepon {value} tidak terbaca dan dikosongkan.",
        "the phone number {value} cannot be read and was left empty.",
    ),
    "phone_several": (
        "ada beberapa nomor telepon; yang pertama dipakai.",
        "there are several phone numbers; the first was used.",
    ),
    "email_unreadable": (
        "alamat email {value} tidak benar dan dikosongkan.",
        "the e-mail address {value} is not valid and was left empty.",
    ),
    "time_unreadable": (
        "jam {value} tidak terbaca. Tulis seperti 08:00.",
        "the time {value} cannot be read. Write it as 08:00.",
    ),
    "times_reversed": (
        "jam selesai {value} tidak sesudah jam mulai.",
        "the end {value} is not after the start.",
    ),
    "weekdays_unreadable": (
        "hari {value} tidak terbaca. Tulis seperti Senin-Jumat atau Senin, Rabu.",
        "the days {value} cannot be read. Write them as Senin-Jumat or Senin, Rabu.",
    ),
    "day_of_month_unreadable": (
        "tanggal posyandu {value} harus angka 1-31.",
        "the posyandu day {value} must be a number from 1 to 31.",
    ),
}

_PLACES: dict[str, tuple[str, str]] = {
    "kelurahan_unknown": (
        "kelurahan {value} tidak dikenal.",
        "the kelurahan {value} is not known.",
    ),
    "kecamatan_unknown": (
        "kecamatan {value} tidak dikenal.",
        "the kecamatan {value} is not known.",
    ),
    "region_respelled": (
        "{value} dibaca sebagai {taken}.",
        "{value} was read as {taken}.",
    ),
    "kecamatan_disagrees": (
        "kelurahan {kelurahan} tidak berada di kecamatan {value}; kelurahan yang dipakai.",
        "{kelurahan} does not lie in kecamatan {value}; the kelurahan was used.",
    ),
    "area_unknown": (
        "wilayah {area} tidak dikenal sebagai kecamatan atau kelurahan.",
        "the area {area} is not known as a kecamatan or kelurahan.",
    ),
    "coordinate_unreadable": (
        "koordinat {value} tidak terbaca. Tulis derajat desimal seperti -2.13781.",
        "the coordinate {value} cannot be read. Write decimal degrees such as -2.13781.",
    ),
    "coordinate_half": (
        "lintang dan bujur harus diisi dua-duanya, atau dikosongkan dua-duanya.",
        "give both latitude and longitude, or neither.",
    ),
    "coordinate_swapped": (
        "lintang dan bujur tertukar.",
        "latitude and longitude are swapped.",
    ),
    "coordinate_outside": (
        "koordinat {value} di luar Indonesia.",
        "the coordinate {value} lies outside Indonesia.",
    ),
    "place_twice": (
        "tempat ini sudah ada pada baris {other_row} dengan data lain.",
        "row {other_row} has this place with other details.",
    ),
    "vehicle_twice": (
        "kendaraan ini sudah ada pada baris {other_row}.",
        "row {other_row} has this vehicle already.",
    ),
}

_PLEDGES: dict[str, tuple[str, str]] = {
    "rupiah_unreadable": (
        "jumlah rupiah {value} tidak terbaca. Tulis seperti 450000.",
        "the rupiah amount {value} cannot be read. Write it as 450000.",
    ),
    "rupiah_too_small": (
        "{value} rupiah terlalu kecil; mungkin maksudnya ribuan.",
        "{value} rupiah is too little; thousands were probably meant.",
    ),
    "months_unreadable": (
        "jangka waktu {value} tidak terbaca. Tulis 6, 9 atau 12 bulan.",
        "the duration {value} cannot be read. Write 6, 9 or 12 months.",
    ),
    "duration_unusual": (
        "jangka waktu {value} bukan 6, 9 atau 12 bulan; tetap dipakai.",
        "the duration {value} is not 6, 9 or 12 months; it is used all the same.",
    ),
    "goods_unreadable": (
        "barang “{part}” tidak terbaca. Tulis seperti telur 30 butir; beras 5 kg.",
        "the goods “{part}” cannot be read. Write them as telur 30 butir; beras 5 kg.",
    ),
    "item_unknown": (
        "barang {item} tidak ada dalam daftar barang.",
        "{item} is not in the list of goods.",
    ),
    "goods_not_listed": (
        "bentuk bantuan menyebut barang, tetapi barangnya tidak ditulis.",
        "the form of aid says goods, but no goods are listed.",
    ),
    "donation_not_stated": (
        "bentuk bantuan menyebut uang, tetapi jumlahnya tidak ditulis.",
        "the form of aid says money, but no amount is given.",
    ),
    "pledge_empty": (
        "tidak ada jumlah anak, donasi, atau barang yang dijanjikan.",
        "neither children nor money nor goods are promised.",
    ),
    "stock_expired": (
        "barang sudah kedaluwarsa pada {value}.",
        "the goods expired on {value}.",
    ),
    "sponsor_missing": (
        "nama atau kode orang tua asuh kosong.",
        "name and code of the sponsor are empty.",
    ),
    "sponsor_from_above": (
        "nama orang tua asuh kosong; diambil dari baris di atasnya: {taken}.",
        "the sponsor's name is empty and was taken from the row above: {taken}.",
    ),
}

_CONSENTS: dict[str, tuple[str, str]] = {
    "allergy_unknown": (
        "alergi {words} tidak ada dalam daftar; dicatat sebagai catatan dan tidak dihitung saat "
        "memilih isi paket.",
        "the allergy {words} is not in the list; it is kept as a note and not counted when the "
        "package is chosen.",
    ),
}

_OTHER_HELP: dict[str, tuple[str, str]] = {
    "programme_unknown": (
        "program {value} tidak dikenal: tulis {allowed}.",
        "programme {value} is not known: write {allowed}.",
    ),
}

_RESULTS: dict[str, tuple[str, str]] = {
    "result_not_filled": (
        "hasil belum diisi: tulis jumlah yang diterima dan yang ditolak.",
        "the result is not filled in: write how many were accepted and how many rejected.",
    ),
    "result_sum": (
        "diterima {accepted} + ditolak {rejected} tidak sama dengan dimuat {loaded}.",
        "accepted {accepted} + rejected {rejected} is not loaded {loaded}.",
    ),
    "reason_missing": (
        "{rejected} paket ditolak tanpa alasan. Tulis alasannya.",
        "{rejected} packages were rejected without a reason. Write the reason.",
    ),
    "line_twice": (
        "ID baris ini sudah ada pada baris {other_row} dengan hasil lain.",
        "row {other_row} has this line with another result.",
    ),
}

MESSAGES: dict[str, tuple[str, str]] = {
    **_FILES,
    **_IDENTITY,
    **_CELLS,
    **_PLACES,
    **_PLEDGES,
    **_CONSENTS,
    **_OTHER_HELP,
    **_RESULTS,
}
"""Code → sentence in Bahasa Indonesia, sentence in English."""


def sentence(
    code: str,
    params: Mapping[str, object],
    language: str = "id",
    *,
    value: str = "",
    column: str = "",
) -> str:
    """Return the sentence of a code.

    Parameters
    ----------
    code
        Of an issue or of a refusal.
    params
        What came with it.
    language
        ``id`` or ``en``.
    value, column
        The masked cell and the header, for issues.
    """
    known: dict[str, object] = {"value": value, "column": column, "name": "", "expected": 16}
    return MESSAGES[code][language == "en"].format_map(known | dict(params))


def issue_sentence(issue: Issue, language: str = "id") -> str:
    """Return what is wrong with a cell or row, without saying where."""
    return sentence(
        issue.code, issue.params, language, value=issue.value, column=issue.column or ""
    )


def refusal_sentence(refused: FileRefused, language: str = "id") -> str:
    """Return why a whole file was refused and what to do."""
    return sentence(refused.code, refused.params, language)
