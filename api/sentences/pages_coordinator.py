"""What the pages from packing to closing say: states, outcomes, actions, what was done."""

PACKAGE_STATES = {
    "planned": "direncanakan",
    "reserved": "barang disisihkan",
    "packed": "dikemas",
    "loaded": "dimuat",
    "accepted": "diterima",
    "partly_accepted": "diterima sebagian",
    "rejected": "ditolak",
    "returned": "kembali",
    "restocked": "kembali ke stok",
    "spoiled": "rusak",
    "reassigned": "dialihkan",
    "lost": "hilang",
    "carried": "dibawa ke bulan depan",
    "cancelled": "dibatalkan",
}
ACTIONS = {
    "redeliver": "Kirim ulang",
    "pick_up": "Diambil keluarga di titik bagi",
    "reassign": "Berikan kepada paket lain yang menunggu",
    "return": "Kembalikan ke stok",
    "spoil": "Hapus sebagai rusak",
    "data_change": "Minta petugas memeriksa alamat atau data",
    "exit_child": "Minta petugas memeriksa apakah anak keluar",
    "grievance": "Serahkan kepada penyetuju sebagai aduan",
}
OUTCOMES = {
    "accepted": "Diterima",
    "partly_accepted": "Diterima sebagian",
    "rejected": "Ditolak semua",
    "left_with_receiver": "Diterima orang lain",
    "left_at_drop_point": "Dititipkan di posyandu atau titik bagi",
    "failed": "Tidak terkirim",
    "lost": "Hilang di jalan",
    "undo": "Diurungkan",
}

