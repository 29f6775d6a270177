"""Sentences about pairs, needs and replacements."""

SENTENCES: dict[str, str] = {
    "need.haz": "Tinggi menurut umur",
    "need.age": "Umur",
    "need.poverty": "Kesejahteraan (desil)",
    "need.at_risk": "Keluarga berisiko stunting",
    "need.poverty_unknown": "Kesejahteraan tidak diketahui",
    "need.waiting": "Bulan menunggu",
    "matching.no_run": "Bulan %(month)s belum dipasangkan.",
    "matching.run_unknown": "Pemasangan %(run)s bukan pemasangan yang lebih awal dari bulan ini.",
    "matching.no_result": "Proses pemasangan ini tidak selesai, jadi tidak ada hasilnya.",
    "matching.child_unknown": "Anak %(child)s tidak ada dalam data terkunci bulan %(month)s.",
    "matching.not_in_month": "%(child)s atau %(pledge)s tidak ikut bulan ini.",
    "matching.pin_impossible": (
        "Sematan %(child)s pada %(pledge)s tidak mungkin: salah satunya tidak ikut bulan ini. "
        "Lepaskan sematan itu."
    ),
    "matching.problem": (
        "Bulan %(month)s tidak dapat dipasangkan. Perbaiki semua ini, lalu ulangi: %(faults)s"
    ),
    "matching.check_failed": (
        "Hasil tidak lolos pemeriksaan ulang (%(found)s). Tidak ada yang disimpan."
    ),
    "matching.cancelled": "Pencocokan %(month)s dihentikan. Tidak ada yang disimpan.",
    "matching.inputs_moved": (
        "Sematan atau data %(month)s berubah selama pemasangan. Tidak ada yang disimpan; "
        "jalankan ulang."
    ),
    "matching.rerun": "Diganti usulan baru.",
    "hold.not_found": "Sematan atau larangan tidak ditemukan.",
    "hold.state": (
        "Sematan dan larangan hanya dapat diubah sebelum diajukan; bulan %(month)s berada pada "
        "%(found)s."
    ),
    "hold.reason": "Tulis alasannya; alasan tersimpan bersama keputusan.",
    "hold.contradicts": (
        "%(child)s dan %(pledge)s sudah punya keputusan sebaliknya. Lepaskan dahulu."
    ),
    "hold.pinned_elsewhere": "%(child)s sudah disematkan pada janji lain. Lepaskan dahulu.",
    "change.newly_covered": "Baru mendapat orang tua asuh.",
    "change.child_left": "Anak tidak lagi dalam program.",
    "change.pledge_gives_nothing": "Janji sebelumnya tidak memberi tempat bulan ini.",
    "change.pins_took_it": "Tempatnya dipakai anak yang disematkan ke janji itu.",
    "change.by_goals": "Tujuan yang lebih tinggi didahulukan: %(goal)s.",
    "change.by_lottery": "Sama baik pada semua tujuan; undian yang menentukan.",
    "change.goal_unknown": (
        "Tujuan yang lebih tinggi didahulukan; yang mana hanya terlihat dengan memasangkan ulang."
    ),
    "change.no_loss": (
        "Mempertahankannya tidak merugikan tujuan mana pun: hitungan ini belum terbukti terbaik."
    ),
    "change.kind_new": "baru mendapat",
    "change.kind_lost": "tidak lagi mendapat",
    "change.kind_other": "berganti orang tua asuh",
    "change.loss_none": "tidak ada tujuan yang rugi",
    "change.loss_unknown": "baru diketahui dengan memasangkan ulang",
    "change.loss_rule": "tidak dapat dipertahankan; lihat sebabnya",
    "matching.policy": "Aturan pemasangan tidak terbaca. Periksa nama tujuan dan urutannya.",
    "reason.replacement": "Pengganti yang disetujui pejabat.",
    "reason.historical": "Dari daftar bulan lalu.",
    "reason.not_in_run": "Tidak ikut dalam proses ini.",
    "reason.no_pledges": "Belum ada janji bulan ini.",
    "reason.no_places": "Tidak ada tempat pada janji mana pun.",
    "reason.no_pledge_accepts_area": "Tidak ada janji yang menerima %(kelurahan_name)s.",
    "reason.goods_forbidden": "Barang dari janji yang terjangkau tidak boleh untuk anak ini.",
    "reason.all_refused": "Semua janji terhalang oleh aturan atau larangan.",
    "reason.needier_tier_first": (
        "Tempat yang terjangkau dipakai anak yang lebih parah; tingkat kebutuhan anak ini %(tier)s."
    ),
    "reason.kelurahan_share": (
        "Bagian %(kelurahan_name)s sudah terpenuhi secara adil: %(served)s "
        "dari %(children)s anak dilayani."
    ),
    "reason.more_points_first": (
        "Angka kebutuhan %(points)s; batas di orang tua asuh yang terjangkau %(cutoff)s."
    ),
    "reason.longer_wait_first": (
        "Menunggu %(months_waiting)s bulan; anak yang lebih lama menunggu didahulukan."
    ),
    "reason.kept_pairs_first": "Pasangan bulan lalu dipertahankan.",
    "reason.nearer_child_first": "Anak yang lebih dekat didahulukan.",
    "reason.lottery": (
        "Sama dengan anak lain pada %(pledges_in_reach)s janji yang terjangkau; diundi."
    ),
    "reason.places_taken": "Semua paket pada janji yang terjangkau sudah terpakai.",
    "reason.sibling_rule": "Kakak-adik harus bersama; tidak ada tempat yang cukup.",
    "reason.pair_pinned": "Disematkan oleh petugas.",
    "reason.pair_kept": "Pasangan bulan lalu.",
    "reason.pair_same_kelurahan": "Satu kelurahan.",
    "reason.pair_same_kecamatan": "Satu kecamatan.",
    "reason.pair_nearest": "Yang terdekat di antara yang ada tempat.",
    "reason.pair_best_together": "Terbaik bagi seluruh bulan.",
    "remedy.more_places_at_pledge": (
        "%(places)s tempat lagi pada janji %(pledge)s akan melayani anak ini."
    ),
    "remedy.more_places_in_kelurahan": (
        "%(places)s tempat lagi di %(kelurahan_name)s akan melayani anak ini."
    ),
    "remedy.widen_area": "Bila %(pledge)s menerima wilayah ini juga, anak ini terlayani.",
    "remedy.money_instead_of_goods": (
        "Bila %(pledge)s memberi uang sebagai ganti barang, anak ini terlayani."
    ),
    "remedy.lift_ban": "Bila larangan dengan %(pledge)s dicabut, anak ini terlayani.",
    "remedy.use_standby": "Bila janji cadangan %(pledge)s dipakai, anak ini terlayani.",
    "remedy.allow_sibling_split": "Kakak-adik boleh berbeda orang tua asuh.",
    "refusal.no_capacity": "Janji itu tidak punya tempat.",
    "refusal.standby": "Janji itu cadangan.",
    "refusal.outside_area": "Janji itu tidak menerima wilayah anak.",
    "refusal.forbidden_goods": "Barangnya tidak boleh untuk anak ini.",
    "refusal.conflict": "Ada benturan kepentingan.",
    "refusal.banned": "Pasangan itu dilarang petugas.",
    "refusal.pinned_elsewhere": "Anak disematkan pada janji lain.",
    "fault.bad_month": "M001: Bulan harus ditulis TTTT-BB, misalnya 2026-12.",
    "fault.column_length": (
        "M002: Kolom %(column)s berisi %(found)s nilai, seharusnya %(expected)s. Isi satu "
        "nilai untuk tiap baris."
    ),
    "fault.duplicate_id": (
        "M003: Kode %(id)s tertulis dua kali. Gabungkan barisnya atau beri kode lain."
    ),
    "fault.empty_id": "M004: Baris %(row)s tidak punya kode (%(column)s). Beri kode.",
    "fault.bad_coordinates": (
        "M005: Koordinat %(id)s tidak ada atau tidak mungkin. Pakai titik kantor kelurahan."
    ),
    "fault.bad_tier": "M006: Tingkat %(id)s bukan 1 sampai 127. Tingkat 1 paling membutuhkan.",
    "fault.bad_points": "M007: Angka kebutuhan %(id)s bukan bilangan bulat 0 sampai 1000.",
    "fault.bad_months_waiting": (
        "M008: Bulan menunggu %(id)s bukan 0 sampai 1200. Perbaiki tanggal paket terakhirnya."
    ),
    "fault.unknown_kelurahan": (
        "M009: Kelurahan %(id)s tidak ada dalam daftar. Tambahkan kelurahannya atau perbaiki "
        "kodenya."
    ),
    "fault.unknown_kecamatan": "M010: Kecamatan dari %(id)s tidak ada dalam daftar. Tambahkan.",
    "fault.unknown_sponsor": (
        "M011: Janji %(id)s tidak punya orang tua asuh yang dikenal. Tambahkan orangnya."
    ),
    "fault.bad_capacity": "M012: Jumlah paket janji %(id)s bukan 0 sampai 1.000.000.",
    "fault.bad_areas": (
        "M013: Wilayah yang diterima janji %(id)s rusak atau tidak dikenal. Sebut kelurahan "
        "yang ada."
    ),
    "fault.unknown_good": (
        "M014: %(id)s menyebut barang yang tidak ada dalam daftar, atau barangnya lebih dari 64."
    ),
    "fault.unknown_in_pair": (
        "M015: Pasangan ke-%(row)s dalam daftar %(list)s menyebut yang tidak ada. Hapus "
        "pasangannya."
    ),
    "fault.child_kept_twice": "M016: Anak %(child)s punya dua pasangan bulan lalu. Sisakan satu.",
    "fault.child_pinned_twice": "M017: Anak %(child)s disematkan dua kali. Sisakan satu.",
    "fault.pin_is_banned": (
        "M018: %(child)s disematkan pada %(pledge)s dan juga dilarang. Cabut salah satu."
    ),
    "fault.pin_in_conflict": (
        "M019: %(child)s disematkan pada %(pledge)s, padahal ada benturan kepentingan. "
        "Lepaskan sematan."
    ),
    "fault.pin_outside_area": (
        "M020: Janji %(pledge)s tidak menerima wilayah %(child)s yang disematkan. Lepaskan, "
        "atau minta wilayahnya diperluas."
    ),
    "fault.pin_forbidden_goods": (
        "M021: Barang janji %(pledge)s tidak boleh untuk %(child)s yang disematkan. Lepaskan, "
        "atau minta uang."
    ),
    "fault.pin_over_capacity": (
        "M022: %(children)s disematkan pada %(pledge)s yang hanya punya %(capacity)s tempat. "
        "Lepaskan sebagian."
    ),
    "fault.pin_splits_siblings": (
        "M023: Kakak-adik %(child)s dan %(sibling)s disematkan pada orang tua asuh berbeda. "
        "Lepaskan satu, atau izinkan dipisah."
    ),
    "fault.bad_wishes": (
        "M024: Wilayah yang diinginkan janji %(id)s rusak atau tidak dikenal. Sebut kelurahan "
        "yang ada."
    ),
    "fault.bad_delivery": (
        "M025: Tabel jalan paket salah ukuran, atau berisi angka negatif atau terlalu besar."
    ),
    "fault.too_many_in_tiers": (
        "M026: Adil antar kelurahan lebih dahulu tidak mungkin dengan %(children)s anak dalam "
        "%(tiers)s tingkat. Letakkan sesudah tingkat."
    ),
    "fault.bad_budget": (
        "M027: Rupiah janji %(id)s negatif, bukan bilangan bulat, atau terlalu besar. "
        "Perbaiki, atau kosongkan."
    ),
    "fault.bad_package_price": (
        "M028: Ada janji dalam rupiah, tetapi tabel harga paket tidak ada, salah ukuran, atau "
        "berisi harga di luar 1 sampai 1.000.000.000."
    ),
    "fault.unknown_package": (
        "M029: Paket %(id)s tidak ada dalam daftar, atau daftarnya lebih dari 64."
    ),
    "fault.pin_over_budget": (
        "M030: Paket untuk %(children)s yang disematkan pada %(pledge)s berharga Rp "
        "%(price_rp)s, padahal janjinya Rp %(budget_rp)s. Lepaskan sebagian, atau minta "
        "janjinya ditambah."
    ),
    "reason.budgets_spent": (
        "Paketnya Rp %(price_rp)s; di semua janji yang terjangkau sisa rupiahnya kurang "
        "(terbanyak Rp %(left_rp)s)."
    ),
    "remedy.more_rupiah": (
        "Rp %(rupiah)s lagi pada janji %(pledge)s, lalu anak ini disematkan padanya, akan "
        "melayani anak ini."
    ),
    "remedy.one_more_pinned": (
        "Satu paket lagi pada janji %(pledge)s (Rp %(rupiah)s lagi), lalu anak ini disematkan "
        "padanya, akan melayani anak ini."
    ),
    "refusal.over_budget": "Rupiah janji itu tidak cukup untuk paket anak ini.",
    "replacement.not_found": "Usulan pengganti tidak ditemukan.",
    "replacement.decided_before": "Usulan ini sudah diputuskan oleh %(by)s.",
    "replacement.superseded": (
        "Usulan ini tidak berlaku lagi; ada usulan yang lebih baru. Muat ulang daftarnya."
    ),
    "replacement.settled": (
        "Paket anak %(child)s sudah berangkat atau diterima bulan ini, jadi pasangannya tetap. "
        "Tolak usulan ini."
    ),
    "replacement.child_out": (
        "Anak %(child)s sekarang %(found)s. Tolak usulan ini, lalu usulkan lagi untuk tempatnya."
    ),
    "replacement.has_sponsor": (
        "Anak %(child)s sudah punya orang tua asuh bulan ini. Tolak usulan ini."
    ),
    "replacement.four_eyes": "Pejabat lain dari pengusul yang memutuskan pengganti.",
    "replacement.approver_only": "Hanya pejabat penyetuju yang memutuskan pengganti.",
    "replacement.state": (
        "Pengganti hanya untuk bulan yang sudah disetujui dan belum dicocokkan; %(month)s berada "
        "pada %(found)s."
    ),
    "replacement.nothing": "Tidak ada pasangan berjalan yang perlu diganti.",
    "replacement.pledge_rests": "Janji %(pledge)s beristirahat.",
    "replacement.pledge_ended": "Janji %(pledge)s berakhir.",
    "replacement.child_left": "%(child)s tidak lagi dalam program.",
    "replacement.reason": "Tulis alasan pengganti.",
    "replacement.no_longer": (
        "Keadaan berubah sejak usulan dibuat; tempatnya sudah terpakai. Buat usulan baru."
    ),
    "level.wishes": "Keinginan wilayah orang tua asuh dihormati",
    "level.goods": "Barang yang dijanjikan cocok dengan isi paket",
    "level.delivery": "Pengantaran yang dapat digabung",
    "figure.wishes": "%(n)s pasangan di luar wilayah yang diinginkan",
    "figure.goods": "%(n)s barang di luar isi paket",
    "price.wishes": "%(n)s keinginan wilayah tidak dihormati",
    "price.goods": "%(n)s barang di luar isi paket",
    "bound.exact": "%(price)s",
    "bound.at_most": "paling banyak: %(price)s",
    "bound.at_least": "paling sedikit: %(price)s",
    "price.delivery": "jalan paket %(km)s km lebih jauh",
    "policy.not_found": "Aturan pemasangan itu tidak ada.",
    "policy.name": "Beri aturan ini nama.",
    "policy.reason": "Tulis alasannya; alasan tersimpan bersama aturan.",
    "policy.content": (
        "Urutan tujuan tidak dapat dipakai: “Anak yang paling parah” harus ada, dan hanya lantai "
        "atau adil antarkelurahan, angka kebutuhan, lama menunggu, dan pasangan bulan lalu boleh "
        "mendahuluinya."
    ),
    "policy.unfed": (
        "Belum ada data untuk tujuan ini: %(levels)s. Keluarkan dari urutan, atau isi datanya "
        "dahulu."
    ),
    "policy.whole": "Tulis bilangan bulat yang masuk akal, tanpa koma.",
    "policy.draft": "Rancangan",
    "policy.draft_named": "Rancangan “%(name)s”",
    "policy.nothing_locked": (
        "Belum ada bulan yang datanya dikunci, jadi belum ada yang dapat dibandingkan."
    ),
    "unfed.wishes": "Belum dapat dipilih: belum ada janji dengan wilayah yang diinginkan.",
    "unfed.goods": "Belum dapat dipilih: belum ada janji berupa barang yang dikenal.",
    "unfed.delivery": "Belum dapat dipilih: belum ada rute dari bulan yang lalu.",
    "budgets.uniform": "Sebagai tempat: rupiah dibagi harga paket termahal, sisanya dicatat",
    "budgets.classes": "Menurut golongan harga paket",
    "budgets.free": "Menurut harga tiap paket; hasilnya dapat menyisakan celah yang disebut",
    "policy.adopted": "Aturan “%(name)s” ditetapkan.",
    "policy.built_in": "Aturan bawaan",
    "what_if.must_solve": (
        "Hanya pemasangan ulang yang tahu harganya: mulai pekerjaannya dengan POST ke alamat yang "
        "sama, lalu tanya lagi."
    ),
    "what_if.matched_anew": (
        "%(month)s sudah dipasangkan ulang sejak ini ditanyakan. Tanyakan lagi pada hasil yang "
        "baru."
    ),
    "word.what_if": "pencarian harga pasangan",
    "weigh.unknown": "Pilih apa yang ditimbang.",
    "weigh.same": "Pilih dua aturan yang berbeda.",
    "weigh.none": "Belum ada yang ditimbang pada %(month)s.",
    "word.weigh": "timbang aturan",
    "recruiting.area": (
        "%(places)s tempat baru di %(kelurahan)s melayani %(places)s anak lagi, "
        "%(first_tier)s di antaranya sangat pendek (tingkat 1)."
    ),
    "recruiting.area_plain": (
        "%(places)s tempat baru di %(kelurahan)s melayani %(places)s anak lagi."
    ),
    "places.free": "Menerima wilayah anak ini, masih ada tempat",
    "places.full": "Menerima wilayah anak ini, tempatnya penuh",
    "places.elsewhere": "Hanya menerima wilayah lain",
    "reason.bottleneck": (
        "%(bottleneck_pledges)s janji dapat menjangkau anak ini, langsung atau karena anak "
        "lain berpindah; %(bottleneck_places)s tempatnya sudah terpakai."
    ),
    "figure_name.children": "Anak terlayani",
    "figure_name.first_tier": "Tingkat paling parah",
    "figure_name.points": "Angka kebutuhan",
    "figure_name.worst_share_percent": "Kelurahan paling tertinggal",
    "figure_name.kept": "Pasangan bulan lalu",
    "figure_name.broken": "Putus",
    "figure_name.distance_m": "Jarak",
    "figure_name.split_households": "Rumah tangga terpisah",
    "switch.leximin_before_need": "Adil antarkelurahan didahulukan dari kebutuhan",
    "switch.leximin_after_tier": "Adil antarkelurahan sesudah tingkat kebutuhan",
    "switch.leximin_after_need": "Adil antarkelurahan sesudah semua kebutuhan",
    "switch.leximin_off": "Tanpa adil antarkelurahan",
    "switch.leximin_floor_50": "Adil antarkelurahan sebagai lantai 50 persen",
    "switch.leximin_floor_80": "Adil antarkelurahan sebagai lantai 80 persen",
    "switch.leximin_floor_95": "Adil antarkelurahan sebagai lantai 95 persen",
    "switch.siblings_preferred": "Kakak-adik bersama sejauh mungkin, kebutuhan lebih dahulu",
    "switch.siblings_apart": "Kakak-adik boleh terpisah",
    "switch.siblings_together": "Kakak-adik harus bersama",
    "switch.standby_on": "Janji cadangan dipakai",
    "switch.standby_off": "Janji cadangan tidak dipakai",
    "switch.without_kept": "Tanpa mempertahankan pasangan bulan lalu",
    "switch.without_area": "Tanpa mendahulukan satu kelurahan",
    "switch.without_wishes": "Tanpa keinginan wilayah",
    "switch.without_goods": "Tanpa kecocokan barang",
    "switch.without_distance": "Tanpa jarak",
    "switch.without_delivery": "Tanpa pengantaran yang digabung",
    "switch.without_spread": "Tanpa beban merata",
    "switch.kept_first": "Pasangan bulan lalu didahulukan dari semuanya",
    "order.child": "kode anak",
    "order.need": "yang paling membutuhkan",
    "order.sponsor": "nama orang tua asuh",
    "order.farthest": "yang paling jauh",
    "order.kelurahan": "kelurahan",
}
