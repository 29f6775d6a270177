"""Sentences about reports and what donors see."""

SENTENCES: dict[str, str] = {
    "report.open": (
        "Angka untuk umum ada setelah bulannya ditutup: angka yang masih berubah dapat menunjukkan "
        "satu anak."
    ),
    "report.hiding": (
        "Angka mana dari %(month)s, versi %(number)s, yang tidak boleh keluar belum diperiksa. "
        "Mulai pemeriksaannya, lalu buka lagi."
    ),
    "report.without_targeting": (
        "Laporan %(month)s ditutup sebelum angka Tepat sasaran ikut disimpan. Untuk yang keluar "
        "dari dinas, hitung ulang dahulu laporan bulan itu."
    ),
    "report.area": "%(found)s bukan kecamatan atau kelurahan kota ini.",
    "report.role": "Peran Anda (%(role)s) tidak membaca laporan bulanan.",
    "report.version": "Laporan %(month)s tidak punya versi %(number)s.",
    "report.not_closed": "Bulan %(month)s belum ditutup: angkanya dihitung setiap kali dibuka.",
    "report.recount_role": (
        "Hanya penyetuju yang menghitung ulang bulan tertutup; peran Anda: %(role)s."
    ),
    "report.recount_reason": (
        "Tulis mengapa %(month)s dihitung ulang, misalnya data yang baru masuk."
    ),
    "report.unchanged": "Tidak ada angka %(month)s yang berubah, jadi tidak ada versi baru.",
    "report.kept_elsewhere": (
        "%(month)s tidak dijalankan di sini: hanya pasangan dan penyalurannya yang masuk dari "
        "berkas. Berapa anak terdaftar dan berhak waktu itu tidak diketahui."
    ),
    "donor.unknown": "Tidak ditemukan.",
    "donor.nothing": "Belum ada anak asuh untuk bulan %(month)s.",
}

