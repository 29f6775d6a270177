"""What a checker found wrong with a matching, in few words (``matcher.check``)."""

SENTENCES: dict[str, str] = {
    "check.wrong_problem": "hasil ini milik soal lain",
    "check.wrong_shape": "jumlah anak tidak sama",
    "check.unknown_pledge": "janji tidak dikenal",
    "check.over_capacity": "janji diisi melebihi tempatnya",
    "check.over_budget": "paket sebuah janji melebihi rupiahnya",
    "check.outside_area": "pasangan di luar wilayah janji",
    "check.forbidden_goods": "barang janji terlarang bagi anak",
    "check.banned_pair": "pasangan yang dilarang petugas",
    "check.conflict_pair": "pasangan dengan benturan kepentingan",
    "check.standby_used": "janji cadangan terpakai",
    "check.pin_not_kept": "sematan tidak dipegang",
    "check.wrong_fairest": (
        "pembagian paling adil, dasar lantai kelurahan, hilang, berlebih, atau tidak terbukti"
    ),
    "check.siblings_split": "kakak-adik terpisah",
    "check.not_a_candidate": "pasangan yang bukan pilihan",
    "check.levels_differ": "urutan tujuan berbeda",
    "check.wrong_value": "angka sebuah tujuan salah",
    "check.wrong_cost": "biaya salah",
    "check.wrong_bound": "batas sebuah tujuan salah",
    "check.wrong_status": "keterangan bukti salah",
    "check.wrong_result_hash": "sidik hasil salah",
    # --- what `asuh check` says ----------------------------------------------------------------
    "check.cli_not_json": (
        "%(file)s bukan hasil pasangan atau rute: isinya bukan JSON yang utuh. Berikan "
        "matching.json atau plan.json dari asuh run."
    ),
    "check.cli_not_a_result": (
        "%(file)s bukan hasil yang dapat diperiksa. Berikan matching.json, plan.json, atau yang "
        "ditulis `asuh match` dan `asuh route`."
    ),
    "check.cli_wrong": "%(file)s: %(n)s kesalahan.",
    "check.cli_more": "  dan %(n)s kesalahan lain (--json memberi semuanya).",
    "check.cli_matching": (
        "Pasangan ini benar: %(covered)s dari %(children)s anak terlayani oleh %(pledges)s janji. "
        "Dihitung ulang dari soalnya sendiri, tanpa mesin yang membuatnya: syarat, tempat, rupiah, "
        "wilayah, kakak-adik, sematan, larangan, angka dan batas setiap tujuan, serta sidiknya."
    ),
    "check.cli_plan": (
        "Rencana ini benar: %(routes)s rute membawa %(packages)s paket dalam %(deliveries)s "
        "serah terima di %(stops)s perhentian; %(packages_left_out)s paket tidak terangkut. "
        "Dihitung ulang dari soalnya sendiri, tanpa mesin yang membuatnya: muatan, jam, hari, "
        "tempat, jarak, biaya, dan sidiknya."
    ),
    "check.cli_instance": (
        "Rencana ini benar: %(routes)s rute melayani %(served)s pelanggan dengan biaya %(cost)s. "
        "Dihitung ulang dari soalnya sendiri, tanpa mesin yang membuatnya."
    ),
    "check.cli_instance_rest": (
        "Rencana ini benar: %(routes)s rute melayani %(served)s pelanggan dengan biaya %(cost)s; "
        "%(left_out)s pelanggan tidak terlayani. Dihitung ulang dari soalnya sendiri, tanpa mesin "
        "yang membuatnya."
    ),
    "check.cli_gap": (
        "Pembagian ini benar: %(jobs)s tugas pada %(agents)s pelaksana dengan biaya %(cost)s. "
        "Terbukti terbaik: dihitung ulang di sini, dan tidak ada pembagian yang lebih murah."
    ),
    "check.cli_gap_searched": (
        "Pembagian ini benar: %(jobs)s tugas pada %(agents)s pelaksana dengan biaya %(cost)s. "
        "Terbaik menurut pencarian yang selesai, yang tidak diulang di sini; yang dihitung ulang "
        "membuktikan bahwa tidak ada pembagian di bawah %(verified)s."
    ),
    "check.cli_gap_open": (
        "Pembagian ini benar: %(jobs)s tugas pada %(agents)s pelaksana dengan biaya %(cost)s. "
        "Belum terbukti terbaik; dihitung ulang di sini: tidak ada pembagian di bawah "
        "%(verified)s, jadi paling banyak %(percent)s persen lebih murah."
    ),
    "check.cli_unproved": (
        "Yang belum terbukti terbaik tetap sah: tidak ada aturan yang dilanggar, hanya mungkin "
        "masih ada yang lebih baik."
    ),
    "check.level_optimal": "terbukti terbaik",
    "check.level_searched": (
        "terbaik menurut pencarian yang selesai, yang tidak diulang di sini; yang diperiksa "
        "menyisakan: %(better)s"
    ),
    "check.level_gap_tier": "paling banyak %(n)s anak lagi",
    "check.level_gap_floor": "paling banyak %(n)s anak lagi sampai lantai kelurahannya",
    "check.level_gap_siblings": "paling banyak %(n)s kali lagi kakak-adik bersama",
    "check.level_gap_leximin": "belum terbukti paling adil",
    "check.level_gap_points": "paling banyak %(n)s angka kebutuhan lagi",
    "check.level_gap_waiting": "paling banyak %(n)s bulan menunggu lagi",
    "check.level_gap_kept": "paling banyak %(n)s pasangan lagi",
    "check.level_gap_area": "paling banyak %(n)s langkah lebih dekat (kelurahan, kecamatan)",
    "check.level_gap_distance": "paling banyak %(km)s km lebih dekat",
    "check.level_gap_delivery": "paling banyak %(km)s km lebih dekat",
    "check.level_gap_wishes": "paling banyak %(n)s keinginan wilayah lagi",
    "check.level_gap_goods": "paling banyak %(n)s barang lagi yang cocok",
    "check.level_gap_spread": "belum terbukti paling merata",
    "check.level_gap_lottery": "belum terbukti; tidak memengaruhi siapa yang terlayani",
    "instance.client_missing": "pelanggan tidak dilayani",
    "instance.left_out_and_served": "pelanggan dilayani, tetapi disebut tidak terlayani",
    "instance.left_out_needlessly": "pelanggan tak terlayani, padahal ada kendaraan diam yang bisa",
    "instance.client_not_allowed": "pelanggan tidak boleh dengan kendaraan ini",
    "instance.client_twice": "pelanggan dilayani dua kali",
    "instance.not_one_of_group": "tidak tepat satu dari satu kelompok dilayani",
    "instance.overloaded": "melebihi muatan",
    "instance.too_far": "terlalu jauh",
    "instance.too_late": "tiba sesudah jamnya",
    "instance.too_long": "terlalu lama",
    "instance.too_many_trips": "terlalu banyak rit",
    "instance.unknown_client": "pelanggan tidak dikenal",
    "instance.no_such_vehicle": "kendaraan tidak ada atau dipakai dua kali",
    "instance.wrong_cost": "biaya salah",
    "gap.unknown_agent": "tugas pada pelaksana yang tidak ada",
    "gap.over_capacity": "melebihi kemampuan pelaksana",
    "gap.wrong_cost": "biaya salah",
    "gap.wrong_bound": "batas bawah lain daripada yang terbukti",
    "gap.wrong_verified": "harganya membuktikan batas bawah yang lain",
    "gap.wrong_prices": "harga yang membuktikan batas bawah tidak ada atau tidak sah",
    "gap.wrong_optimal": "disebut terbaik, padahal batas bawahnya di bawah biaya",
}
"""The codes come from ``matcher.check``, ``matcher.gap_check``, ``logistics.instance_check``."""
