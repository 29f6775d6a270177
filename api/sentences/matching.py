"""Sentences about pairs, needs and replacements."""

SENTENCES: dict[str, str] = {
    "need.haz": "Tinggi menurut umur",
    "need.age": "Umur",
    "need.poverty": "Kesejahteraan (desil)",
    "need.at_risk": "Keluarga berisiko stunting",
    "need.poverty_unknown": "Kesejahteraan tidak diketahui",
    "need.waiting": "Bulan menunggu",
    "matching.no_run": "Bulan %(month)s belum dipasangkan.",
    "matching.no_result": "Proses pencocokan ini tidak selesai, jadi tidak ada hasilnya.",
    "matching.child_unknown": "Anak %(child)s tidak ada dalam data terkunci bulan %(month)s.",
    "matching.not_in_month": "%(child)s atau %(pledge)s tidak ikut bulan ini.",
    "matching.pin_impossible": (
        "Sematan %(child)s pada %(pledge)s tidak mungkin: salah satunya tidak ikut bulan ini. "
        "Lepaskan sematan itu."
    ),
    "matching.problem": (
        "Bulan %(month)s tidak dapat dipasangkan karena sematan atau datanya bertentangan "
        "(%(first)s). Perbaiki lalu ulangi."
    ),
    "matching.check_failed": (
        "Hasil tidak lolos pemeriksaan ulang (%(found)s). Tidak ada yang disimpan."
    ),
    "matching.cancelled": "Pencocokan %(month)s dihentikan. Tidak ada yang disimpan.",
    "matching.inputs_moved": (
        "Sematan atau data %(month)s berubah selama pencocokan. Tidak ada yang disimpan; "
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
    "change.by_goals": "Tujuan yang lebih tinggi lebih terpenuhi.",
    "matching.policy": "Aturan pencocokan tidak terbaca. Periksa nama tujuan dan urutannya.",
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
        "Nilai %(points)s; batas di orang tua asuh yang terjangkau %(cutoff)s."
    ),
    "reason.longer_wait_first": (
        "Menunggu %(months_waiting)s bulan; anak yang lebih lama menunggu didahulukan."
    ),
    "reason.kept_pairs_first": "Pasangan bulan lalu dipertahankan.",
    "reason.nearer_child_first": "Anak yang lebih dekat didahulukan.",
    "reason.lottery": (
        "Sama dengan anak lain pada %(pledges_in_reach)s janji yang terjangkau; diundi."
    ),
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
    "fault.pin_is_banned": "Pasangan yang disematkan juga dilarang.",
    "fault.pin_in_conflict": "Pasangan yang disematkan punya benturan kepentingan.",
    "fault.pin_outside_area": "Janji tidak menerima wilayah anak yang disematkan.",
    "fault.pin_forbidden_goods": "Barang janji tidak boleh untuk anak yang disematkan.",
    "fault.pin_over_capacity": "Lebih banyak anak disematkan daripada tempat janji itu.",
    "fault.pin_splits_siblings": "Kakak-adik disematkan pada orang tua asuh berbeda.",
    "fault.child_pinned_twice": "Satu anak disematkan dua kali.",
    "replacement.not_found": "Usulan pengganti tidak ditemukan.",
    "replacement.decided_before": "Usulan ini sudah diputuskan oleh %(by)s.",
    "replacement.four_eyes": "Pejabat lain dari pengusul yang memutuskan pengganti.",
    "replacement.approver_only": "Hanya pejabat penyetuju yang memutuskan pengganti.",
    "replacement.state": (
        "Pengganti hanya untuk bulan yang sudah disetujui; %(month)s berada pada %(found)s."
    ),
    "replacement.nothing": "Tidak ada pasangan berjalan yang perlu diganti.",
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
    "price.delivery": "jalan paket %(km)s km lebih jauh",
    "policy.not_found": "Aturan pemasangan itu tidak ada.",
    "policy.name": "Beri aturan ini nama.",
    "policy.reason": "Tulis alasannya; alasan tersimpan bersama aturan.",
    "policy.content": (
        "Urutan tujuan tidak dapat dipakai (%(found)s). Anak yang paling parah harus ada, "
        "undian terakhir, jarak dan barang sesudahnya."
    ),
    "policy.adopted": "Aturan “%(name)s” ditetapkan.",
    "policy.built_in": "Aturan bawaan",
    "weigh.unknown": "Pilih apa yang ditimbang.",
    "weigh.same": "Pilih dua aturan yang berbeda.",
    "weigh.none": "Belum ada yang ditimbang pada %(month)s.",
    "word.weigh": "timbang aturan",
    "recruiting.area": (
        "%(places)s tempat baru di %(kelurahan)s melayani %(places)s anak lagi, "
        "%(first_tier)s di antaranya sangat pendek (tingkat 1)."
    ),
    "reason.bottleneck": (
        "%(bottleneck_pledges)s janji dapat menjangkau anak ini, langsung atau karena anak "
        "lain berpindah; %(bottleneck_places)s tempatnya terpakai semua."
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
