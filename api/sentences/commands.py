"""What commands say of files and of what went wrong; the rest stands with the use cases."""

SENTENCES: dict[str, str] = {
    "file_fault.unreadable": "isinya tidak dapat dibaca",
    "file_fault.wrong_format": 'harus berisi "%(known)s"',
    "file_fault.expected_matrix": "harus daftar berisi daftar bilangan",
    "file_fault.row_width": "tiap baris harus berisi %(expected)s bilangan bulat",
    "file_fault.expected_text": "harus teks",
    "file_fault.expected_texts": "harus daftar teks",
    "file_fault.expected_list": "harus daftar",
    "file_fault.expected_object": "harus objek JSON",
    "file_fault.expected_whole_number": "harus bilangan bulat",
    "file_fault.expected_number": "harus bilangan",
    "file_fault.word_for_number": '"%(word)s" harus bilangan',
    "file_fault.word_for_whole_number": '"%(word)s" harus bilangan bulat',
    "file_fault.expected_true_or_false": "harus true atau false",
    "file_fault.expected_day": 'harus tanggal seperti 2026-12-01, bukan "%(found)s"',
    "file_fault.expected_pair": "harus sepasang",
    "file_fault.expected_problem_and_plan": "harus berisi problem dan plan",
    "file_fault.expected_7_numbers": "harus berisi 7 bilangan, ada %(found)s",
    "file_fault.unknown_good": 'barang "%(found)s" tidak ada dalam goods',
    "file_fault.unknown_word": "kata ini tidak dikenal; yang dikenal: %(known)s",
    "file_fault.unknown_name": "nama ini tidak dikenal; yang dikenal: %(known)s",
    "file_fault.unknown_rounding": "pembulatan ini tidak dikenal; yang dikenal: %(known)s",
    "file_fault.not_json": "bukan JSON yang utuh",
    "file_fault.not_utf8": "bukan teks UTF-8",
    "file_fault.missing": "bagian ini tidak ada",
    "file_fault.missing_or_unknown": "%(found)s tidak ada atau tidak dikenal",
    "file_fault.child_twice": 'anak "%(found)s" disebut dua kali',
    "file_fault.not_the_unassigned": "harus menyebut tepat anak yang tidak berpasangan",
    "file_fault.other_seed": "harus sama dengan seed pada policy",
    "file_fault.gap_no_text": "bukan berkas teks GAP",
    "file_fault.gap_no_head": "tidak diawali jumlah pelaku dan jumlah pekerjaan",
    "file_fault.gap_count": "berisi %(found)s bilangan, seharusnya %(expected)s",
    "file_fault.gap_range": "berisi bilangan di bawah 0 atau di atas 2147483648",
    "file_fault.gap_several": (
        "berisi %(n)s soal: sebutkan yang mana dengan --number, mulai dari 1"
    ),
    "file_fault.gap_no_solution": "bukan penyelesaian GAP",
    "file_fault.not_an_instance": "bukan soal rute yang dikenal (VRPLIB atau Solomon)",
    "file_fault.no_customers": "tidak ada pelanggan",
    "file_fault.no_such_vehicle": "kendaraan nomor %(found)s tidak ada",
    "file_fault.not_supported": "%(found)s tidak dapat dibaca; yang dapat: %(known)s",
    "file_fault.section_not_supported": "bagian %(section)s tidak dapat dibaca",
    "file_fault.section_twice": "bagian %(section)s ada dua kali",
    "file_fault.number_outside_section": "ada bilangan di luar bagian mana pun",
    "file_fault.negative": "%(value)s pada simpul %(node)s di bawah nol",
    "file_fault.too_large": "bilangannya terlalu besar",
    "file_fault.value_too_large": "%(value)s pada simpul %(node)s terlalu besar",
    "file_fault.depots_must_be_first_nodes": "gudang harus simpul pertama",
    "file_fault.unknown_client": "menyebut pelanggan yang tidak ada",
    "file_fault.unknown_depot": "menyebut gudang yang tidak ada",
    "file_fault.not_a_client_or_twice": ("pelanggan %(found)s tidak ada atau disebut dua kali"),
    "file_fault.unknown_number_or_twice": ("nomor %(found)s tidak ada atau disebut dua kali"),
    "file_fault.wrong_number_of_values": "harus berisi %(expected)s nilai",
    "file_fault.other_number_of_values": "harus berisi %(expected)s nilai, ada %(found)s",
    "file_fault.nodes_missing": "tidak memuat semua %(expected)s simpul",
    "file_fault.only_own_depot_supported": (
        "kendaraan %(vehicle)s hanya dapat memuat ulang di gudangnya sendiri"
    ),
    "file_fault.other_instance": "rencana itu milik soal lain",
    "cli.file_line": "baris %(number)s",
    "cli.file_fault": (
        "%(file)s tidak dapat dipakai: pada %(where)s, %(what)s. Perbaiki berkasnya, atau "
        "buat lagi."
    ),
    "cli.file_unreadable": "%(file)s tidak dapat dibaca. Periksa berkas dan izinnya.",
    "cli.unknown_code": '"%(code)s" tidak ada dalam %(file)s.',
    "cli.explain_too_large": (
        "%(file)s terlalu besar atau belum terbukti. Tambahkan tempatnya lalu pasangkan lagi."
    ),
    "cli.policy_unusable": (
        "Aturan dalam %(file)s tidak dapat dipakai. Bentuknya: asuh match --policy-schema; "
        "contohnya: asuh match --show-policy."
    ),
    "cli.nothing_found": (
        "%(file)s: dalam %(seconds)s detik belum ada penyelesaian; beri --seconds lebih banyak."
    ),
    "cli.nothing_fits": (
        "%(file)s: tidak ada penyelesaian; kapasitasnya tidak cukup untuk semua pekerjaan."
    ),
    "cli.matched": (
        "%(covered)s dari %(children)s anak mendapat orang tua asuh (%(seconds)s detik). "
        "Hasilnya, yang dapat diperiksa dengan asuh check, ada di %(out)s."
    ),
    "cli.unproved": "belum terbukti",
    "cli.at_most": "paling banyak",
    "cli.this_policy": "Aturan ini",
    "cli.nothing_changes": "tidak ada yang berubah",
    "cli.difference": "Selisih",
    "cli.children_differ": "Anak yang berbeda: %(n)s",
    "cli.breaks_before": "%(n)s putus, mempertahankan pasangan didahulukan dari “%(goal)s”",
    "cli.breaks_last": "%(n)s putus, mempertahankan pasangan paling akhir",
    "cli.points_per_break": "+%(points)s per pasangan",
    "cli.candidates_listed": (
        "  Batasnya berlaku atas calon yang tercatat dalam hasil: bulan ini terlalu besar untuk "
        "melihat semua pasangan. Apakah itu memang yang terdekat tidak diperiksa."
    ),
    "cli.recruit": "%(kelurahan)s: %(places)s tempat lagi melayani %(children)s",
    "cli.recruit_child": "%(child)s (tingkat %(tier)s)",
    "cli.next_best": (
        "diperkirakan termurah di antara yang lain: %(pledge)s, paling sedikit %(price)s"
    ),
    "cli.next_best_unpriced": "diperkirakan termurah di antara yang lain: %(pledge)s",
    "cli.check_failed": (
        "%(file)s: hasilnya tidak lolos pemeriksaan sendiri: %(what)s Laporkan ini; hasilnya "
        "tidak ditulis."
    ),
    "cli.unsound": (
        "%(file)s: rencana mesin %(engine)s melanggar aturan (%(what)s), maka tidak ditulis. Coba "
        "--engine atau --seed lain, dan laporkan ini."
    ),
    "cli.engine_instances": "%(file)s: --engine %(engine)s hanya untuk soal pustaka.",
    "cli.engine_problems": "%(file)s: --engine %(engine)s hanya untuk soal JSON.",
    "cli.not_all_served": (
        "%(file)s: %(n)s pelanggan yang harus dilayani tidak ada pada rute mana pun. Beri "
        "--seconds lebih banyak, atau armadanya kurang."
    ),
    "cli.unused": "tidak dipakai:",
    "cli.more_left_out": "dan %(n)s perhentian lain; semuanya ada dalam %(file)s.",
    "cli.interrupted": "Pencarian dihentikan; rencana terbaik sejauh ini ditulis.",
    "cli.zscores_same_file": "Hasilnya tidak boleh menimpa %(file)s; pilih --out lain.",
    "cli.zscores_columns": (
        "%(file)s tidak dapat dihitung: perlu kolom sex,age,weight,lenhei,measure,oedema, "
        "sebagai CSV dalam UTF-8."
    ),
    "cli.zscores_done": "%(rows)s baris ditulis ke %(out)s.",
    "cli.zscores_unreadable": "%(n)s sel tidak dapat dibaca dan dibiarkan kosong.",
    "cli.sample_done": "Ditulis ke %(out)s: %(files)s",
    "cli.sample_month": "Bulan %(month)s tidak dapat dibuat.",
    "cli.restored": "%(file)s dikembalikan, keadaan %(at)s.",
    "restore.holds_data": (
        "%(file)s tidak dikembalikan: di tempatnya sudah ada data. Pakai --replace bila "
        "boleh diganti."
    ),
    "restore.damaged": (
        "%(file)s tidak dikembalikan: basis data di dalamnya rusak. Pakai cadangan lain."
    ),
    "restore.other_keys": (
        "%(file)s tidak dikembalikan: kunci di sini bukan kunci cadangan itu. Ambil "
        "keys.json dari saat cadangan dibuat."
    ),
    "restore.no_backup": "%(file)s bukan cadangan Asuh.",
    "restore.other_store": ("%(file)s dibuat dari jenis basis data lain (SQLite atau PostgreSQL)."),
    "restore.altered": (
        "%(file)s tidak dikembalikan: berkasnya berubah atau terpotong, atau kuncinya lain."
    ),
    "restore.tool_failed": ("%(file)s: alat PostgreSQL gagal; periksa basis data dan izinnya."),
    "restore.no_tool": ("%(file)s: alat PostgreSQL belum dipasang; pasang program kliennya."),
    "restore.keys": "%(file)s tidak dikembalikan: keys.json tidak ada atau rusak.",
    "backup.failed": "Cadangan tidak dibuat: kunci atau basis data tidak dapat dipakai.",
    "roads.line.as_of": "data per: %(value)s",
    "roads.line.junctions": "persimpangan: %(value)s",
    "roads.line.arcs": "ruas searah: %(value)s",
    "roads.line.left_out": "simpul yang tidak terhubung, ditinggalkan: %(value)s",
    "roads.line.street_names": "nama jalan: %(value)s",
    "roads.line.out": "ditulis ke: %(value)s",
    "roads.line.installed": "dipasang: %(value)s",
    "roads.line.digest": "sidik: %(value)s",
    "roads.unknown_day": "tidak diketahui",
    "roads.by_class": "  %(name)s: %(km)s km",
    "roads.by_kind": "  %(name)s: %(km)s km dapat dilalui",
    "roads.shares": "bernama %(named)s, satu arah %(one_way)s, %(turns)s larangan belok",
    "roads.only_bridge": (
        "jembatan satu-satunya: %(street)s di %(lat)s, %(lon)s, %(n)s persimpangan di baliknya"
    ),
    "roads.unnamed": "jalan tanpa nama",
}
