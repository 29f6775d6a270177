"""Every word that a document prints, in Bahasa Indonesia and in English.

One table: key, Indonesian, English. Placeholders are named as in :meth:`str.format`.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # Every page
    "page": ("hal.", "page"),
    "version": ("versi", "version"),
    "printed": ("dicetak {moment} oleh {who}", "printed {moment} by {who}"),
    "told_of": ("keadaan {moment}", "as of {moment}"),
    "own_digest": ("sidik lembar ini {digest}", "digest of this sheet {digest}"),
    "confidential": ("RAHASIA – hancurkan setelah selesai", "CONFIDENTIAL – destroy when finished"),
    "draft": (
        "DRAF – format menunggu konfirmasi dinas",
        "DRAFT – template to be confirmed with the office",
    ),
    "unapproved": ("USULAN – BELUM DISETUJUI", "PROPOSAL – NOT APPROVED"),
    "number": ("Nomor", "Number"),
    "date": ("Tanggal", "Date"),
    "packed_in": (
        "Barang di atas dikemas dalam paket: {kits}.",
        "The goods above are packed in boxes: {kits}.",
    ),
    "total": ("Jumlah", "Total"),
    "none": ("–", "–"),
    "fetch": ("Jemput barang: {name}", "Fetch goods: {name}"),
    "break_prayer": ("Salat Jumat", "Friday prayer"),
    "break_rest": ("Istirahat", "Rest"),
    "break": ("Jeda", "Break"),
    "window_from": ("mulai {opens}", "from {opens}"),
    "window_until": ("sampai {closes}", "until {closes}"),
    "on_road": ("Di jalan", "On the road"),
    "after_stop": ("Sesudah perhentian", "After stop"),
    "what": ("Apa", "What"),
    "where": ("Keterangan", "Details"),
    "help": ("Bantuan", "Help"),
    "source": ("Sumber: {source}; keadaan {day}.", "Source: {source}; as of {day}."),
    # Route sheet
    "route_sheet": ("Lembar Rute", "Route sheet"),
    "route_sheets": ("Lembar rute {month}", "Route sheets {month}"),
    "route": ("Rute", "Route"),
    "vehicle": ("Kendaraan / plat", "Vehicle / plate"),
    "courier": ("Kurir", "Courier"),
    "depot": ("Gudang", "Depot"),
    "departs": ("Berangkat", "Leaves"),
    "returns": ("Kembali", "Returns"),
    "distance": ("Jarak", "Distance"),
    "stops": ("Perhentian", "Stops"),
    "stop": ("Perhentian", "Stop"),
    "packages": ("Paket", "Packages"),
    "num_packages": ("{n} paket", "{n} packages"),
    "one_package": ("{n} paket", "{n} package"),
    "trip": ("Rit {n}", "Trip {n}"),
    "trip_name": ("Rit", "Trip"),
    "trip_times": (
        "berangkat {departs}, kembali {returns}",
        "leaves {departs}, returns {returns}",
    ),
    "load": ("Muatan", "Load"),
    "load_order": (
        "Daftar muat – muat dari atas ke bawah (perhentian terakhir masuk lebih dulu)",
        "Loading list – load from top to bottom (last stop goes in first)",
    ),
    "weight": ("Berat", "Weight"),
    "volume": ("Isi ruang", "Volume"),
    "of_capacity": ("{load} dari {capacity} {unit}", "{load} of {capacity} {unit}"),
    "over_capacity": ("MELEBIHI KAPASITAS", "OVER CAPACITY"),
    "destination": ("Tujuan", "Destination"),
    "contents": ("Isi", "Contents"),
    "stop_list": ("Daftar perhentian", "Stops in order"),
    "number_time": ("No. / jam", "No., time"),
    "recipient_address": ("Penerima dan alamat", "Recipient and address"),
    "delivered_goods": ("Barang", "Goods"),
    "outcome": ("Hasil", "Outcome"),
    "signature": ("Tanda tangan", "Signature"),
    "scan": ("Pindai", "Scan"),
    "landmark": ("Patokan", "Landmark"),
    "phone": ("Telp.", "Phone"),
    "contact": ("Kontak", "Contact"),
    "left_after": ("Sisa muatan: {packages} · {kg} kg", "Load left: {packages} · {kg} kg"),
    "window": ("dari\u00a0{opens} s.d.\u00a0{closes}", "from\u00a0{opens} to\u00a0{closes}"),
    "note": ("Catatan", "Note"),
    "received": ("Diterima", "Received"),
    "partly": ("Sebagian", "Partly"),
    "absent": ("Tidak di tempat", "Not at home"),
    "refused": ("Ditolak", "Refused"),
    "reason": ("Alasan", "Reason"),
    "at_time": ("Jam", "Time"),
    "no_coordinates": ("tanpa koordinat", "no coordinates"),
    "name_withheld": ("nama ditutup", "name withheld"),
    "accepted": (
        "Diterima walau melanggar: {rules}. Alasan: {reason} ({who}).",
        "Accepted although it breaks: {rules}. Reason: {reason} ({who}).",
    ),
    "accepted_withheld": (
        "Diterima walau melanggar: {rules}.",
        "Accepted although it breaks: {rules}.",
    ),
    # Directions; {way} is a street's name or the next line's words
    "way_unnamed": ("jalan tanpa nama", "an unnamed road"),
    "way_depart": ("lewat {way} {metres}", "along {way} {metres}"),
    "way_straight": ("lurus ke {way} {metres}", "straight on into {way} {metres}"),
    "way_left": ("belok kiri ke {way} {metres}", "left into {way} {metres}"),
    "way_right": ("belok kanan ke {way} {metres}", "right into {way} {metres}"),
    "way_u_turn": ("putar balik di {way} {metres}", "turn round in {way} {metres}"),
    "way_roundabout": (
        "bundaran keluar ke-{exit} ke {way} {metres}",
        "roundabout, exit {exit} into {way} {metres}",
    ),
    "map": ("Peta rute", "Route map"),
    "map_alt": (
        "Peta rute {number}: gudang {depot} dan {stops} perhentian bernomor menurut urutan.",
        "Map of route {number}: depot {depot} and {stops} stops numbered in order.",
    ),
    "qr_route_alt": ("Kode QR lembar rute {number}", "QR code of route sheet {number}"),
    "qr_stop_alt": ("Kode QR perhentian {n}", "QR code of stop {n}"),
    "qr_package_alt": ("Kode QR paket {code}", "QR code of package {code}"),
    "distance_from_undated": (
        "Jarak dan waktu dari {source}, tanggal datanya tidak diketahui.",
        "Distances and times from {source}; the date of the data is not known.",
    ),
    "distance_from": (
        "Jarak dan waktu dari {source}, data per {day}.",
        "Distances and times from {source}, data of {day}.",
    ),
    "no_stops": ("Tidak ada perhentian pada rute ini.", "This route has no stops."),
    "handover": ("Serah terima", "Handover"),
    "tally": ("Rekap hasil (diisi kurir)", "Results (filled in by the courier)"),
    "brought_back": ("Paket kembali", "Packages back"),
    "km_driven": ("Km akhir – awal", "Odometer end – start"),
    "signs_depot": ("Gudang – menyerahkan muatan", "Depot – hands over the load"),
    "signs_courier": ("Kurir – menerima muatan", "Courier – takes the load"),
    "unit_litre": ("liter", "litre"),
    "signs_return": ("Penerima sisa di gudang", "Receives what comes back"),
    "name_time": ("Nama, jam", "Name, time"),
    # Loading list
    "loading_list": ("Daftar muat {month}", "Loading list {month}"),
    "pick_totals": ("Jumlah yang disiapkan gudang", "What the depot prepares"),
    "goods": ("Barang", "Goods"),
    "unit": ("Satuan", "Unit"),
    "kit": ("Kit", "Kit"),
    "all_routes": ("Semua rute", "All routes"),
    "left_out": ("BELUM MASUK RUTE – harus ditindaklanjuti", "ON NO ROUTE – needs action"),
    "recipient": ("Penerima", "Recipient"),
    "action": ("Tindakan", "Action"),
    "loaded": ("Muat", "Load"),
    "stop_short": ("Henti", "Stop"),
    "area": ("Kelurahan", "Kelurahan"),
    "package_codes": ("Kode paket", "Package code"),
    # Labels
    "labels": ("Label paket {month}", "Package labels {month}"),
    "route_stop": ("Rute {route} · perhentian {stop}", "Route {route} · stop {stop}"),
    # Delivery note
    "delivery_notes": ("Surat jalan {month}", "Delivery notes {month}"),
    "delivery_note": ("Surat Jalan", "Delivery note"),
    "delivery_note_text": (
        "Harap diterima dan diantar barang berikut, dimuat di {depot} dengan {vehicle}.",
        "Please receive and carry the goods below, loaded at {depot} onto {vehicle}.",
    ),
    "route_ref": ("Lembar rute", "Route sheet"),
    "sent_by": ("Petugas gudang", "Depot clerk"),
    "carried_by": ("Kurir", "Courier"),
    "known_by": ("Mengetahui", "Acknowledged"),
    "amount": ("Banyaknya", "Amount"),
    "remark": ("Keterangan", "Remarks"),
    # Sign list
    "posyandu_list": (
        "Daftar hari posyandu {place}, {month}",
        "Posyandu day list {place}, {month}",
    ),
    "posyandu_fill": (
        "Isi berat, tinggi, jawaban dan kode dengan pena, lalu salin ke Asuh. Jaga lembar ini: ada "
        "nama anak di dalamnya.",
        "Fill in weight, height, answer and codes by pen, then copy them into Asuh. Guard this "
        "sheet: it names children.",
    ),
    "posyandu_address": ("Alamat, patokan", "Address, landmark"),
    "posyandu_measured": ("Terakhir diukur", "Last measured"),
    "posyandu_care": ("Perhatikan", "Mind"),
    "posyandu_package": ("Paket", "Package"),
    "posyandu_weight": ("BB (kg)", "Weight (kg)"),
    "posyandu_height": ("TB (cm)", "Height (cm)"),
    "posyandu_ate": ("Dimakan siapa", "Who ate it"),
    "posyandu_codes": ("Kode pendampingan", "Accompaniment codes"),
    "posyandu_empty": (
        "Belum ada anak dalam program di posyandu ini.",
        "No child of this posyandu is in the programme yet.",
    ),
    "sign_lists": ("Berita acara dan daftar tanda terima {month}", "Handover records {month}"),
    "sign_list": (
        "Berita Acara Serah Terima dan Daftar Tanda Terima",
        "Handover record and sign list",
    ),
    "sign_list_text": (
        "Pada hari {weekday}, {day}, di {place} telah diserahterimakan {packages} "
        "untuk {households} sebagai berikut:",
        "Handed over on {weekday}, {day}, at {place}: {packages} for {households}, as follows:",
    ),
    "num_households": ("{count} rumah tangga", "{count} households"),
    "num_households_one": ("1 rumah tangga", "1 household"),
    "household": ("Kode", "Code"),
    "guardian": ("Nama wali", "Guardian"),
    "child": ("Anak", "Child"),
    "received_on": ("Tanggal", "Date"),
    "handed_over_by": ("Yang menyerahkan (kurir)", "Handed over by (courier)"),
    "taken_over_by": ("Yang menerima (kader)", "Received by (kader)"),
    "witnessed_by": ("Mengetahui (lurah)", "Witnessed by (lurah)"),
    "no_drop_points": (
        "Tidak ada titik bagi pada rencana ini: semua paket diantar ke rumah, dan keluarga "
        "menandatangani lembar rute. Daftar ini terisi bila rute disusun dengan titik bagi "
        "(posyandu atau kantor lurah).",
        "This plan has no drop points: every package goes to a home, and families sign the route "
        "sheet. This list is filled when routes are planned with drop points (posyandu or "
        "kelurahan offices).",
    ),
    # Report and letter
    "report_version": (
        "Laporan versi {version}, sidik {digest}",
        "Report version {version}, digest {digest}",
    ),
    "empty_table": ("Tidak ada data.", "No data."),
    "office_number": ("NIP {number}", "NIP {number}"),
    "letter_subject": ("Ucapan terima kasih orang tua asuh", "Thank you to our sponsor"),
    "letter_about": ("Hal", "Subject"),
    "letter_to": ("Kepada Yth.", "To"),
    "letter_greeting": ("Dengan hormat,", "Dear sponsor,"),
    "letter_thanks": (
        "Terima kasih atas kepedulian Bapak/Ibu sebagai orang tua asuh pada bulan {month}. "
        "Berkat dukungan itu, anak-anak berikut ini mendapat makanan bergizi:",
        "Thank you for your care as a sponsor in {month}. "
        "Thanks to your support these children were given nutritious food:",
    ),
    "letter_thanks_year": (
        "Terima kasih atas kepedulian Bapak/Ibu sebagai orang tua asuh selama tahun {month}. "
        "Berkat dukungan itu, anak-anak berikut ini mendapat makanan bergizi:",
        "Thank you for your care as a sponsor throughout {month}. "
        "Thanks to your support these children were given nutritious food:",
    ),
    "letter_thanks_year_so_far": (
        "Terima kasih atas kepedulian Bapak/Ibu sebagai orang tua asuh tahun ini, sampai {month}. "
        "Berkat dukungan itu, anak-anak berikut ini mendapat makanan bergizi:",
        "Thank you for your care as a sponsor this year, up to {month}. "
        "Thanks to your support these children were given nutritious food:",
    ),
    "letter_money_year": (
        "Dana yang kami terima dari Bapak/Ibu selama tahun ini: {amount}.",
        "Money received from you this year: {amount}.",
    ),
    "certificate": ("Piagam Terima Kasih", "Certificate of Thanks"),
    "certificate_to": ("diberikan kepada", "given to"),
    "certificate_text": (
        "yang sebagai orang tua asuh {when} telah mendukung {packages} "
        "makanan bergizi yang sampai kepada {children} di kota ini.",
        "who as a sponsor {when} has supported {packages} of nutritious food that reached "
        "{children} in this city.",
    ),
    "from_to_month": ("sejak {first} sampai {last}", "from {first} to {last}"),
    "in_month": ("pada {first}", "in {first}"),
    "num_children": ("{count} anak", "{count} children"),
    "num_children_one": ("seorang anak", "one child"),
    "letter_none": (
        "Terima kasih atas kepedulian Bapak/Ibu sebagai orang tua asuh pada bulan {month}. "
        "Bulan ini belum ada anak yang dipasangkan dengan janji Bapak/Ibu.",
        "Thank you for your care as a sponsor in {month}. "
        "This month no child has been paired with your pledge yet.",
    ),
    "letter_thanks_hidden": (
        "Terima kasih atas kepedulian Bapak/Ibu sebagai orang tua asuh pada {month}.",
        "Thank you for your care as a sponsor in {month}.",
    ),
    "letter_hidden": (
        "Selain itu {packages} dari Bapak/Ibu sampai pada keluarga yang memilih agar anaknya "
        "tidak diceritakan.",
        "Besides, {packages} from you reached families who prefer that their children are not "
        "told of.",
    ),
    "letter_only_hidden": (
        "Berkat dukungan itu {packages} sampai pada keluarga yang memilih agar anaknya tidak "
        "diceritakan.",
        "Thanks to that, {packages} reached families who prefer that their children are not told "
        "of.",
    ),
    "letter_money": (
        "Dana yang kami terima dari Bapak/Ibu pada bulan ini: {amount}.",
        "Money received from you this month: {amount}.",
    ),
    "letter_next": ("Penyaluran berikutnya: {when}.", "The next delivery: {when}."),
    "letter_privacy": (
        "Untuk melindungi anak, surat ini memakai nama samaran. Mohon tidak mencari atau "
        "menyebarkan identitas anak dan keluarganya; salam dan pertanyaan kami sampaikan.",
        "To protect the children this letter uses aliases. Please do not seek or share the "
        "identity of a child or family; we gladly pass on greetings and questions.",
    ),
    "letter_help": ("Pertanyaan: {phone}.", "Questions: {phone}."),
    "letter_closing": ("Hormat kami,", "Yours sincerely,"),
    "letters": ("Surat orang tua asuh {month}", "Letters to sponsors {month}"),
    "letters_year": ("Surat orang tua asuh tahun {year}", "Letters to sponsors {year}"),
    "alias": ("Nama samaran", "Alias"),
    "age_sex": ("Umur, jenis kelamin", "Age, sex"),
    "kecamatan": ("Kecamatan", "Kecamatan"),
    "status": ("Keadaan", "Status"),
    "status_received": ("Sudah diterima", "Received"),
    "status_on_the_way": ("Dalam perjalanan", "On the way"),
    "trend": ("Pertumbuhan", "Growth"),
    # Spreadsheets
    "summary": ("Ringkasan", "Summary"),
    "load_list": ("Daftar Muat", "Load list"),
    "fill_in": (
        "Isi kolom kuning. Diterima + Ditolak = Dimuat; bila ada yang ditolak, pilih Alasan.",
        "Fill in the yellow columns. Received + refused = loaded; give a reason for a refusal.",
    ),
    "choose_reason": ("Pilih alasan dari daftar.", "Choose a reason from the list."),
    "reason_unknown": (
        "Alasan harus salah satu dari daftar.",
        "The reason must be one of the list.",
    ),
    "quantity_wrong": (
        "Isi bilangan bulat dari 0 sampai jumlah yang dimuat.",
        "Enter a whole number from 0 to the number loaded.",
    ),
    "date_wrong": (
        "Isi tanggal penyerahan, misalnya 2026-12-03.",
        "Enter the date of handover, such as 2026-12-03.",
    ),
    # Messages
    "message": (
        "*{organisation}*\nLembar rute {number}, {day}\n{vehicle}\nMuat di {depot} pukul {departs}"
        " (kembali {returns}).\n{stops} perhentian, {packages}, {km} km.",
        "*{organisation}*\nRoute sheet {number}, {day}\n{vehicle}\nLoad at {depot} at {departs}"
        " (back {returns}).\n{stops} stops, {packages}, {km} km.",
    ),
    "message_map": ("Peta bagian {n}: {link}", "Map part {n}: {link}"),
    "message_help": ("Bantuan: {phone}", "Help: {phone}"),
    "message_privacy": (
        "Rahasia: jangan diteruskan. Hapus setelah selesai.",
        "Confidential: do not forward. Delete when finished.",
    ),
}