SENTENCES: dict[str, str] = {
    **{f"package_state.{code}": text for code, text in PACKAGE_STATES.items()},
    **{f"case_action.{code}": text for code, text in ACTIONS.items()},
    **{f"outcome.{code}": text for code, text in OUTCOMES.items()},
    "stop_state.planned": "direncanakan",
    "stop_state.en_route": "di jalan",
    "stop_state.delivered": "diterima",
    "stop_state.partly_delivered": "diterima sebagian",
    "stop_state.left_with_receiver": "diterima orang lain",
    "stop_state.picked_up": "diambil keluarga",
    "stop_state.failed": "tidak terkirim",
    "stop_state.rescheduled": "dijadwalkan ulang",
    "stop_state.cancelled": "dibatalkan",
    "case_state.open": "baru",
    "case_state.assigned": "ditangani",
    "case_state.action_chosen": "tindakan dipilih",
    "case_state.done": "dikerjakan",
    "case_state.verified": "diperiksa",
    "case_state.closed": "ditutup",
    "case_state.reopened": "dibuka lagi",
    "courier.not_opened": "belum dibuka",
    "courier.on_the_way": "di jalan",
    "courier.problem": "ada kendala",
    "courier.finished": "selesai",
    "channel.phone": "telepon kurir",
    "channel.page": "halaman",
    "channel.sheet": "lembar hasil",
    "channel.office": "koreksi kantor",
    "mode.homes": "Ke setiap rumah",
    "mode.drop_points": "Ke titik bagi (posyandu, kantor kelurahan)",
    "mode.choose": "Pilih yang lebih hemat untuk tiap keluarga",
    "export.all_pdf": "Semua cetakan dalam satu berkas (PDF)",
    "export.sheets_pdf": "Lembar rute, semua dalam satu berkas (PDF)",
    "export.sheets_redacted_pdf": "Lembar rute tanpa nama dan telepon orang (PDF)",
    "export.loading_pdf": "Daftar muat gudang (PDF)",
    "export.labels_pdf": "Label paket (PDF)",
    "export.delivery_notes_pdf": "Surat jalan (PDF)",
    "export.sign_list_pdf": "Daftar tanda terima (PDF)",
    "export.results_xlsx": "Lembar hasil untuk diisi (XLSX)",
    "export.stops_csv": "Daftar perhentian untuk alat lain (CSV: koma, desimal titik)",
    "export.stops_excel_csv": (
        "Daftar perhentian untuk Excel Indonesia (CSV: titik koma, desimal koma)"
    ),
    "route.did.locked": "%(route)s terkunci: urutannya tetap sampai dibuka kembali.",
    "route.did.unlocked": "%(route)s tidak terkunci lagi.",
    "stop.did.held": "Ketentuan untuk %(stop)s disimpan.",
    "export.planner_csv": "Perhentian untuk Circuit dan Google My Maps (CSV: koma, desimal titik)",
    "export.gpx": "Jalur untuk peta ponsel (GPX)",
    "export.kml": "Jalur untuk Google Earth (KML)",
    "export.geojson": "Jalur untuk peta lain (GeoJSON)",
    "export.map_links": "Tautan Google Maps dan geo per perhentian (TXT)",
    "stock_move.opening": "stok awal",
    "stock_move.receipt": "masuk",
    "stock_move.purchase": "dibeli",
    "stock_move.reserve": "dijanjikan",
    "stock_move.release": "dilepas",
    "stock_move.pack": "dikemas",
    "stock_move.return": "kembali",
    "stock_move.spoil": "rusak",
    "stock_move.lose": "hilang",
    "stock_move.correct": "hasil hitung",
    "call.received": "diterima",
    "call.received_partly": "diterima sebagian",
    "call.not_received": "tidak diterima",
    "call.not_reached": "tidak tersambung atau tidak di rumah",
    "call_way.phone": "telepon",
    "call_way.visit": "kunjungan rumah",
    "fulfilment.fulfilled": "terpenuhi",
    "fulfilment.partly": "terpenuhi sebagian",
    "fulfilment.unfulfilled": "tidak terpenuhi",
    "amend_field.state": "keadaan",
    "amend_field.accepted_items": "barang diterima",
    "amend_field.delivered_on": "hari diterima",
    "amend_field.reason": "alasan",
    "amend_field.items": "diterima",
    "amend_field.moved_to": "sisanya",
    "amend_field.moved_from": "tadinya",
    "amend_field.hidden": "rahasia",
    "amend_field.no_items": "tidak ada",
    "amend_field.moved_items": "dipindahkan",
    "amend_field.units": "jumlah",
    "amend_where.returned": "kembali ke gudang",
    "amend_where.spoiled": "rusak",
    "amend_where.lost": "hilang",
    "amend_where.carried": "dibawa ke bulan berikut",
    "pledge_state.draft": "belum lengkap",
    "pledge_state.submitted": "sedang diperiksa",
    "pledge_state.active": "berjalan",
    "pledge_state.late": "bulan ini belum kami terima",
    "pledge_state.suspended": "berhenti sementara",
    "pledge_state.ending": "segera berakhir",
    "pledge_state.ended": "berakhir, terima kasih",
    "pledge_state.rejected": "tidak dilanjutkan",
    "pledge_form.money": "uang",
    "pledge_form.goods": "barang",
    "pledge_form.both": "uang dan barang",
    "trend.up": "Pertumbuhan membaik.",
    "trend.steady": "Pertumbuhan tetap.",
    "trend.down": "Pertumbuhan perlu perhatian.",
    "donor_status.received": "diterima",
    "donor_status.on_the_way": "dalam perjalanan",
    "donor_status.planned": "disiapkan",
    "donor_status.handed_on": "belum berangkat; dinas sedang menentukan siapa yang melanjutkan",
    "donor_status.waiting": "menunggu bulan depan",
    "donor_status.missed": "tidak sampai bulan itu",
    "distance.great_circle": "garis lurus dikali faktor jalan (angka kerja %(as_of)s)",
    "distance.roads": "peta jalan (%(as_of)s)",
    "distance.made_up": "peta jalan karangan (%(as_of)s): contoh, bukan jalan sebenarnya",
    "distance.matrix": "tabel jarak kota (%(as_of)s)",
    "distance.plane": "jarak bidang",
    "packing.verb": "Tindakan %(verb)s tidak dikenal untuk sebuah paket.",
    "packing.did.reserved": "%(packages)s paket siap: barangnya sudah disisihkan dari stok.",
    "packing.did.short": (
        "%(packages)s paket dibuat, tetapi belum ada barang yang disisihkan: %(items)s barang "
        "kurang."
    ),
    "packing.did.signed": (
        "Tindakan untuk %(items)s ditandatangani. Ulangi pengepakan agar berlaku."
    ),
    "packing.did.signed_none": "Belum ada tindakan yang dipilih; tidak ada yang ditandatangani.",
    "packing.did.packed": "%(count)s paket ditandai sudah dikemas.",
    "packing.did.batal": "Paket %(package)s dibatalkan; barangnya kembali ke stok.",
    "packing.did.repacked": (
        "%(fresh)s menggantikan %(package)s: cetak labelnya, kemas, lalu konfirmasi ulang rutenya."
    ),
    "packing.did.repacked_short": (
        "%(fresh)s menggantikan %(package)s, tetapi barangnya kurang. Tandatangani kekurangannya."
    ),
    "packing.did.carried": "%(n)s paket dibawa ke bulan depan.",
    "packing.did.carried_none": "Tidak ada paket yang dicentang.",
    "packing.did.bawa": "Paket %(package)s dibawa ke bulan depan.",
    "stock.did.received": "Dicatat masuk: %(item)s.",
    "stock.did.corrected": "Stok %(item)s disesuaikan dengan hitungan.",
    "stock.did.corrected_beside_boxes": (
        "Stok %(item)s disesuaikan dengan hitungan. %(packed)s lagi ada di dalam %(n)s kotak yang "
        "sudah dikemas; bila isinya ikut terhitung, hitung lagi tanpa kotak itu."
    ),
    "stock.did.agrees": "Hitungan %(item)s sama dengan buku; tidak ada yang berubah.",
    "routes.did.confirmed": "%(count)s rute dikonfirmasi.",
    "routes.did.confirmed_some": (
        "%(count)s rute dikonfirmasi. Perlu dilihat satu per satu: %(left)s."
    ),
    "routes.did.left": "%(count)s rute berangkat.",
    "routes.did.left_some": (
        "%(count)s rute berangkat. Tinggal: %(staying)s; sebabnya tertulis di bawah."
    ),
    "route.did.reordered": "Urutan %(name)s diubah. Konfirmasi rutenya sesudah selesai.",
    "route.did.moved": "%(stop)s dipindahkan ke %(route)s. Konfirmasi rutenya sesudah selesai.",
    "route.did.moved_against": (
        "%(stop)s dipindahkan ke %(route)s. %(route)s sekarang melanggar: %(broken)s. Pindahkan "
        "lagi, atau terima dengan alasan di %(route)s."
    ),
    "route.did.moved_breaking": (
        "%(stop)s dipindahkan ke %(route)s, dengan %(count)s pelanggaran di %(routes)s. Pindahkan "
        "lagi, atau terima dengan alasan: tanpa itu rute tidak dapat dikonfirmasi."
    ),
    "route.did.put_back": ("Pemindahan %(stop)s dibatalkan. Konfirmasi rutenya sesudah selesai."),
    "route.did.taken_out": "%(stop)s dikeluarkan dan menunggu rute.",
    "route.did.split": (
        "%(name)s dipotong: %(count)s perhentian terakhir menjadi %(route)s. Untuk "
        "mengembalikannya, tambahkan perhentian dari %(route)s."
    ),
    "route.did.merged": (
        "Perhentian %(route)s menjadi bagian akhir %(name)s. Untuk mengembalikannya, potong "
        "setelah perhentian %(count)s."
    ),
    "route.did.confirmed": "%(name)s dikonfirmasi.",
    "route.did.left": "%(name)s berangkat.",
    "results.did.applied": (
        "%(stored)s hasil dicatat; %(others)s tidak mengubah apa pun karena sudah ada."
    ),
    "delivery.did.recorded": "Hasil %(stop)s dicatat.",
    "delivery.did.nothing": "Tidak ada yang berubah pada %(stop)s: hasilnya sudah tercatat.",
    "vehicle.did.assigned": "Kurir %(vehicle)s disimpan.",
    "vehicle.unknown": "Kendaraan tidak ditemukan.",
    "courier.unknown": "Pilih akun kurir yang dipakai.",
    "courier.taken": (
        "%(vehicle)s sudah punya akun kurir. Jangan dicentang; kurirnya diganti di halaman armada."
    ),
    "delivery.did.sheet": "Hasil %(count)s perhentian dicatat.",
    "delivery.did.sheet_nothing": (
        "Tidak ada yang berubah: isilah hasil, atau hasilnya sudah tercatat."
    ),
    "delivery.did.package": "Hasil paket %(package)s dicatat.",
    "delivery.did.undone": "Catatan %(stop)s diurungkan.",
    "case.did.take": "Kasus ini sekarang Anda tangani.",
    "case.did.act": "Tindakan dicatat.",
    "case.did.finish": "Kasus dicatat sudah dikerjakan.",
    "case.did.close": "Kasus ditutup.",
    "case.did.close_several": "%(count)s kasus ditutup.",
    "case.did.close_none": "Tidak ada kasus yang dicentang.",
    "case.did.answered_all": (
        "%(count)s jawaban dicatat. Semua keluarga di rute itu sudah menjawab: kasusnya selesai."
    ),
    "case.did.answered": "%(count)s jawaban dicatat.",
    "case.did.reopen": "Kasus dibuka lagi.",
    "closing.did.started": "Distribusi berakhir; keluarga contoh sudah dipilih.",
    "closing.did.resumed": "Kembali ke distribusi.",
    "closing.did.answered": "Jawaban dicatat.",
    "closing.did.amended": "Koreksi untuk paket %(package)s dicatat.",
    "closing.did.amended_stock": (
        "Koreksi untuk paket %(package)s dicatat. Rak di gudang: %(goods)s."
    ),
    "closing.did.amended_same_stock": (
        "Koreksi untuk paket %(package)s dicatat. Jumlah di rak tetap; gerakannya ada di Stok."
    ),
}
"""``package_state.…`` and the like are words of states; ``….did.…`` is said after a form."""