TITLES: dict[str, str] = {
    "report": "Laporan bulanan pendampingan anak asuh",
    "head": "Kepala Dinas",
    "acting_head": "Plt. Kepala Dinas",
    "tpps": "Ketua TPPS",
    "camat": "Camat",
    "tpps_kecamatan": "Ketua TPPS kecamatan",
    "lurah": "Lurah",
    "tpps_kelurahan": "Ketua TPPS kelurahan",
    "source": "Asuh, data bulan %(month)s",
    "version": "versi %(number)s (%(digest)s)",
    "version_outside": "versi %(number)s",
    "suppressed": (
        "Tanda *: angka di bawah 5, atau angka lain yang disembunyikan agar angka kecil itu "
        "tidak dapat dihitung kembali."
    ),
    "unknown_target_new": (
        "Baru masuk: berhak bulan ini dan tidak bulan sebelumnya. Tidak diketahui, karena bulan "
        "sebelumnya tidak dikunci di sini."
    ),
    "unknown_nutrition_severe_referred": (
        "Gizi buruk dirujuk: tidak diketahui, karena laporan ini dicatat sebelum rujukan dihitung."
    ),
    "unknown_area": "Wilayah belum diketahui",
    "total": "Jumlah",
    "city": "Kota",
    "answers": "Keluarga yang ditanya apakah paketnya sampai",
    "answer": "Jawaban",
    "in_sample": "Contoh acak",
    "on_routes": "Keluarga lain di rute yang diragukan",
    "not_asked": "belum ditanya",
    "kept_records": "Catatan yang tetap walau keluarga menjawab lain",
    "subject": "Paket atau rute",
    "case": "Kasus",
    "because": "Alasan",
    "by": "Ditutup oleh",
    "area": "Wilayah",
    "month": "Bulan",
    "target_own": "Sasaran",
    "kept_off_own": "Yang tertahan sebelum pencocokan",
    "matching_own": "Pencocokan dan paket",
    "delivery_own": "Penyaluran",
    "punctuality_own": "Ketepatan dan bukti penyaluran",
    "nutrition_own": "Gizi",
    "growth_own": "Pertumbuhan",
    "course": "Bulan demi bulan",
    "course_note": "Bulan yang sudah ditutup, masing-masing menurut versi terakhir laporannya.",
    "posyandu": "Posyandu (untuk dinas saja)",
    "posyandu_head": "Posyandu",
    "city_only_note": (
        "Alasan, rute, donatur, dan hitungan GENTING ada pada laporan seluruh kota."
    ),
    "kecamatan": "Kecamatan",
    "kelurahan": "Kelurahan",
    "figure": "Uraian",
    "value": "Nilai",
    "reason": "Alasan",
    "count": "Banyaknya",
    "sensitive": "Alasan khusus",
    "reason.no_pledge_accepts_area": "Tidak ada janji yang menerima kelurahannya",
    "reason.needier_tier_first": "Tempat yang terjangkau dipakai anak yang lebih parah",
    "reason.kelurahan_share": "Bagian kelurahannya sudah terpenuhi secara adil",
    "reason.more_points_first": "Anak dengan angka kebutuhan lebih tinggi didahulukan",
    "reason.longer_wait_first": "Anak yang lebih lama menunggu didahulukan",
    "reason.lottery": "Sama dengan anak lain; diundi",
    "reason.budgets_spent": "Sisa rupiah pada janji yang terjangkau kurang untuk paketnya",
    "reason.bottleneck": "Semua tempat pada janji yang dapat menjangkaunya terpakai",
    "target_kecamatan": "Sasaran per kecamatan",
    "target_kelurahan": "Sasaran per kelurahan",
    "matching_kecamatan": "Pencocokan dan paket per kecamatan",
    "matching_kelurahan": "Pencocokan dan paket per kelurahan",
    "delivery_kecamatan": "Penyaluran per kecamatan",
    "delivery_kelurahan": "Penyaluran per kelurahan",
    "nutrition_kecamatan": "Gizi per kecamatan",
    "nutrition_kelurahan": "Gizi per kelurahan",
    "sponsors_city": "Donatur",
    "unmatched": "Belum mendapat orang tua asuh, menurut alasan",
    "failed": "Paket tidak diterima penuh, menurut alasan",
    "genting_city": "Hitungan GENTING",
    "per_sponsor": "Per donatur (untuk dinas saja)",
    "target_registered": "Terdaftar",
    "target_eligible": "Memenuhi syarat",
    "target_consented": "Ada persetujuan",
    "target_new": "Baru masuk",
    "target_graduated": "Lulus",
    "target_left": "Keluar program",
    "reach": "Dari anak yang dikenal sampai paket diterima, seluruh kota",
    "step": "Langkah, dan sebab berhenti",
    "reach_note": (
        "Setiap anak dihitung sekali, pada sebab pertama menurut urutan ini: keluar sebelum "
        "daftar dikunci; umur; data ganda; dijeda, ditelaah, atau pindah; kelurahan; "
        "pengukuran; kebutuhan; persetujuan; lalu pasangan, pengemasan, penyaluran. Setiap "
        "langkah dikurangi sebab-sebabnya adalah langkah berikutnya; sebab tanpa anak tidak "
        "ditulis. Data yang digabung sesudah daftar dikunci dihitung sebagai satu anak, jadi "
        "yang dikenal dapat berkurang sejak dikunci."
    ),
    "kept_off_kecamatan": "Yang tertahan sebelum pencocokan, per kecamatan",
    "kept_off_kelurahan": "Yang tertahan sebelum pencocokan, per kelurahan",
    "kept_off_note": (
        "Setiap anak dihitung sekali, pada sebab pertama dari kiri; yang dikenal dikurangi "
        "semua yang tertahan adalah yang memenuhi syarat."
    ),
    "target_note": (
        "Ada persetujuan: anak terdaftar yang persetujuan walinya berlaku pada akhir bulan, "
        "memenuhi syarat atau tidak."
    ),
    "target_known": "Dikenal bulan ini",
    "target_with_consent": "Ada persetujuan",
    "target_packed": "Paketnya dikemas",
    "target_received": "Paketnya diterima",
    "kept_off_left": "Keluar sebelum dikunci",
    "kept_off_age": "Umur",
    "kept_off_doubt": "Ganda atau ditelaah",
    "kept_off_paused": "Dijeda",
    "kept_off_place": "Tempat tinggal",
    "kept_off_measurement": "Pengukuran",
    "kept_off_need": "Tidak stunting",
    "kept_off_consent": "Persetujuan",
    "child.graduated": "Lulus bulan ini, sebelum daftar dikunci",
    "child.exited": "Keluar bulan ini, sebelum daftar dikunci",
    "child.too_old": "Berumur 60 bulan atau lebih pada hari kirim",
    "child.open_duplicate": "Mungkin tercatat dua kali, belum diputuskan",
    "child.needs_review": "Ukuran janggal, menunggu telaah",
    "child.moved_pending": "Dilaporkan pindah, belum diputuskan",
    "child.no_kelurahan": "Kelurahan belum diketahui",
    "child.out_of_city": "Alamat di luar kota",
    "child.not_measured": "Belum ada ukuran dengan TB/U",
    "child.measured_long_ago": "Ukuran terakhir terlalu lama",
    "child.not_stunted": "Tidak stunting: TB/U -2 atau lebih",
    "child.no_consent": "Belum ada persetujuan wali",
    "child.consent_refused": "Wali menolak",
    "child.consent_contradictory": "Surat wali berkata ya dan tidak",
    "child.consent_withdrawn": "Wali mencabut persetujuan",
    "child.consent_expired": "Persetujuan wali habis masa berlakunya",
    "reason.pair_ended": "Pasangannya berakhir dan belum diganti",
    "reason.not_approved": "Diusulkan berpasangan, belum disetujui",
    "reason.not_matched": "Bulan ini belum dipasangkan",
    "stopped.no_package": "Paketnya belum atau tidak dapat dibuat",
    "stopped.cancelled": "Paketnya dibatalkan",
    "stopped.not_packed": "Paketnya menunggu barang atau pengemasan",
    "stopped.under_way": "Paketnya di gudang atau di jalan",
    "stopped.carried": "Paketnya dibawa ke bulan depan",
    "stopped.refused": "Keluarga menolak paketnya",
    "stopped.returned": "Paketnya kembali ke gudang",
    "stopped.spoiled": "Paketnya rusak",
    "stopped.lost": "Paketnya hilang",
    "stopped.corrected_part": "Dikoreksi: keluarga menerima sebagian",
    "stopped.corrected": "Dikoreksi: keluarga tidak menerima apa-apa",
    "matching_matched": "Mendapat orang tua asuh",
    "matching_unmatched": "Belum mendapat",
    "delivery_planned": "Paket direncanakan",
    "delivery_delivered": "Diterima",
    "delivery_partial": "Diterima sebagian",
    "delivery_failed": "Belum diterima",
    "delivery_stops": "Perhentian",
    "delivery_stops_done": "Perhentian selesai diserahkan",
    "nutrition_measured": "Diukur bulan ini",
    "nutrition_gain_n": "Naik (N)",
    "nutrition_gain_t": "Tidak naik (T)",
    "nutrition_gain_o": "Tidak ditimbang bulan lalu (O)",
    "nutrition_gain_b": "Baru (B)",
    "sponsors_registered": "Donatur terdaftar",
    "sponsors_active": "Donatur aktif",
    "sponsors_new": "Donatur baru",
    "sponsors_stopped": "Donatur berhenti",
    "sponsors_pledged_rp": "Janji (Rp)",
    "sponsors_received_rp": "Uang diterima (Rp)",
    "sponsors_shortfall_rp": "Kekurangan (Rp)",
    "genting_children": "Anak yang menerima bantuan",
    "genting_sponsors": "Donatur yang bantuannya sampai",
    "genting_packages": "Paket diterima (penuh atau sebagian)",
    "genting_value_rp": "Nilai paket diterima (Rp)",
    "punctuality_kecamatan": "Ketepatan dan bukti penyaluran per kecamatan",
    "punctuality_kelurahan": "Ketepatan dan bukti penyaluran per kelurahan",
    "punctuality_note": (
        "Bukti berarti ada foto atau nama penerima yang dicatat. Rata-rata tidak "
        "diberikan bila kurang dari 3 paket."
    ),
    "growth_kecamatan": "Pertumbuhan per kecamatan",
    "growth_kelurahan": "Pertumbuhan per kelurahan",
    "nutrition_note": (
        "Anak yang didampingi: anak yang mendapat orang tua asuh bulan ini. Gizi buruk "
        "dihitung dari pengukuran bulan ini semua anak terdaftar."
    ),
    "growth_note": (
        "Perubahan berat dibandingkan dengan bulan lalu; TB/U dan statusnya dengan bulan "
        "pertama didampingi. Rata-rata tidak diberikan bila kurang dari 3 anak."
    ),
    "too_few": "terlalu sedikit",
    "matching_city": "Pencocokan, seluruh kota",
    "delivery_city": "Penyaluran, seluruh kota",
    "not_counted": "Belum dihitung",
    "missing_on_targeting": "Dihitung pada Tepat sasaran, bila daftar program itu diterima",
    "matching_max_children": "Anak terbanyak per donatur",
    "matching_changes": "Pasangan bulan lalu yang tidak berlanjut",
    "matching_bridged": "Anak yang ditanggung dana jembatan",
    "matching_run": "Nomor hitungan",
    "matching_proof": "Status hitungan",
    "delivery_routes": "Jumlah rute",
    "delivery_km": "Jarak rute (km)",
    "delivery_attempts": "Percobaan antar",
    "delivery_reached": "Paket sampai",
    "delivery_late": "Terlambat",
    "delivery_days_late": "Rata-rata hari terlambat",
    "delivery_evidenced": "Dengan bukti",
    "delivery_evidence": "Bukti (%)",
    "nutrition_supported": "Anak yang didampingi",
    "nutrition_measured_share": "Diukur (%)",
    "nutrition_two_t": "2T",
    "nutrition_severe": "Gizi buruk, perlu dirujuk",
    "nutrition_severe_referred": "Gizi buruk dirujuk",
    "nutrition_weight_children": "Ditimbang dua bulan",
    "nutrition_mean_weight_gain": "Rata-rata perubahan berat (g)",
    "nutrition_haz_children": "Ada TB/U awal dan kini",
    "nutrition_mean_haz_change": "Rata-rata perubahan TB/U (z)",
    "nutrition_status_up": "Status TB/U naik",
    "nutrition_status_same": "Status TB/U tetap",
    "nutrition_status_down": "Status TB/U turun",
    "sponsor": "Kode donatur",
    "name": "Nama donatur",
    "children": "Anak",
    "packages": "Paket sampai",
    "received_rp": "Diterima (Rp)",
    "age_0": "0–5 bulan",
    "age_6": "6–11 bulan",
    "age_12": "12–23 bulan",
    "age_24": "24–59 bulan",
    "male": "Laki-laki",
    "female": "Perempuan",
    "up": "membaik",
    "steady": "tetap",
    "down": "perlu perhatian",
}
"""Headings and figures of reports, by name."""
