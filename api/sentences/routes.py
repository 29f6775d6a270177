"""Sentences about plans, routes and dispatch."""

SENTENCES: dict[str, str] = {
    "plan.role": "Hanya koordinator yang menyusun dan mengubah rute; peran Anda: %(role)s.",
    "plan.state": (
        "Rute bulan %(month)s belum dapat disusun: bulan berada pada tahap %(found)s. Kemas "
        "paket dahulu."
    ),
    "plan.inputs_moved": (
        "Paket, kendaraan atau tempat %(month)s berubah selama perencanaan. Tidak ada yang "
        "disimpan; rencanakan lagi."
    ),
    "plan.nothing": "Tidak ada paket bulan %(month)s yang menunggu rute.",
    "plan.unsound": (
        "Rencana ditolak pemeriksa (%(count)s pelanggaran: %(rules)s). Tidak ada yang "
        "disimpan; laporkan kepada pengelola."
    ),
    "hold.unknown_vehicle": "Kendaraan itu tidak ada atau tidak dipakai lagi.",
    "hold.both": (
        "%(stop)s tidak dapat disematkan pada kendaraan yang sekaligus dilarang membawanya."
    ),
    "hold.nothing_free": (
        "Tidak ada rute yang bebas pada %(day)s: semua terkunci, kosong, sudah berangkat, atau "
        "sekendaraan dengan yang terkunci."
    ),
    "plan.none": "Bulan %(month)s belum punya rencana rute.",
    "plan.no_vehicles": "Belum ada kendaraan. Tambahkan kendaraan, lalu susun rute lagi.",
    "plan.vehicles_taken": (
        "Tidak dipakai pada hari yang sudah diisi rute terkunci atau rute bulan lain: %(names)s."
    ),
    "plan.default_depot": ("Gudang memakai data acuan (%(depot)s) yang belum dikonfirmasi dinas."),
    "effort.quick": "Cepat, beberapa detik",
    "effort.usual": "Biasa, belasan detik",
    "effort.thorough": "Teliti, kira-kira semenit",
    "plan.default_drop_points": ("Titik bagi memakai %(count)s kantor kelurahan dari data acuan."),
    "plan.no_fast_engine": (
        "Mesin rute yang dikompilasi tidak siap (numba), maka PyVRP yang merencanakan dan rutenya "
        "bisa lebih panjang. Pasang asuh[fast], lalu jalankan `python -m logistics.sisr` dan "
        "`python -m logistics.lean`."
    ),
    "plan.great_circle": (
        "Jarak dihitung dari garis lurus dikali faktor jalan (angka kerja %(as_of)s), bukan "
        "dari peta jalan."
    ),
    "plan.time_ran_out": (
        "Pencarian rute dihentikan waktu sesudah %(seconds)s detik, sebelum selesai. Rutenya sah, "
        "tetapi rencana baru dari data yang sama dapat lain, mungkin lebih murah; mesin yang lebih "
        "lengang menyelesaikannya."
    ),
    "plan.posyandu_day_unknown": "Hari buka posyandu belum diketahui: %(names)s.",
    "route.unknown": "Rute tidak ditemukan.",
    "stop.unknown": "Perhentian tidak ditemukan.",
    "route.order": (
        "Urutan untuk %(route)s harus memuat setiap perhentian tepat sekali (%(count)s perhentian)."
    ),
    "route.left": "Rute %(route)s tidak dapat diubah lagi: statusnya %(found)s.",
    "route.gone": (
        "Rute %(route)s tidak ada lagi: disusun ulang, digabung, atau kosong sejak halaman ini "
        "dibuka. Muat ulang papan, lalu ulangi dari sana."
    ),
    "route.locked": (
        "Rute %(route)s terkunci, jadi perhentian dan urutannya tetap. Buka kuncinya dahulu."
    ),
    "route.vehicle_not_free": (
        "Kendaraan itu sudah punya rute pada %(day)s, atau tidak bekerja hari itu. Muat ulang "
        "papan, lalu pindahkan lagi."
    ),
    "route.same_place": "Perhentian %(stop)s sudah berada di tempat itu.",
    "route.stale_version": (
        "Rute ini sudah diubah orang lain (versi %(version)s). Muat ulang lalu ulangi."
    ),
    "stop.stale_version": (
        "Perhentian ini sudah diubah orang lain (versi %(version)s). Muat ulang lalu ulangi."
    ),
    "stop.gone": (
        "Perhentian %(stop)s tidak ada lagi di sini: rutenya disusun ulang atau paketnya "
        "dibatalkan sejak halaman ini dibuka. Muat ulang papan, lalu pindahkan dari sana."
    ),
    "stop.left": ("Perhentian %(stop)s sudah berangkat atau selesai, jadi tidak dapat dipindah."),
    "route.other_month": "Rute %(route)s milik bulan lain.",
    "route.position": "Posisi pada rute %(route)s antara 1 dan %(last)s.",
    "route.split": "Rute %(route)s dapat dipotong setelah perhentian 1 sampai %(last)s.",
    "route.merge": (
        "%(other)s tidak dapat digabung ke %(route)s: harus rute lain pada hari yang sama."
    ),
    "route.empty": "Rute %(route)s tidak punya perhentian.",
    "route.forbidden_food": (
        "Rute %(route)s belum dapat jalan: pada %(day)s paket %(packages)s berisi %(items)s, yang "
        "belum atau tidak boleh diberikan. %(when)s."
    ),
    "route.food_from": (
        "Hari terdekat yang boleh: %(first)s; atau kemas ulang paket itu dari daftar paket"
    ),
    "route.food_wait": (
        "Isinya menurut umur anak pada hari rute ini, %(planned)s: berangkatkan mulai %(first)s"
    ),
    "route.food_never": (
        "Dalam %(days)s hari ke depan tidak ada hari yang boleh: kemas ulang paket itu dari daftar "
        "paket, atau keluarkan dari rute"
    ),
    "plan.too_early": (
        "Rute tidak dapat direncanakan untuk %(day)s: ada paket yang isinya menurut umur anak pada "
        "%(first)s. Pilih hari mulai %(first)s."
    ),
    "route.violations": (
        "Rute %(route)s melanggar: %(rules)s. Perbaiki, atau konfirmasi dengan menulis alasan."
    ),
    "dispatch.role": (
        "Hanya koordinator yang mencetak dan memberangkatkan rute; peran Anda: %(role)s."
    ),
    "dispatch.purpose": "Tulis untuk apa berkas ini dibuat; tercatat dalam jejak audit.",
    "dispatch.early": (
        "Rute ini direncanakan untuk %(day)s dan hari ini %(today)s. Keluarga dan posyandu "
        "menunggu pada harinya. Beri tanda bila memang berangkat sekarang."
    ),
    "dispatch.none_chosen": "Centang dahulu rute yang berangkat.",
    "dispatch.none_left": (
        "Tidak ada yang berangkat. Yang menahan %(routes)s tertulis pada masing-masing di bawah."
    ),
    "dispatch.overlap": (
        "Rute %(route)s belum berangkat: %(shared)s yang sama dipakai %(others)s pada %(hours)s. "
        "Tunggu sampai kembali, ganti kendaraan atau kurirnya, atau tulis alasan bila memang "
        "bersamaan."
    ),
    "dispatch.nothing_waits": "Tidak ada rute %(month)s yang dikonfirmasi dan menunggu berangkat.",
    "dispatch.nothing": (
        "Belum ada rute %(month)s untuk dicetak. Susun rutenya dahulu di halaman Rute, lalu "
        "konfirmasi."
    ),
    "dispatch.not_confirmed": (
        "Belum dapat dicetak atau berangkat: %(routes)s. Konfirmasi (ulang) dahulu."
    ),
    "dispatch.not_packed": (
        "Rute %(route)s belum dapat berangkat: paket belum dikemas (%(packages)s)."
    ),
    "dispatch.courier": "Rute %(route)s bukan rute Anda hari ini.",
    "routes_are.planned": "belum dikonfirmasi",
    "routes_are.stale": "perlu dikonfirmasi ulang",
    "routes_are.confirmed": "dikonfirmasi, menunggu berangkat",
    "routes_are.dispatched": "sudah berangkat",
    "routes_are.finished": "selesai",
    "routes_are.cancelled": "dibatalkan",
    "route_state.planned": "Direncanakan",
    "route_state.confirmed": "Dikonfirmasi",
    "route_state.stale": "Perlu dikonfirmasi ulang",
    "route_state.dispatched": "Berangkat",
    "route_state.finished": "Selesai",
    "route_state.cancelled": "Dibatalkan",
    "unserved.no_vehicles": "Tidak ada kendaraan",
    "unserved.no_shifts": "Tidak ada jam kerja kendaraan pada hari rencana",
    "unserved.no_place": "Tidak ada tempat penyerahan",
    "unserved.no_coordinates": "Koordinat alamat belum ada",
    "unserved.bad_coordinates": "Koordinat tidak masuk akal: lintang %(lat)s, bujur %(lon)s",
    "unserved.outside_area": (
        "Alamat lebih dari %(area_radius_m)s dari semua gudang: lintang %(lat)s, bujur %(lon)s"
    ),
    "unserved.not_in_matrix": "Tempat tidak ada dalam tabel jarak",
    "unserved.in_the_past": (
        "Hari atau jamnya sudah lewat (terakhir %(last)s) sebelum hari rencana pertama"
    ),
    "unserved.unreachable": "Tidak ada jalan ke alamat",
    "unserved.road_closed": "Tidak ada jalan selama ditutup: %(closures)s",
    "unserved.too_heavy": "Terlalu berat: %(weight_g)s, kendaraan terbesar memuat %(limit)s",
    "unserved.too_large": "Terlalu besar: %(volume_ml)s, kendaraan terbesar memuat %(limit)s",
    "unserved.no_cool_box": "Perlu kotak pendingin",
    "unserved.no_skill": "Tidak ada kendaraan atau kurir dengan syarat: %(skills)s",
    "unserved.no_allowed_day": "Hari yang diizinkan tidak ada dalam rencana: %(days)s",
    "unserved.day_without_vehicle": "Tidak ada kendaraan pada hari yang diizinkan: %(days)s",
    "unserved.closed": "Tempat tutup pada hari rencana",
    "unserved.holds": "Dilarang oleh ketentuan yang dibuat petugas",
    "unserved.too_far": (
        "Terlalu jauh: pergi pulang %(distance_m)s, kendaraan boleh menempuh %(limit)s"
    ),
    "unserved.window_too_early": (
        "Jam terima berakhir pukul %(closes_s)s; kendaraan tiba paling cepat pukul %(earliest_s)s"
    ),
    "unserved.window_too_late": (
        "Jam terima mulai pukul %(opens_s)s; agar kendaraan kembali pada waktunya, paling lambat "
        "pukul %(latest_s)s"
    ),
    "unserved.shift_too_short": (
        "Jam kerja kendaraan terlalu pendek: perlu %(needed_s)s, kurang %(missing_s)s"
    ),
    "unserved.heat": "Terlalu lama di panas: perjalanannya %(needed_s)s, batasnya %(limit)s",
    "unserved.walk_too_far": "Tempat terdekat %(walk_m)s berjalan kaki; keluarga sanggup %(limit)s",
    "unserved.waits_too_long": (
        "Tidak ada hari rencana yang cukup dekat sebelum hari posyandu %(handed_out_on)s"
    ),
    "unserved.break": (
        "Istirahat kurir %(duration_s)s, mulai pukul %(earliest_s)s–%(latest_s)s, tidak muat dalam "
        "perjalanan ke sana"
    ),
    "unserved.source_unserved": "Barangnya diambil di perhentian yang tidak terlayani",
    "unserved.pair_together": "Muat, tetapi hanya bersama yang tidak boleh satu kurir",
    "unserved.household_apart": "Muat, tetapi tidak bersama keluarganya",
    "unserved.breaks_exhausted": "Istirahat kurir menghabiskan waktu yang tersisa",
    "unserved.heat_exhausted": "Muat, tetapi makanan akan terlalu lama di panas",
    "unserved.rules_together": "Tidak ada kendaraan dan hari yang memenuhi semuanya: %(rules)s",
    "unserved.capacity_exhausted": "Muatan kendaraan habis",
    "unserved.stops_exhausted": "Jumlah perhentian kendaraan habis",
    "unserved.time_exhausted": "Jam kerja kendaraan habis",
    "unserved.distance_exhausted": "Jarak tempuh kendaraan habis",
    "unserved.not_found": "Belum ditemukan tempat dalam waktu pencarian",
    "unserved.left_out": "Dikeluarkan dari rute oleh petugas",
    "unserved_kind.bad_coordinates": "Koordinat tidak masuk akal",
    "unserved_kind.outside_area": "Alamat di luar daerah peta",
    "unserved_kind.in_the_past": "Hari atau jamnya sudah lewat sebelum hari rencana pertama",
    "unserved_kind.road_closed": "Tidak ada jalan selama jalannya ditutup",
    "unserved_kind.too_heavy": "Terlalu berat untuk semua kendaraan",
    "unserved_kind.too_large": "Terlalu besar untuk semua kendaraan",
    "unserved_kind.no_skill": "Tidak ada kendaraan atau kurir yang memenuhi syarat",
    "unserved_kind.no_allowed_day": "Hari yang diizinkan tidak ada dalam rencana",
    "unserved_kind.day_without_vehicle": "Tidak ada kendaraan pada hari yang diizinkan",
    "unserved_kind.too_far": "Terlalu jauh",
    "unserved_kind.window_too_early": "Jam buka berakhir sebelum kendaraan dapat tiba",
    "unserved_kind.window_too_late": "Jam buka mulai setelah jam kerja kendaraan",
    "unserved_kind.shift_too_short": "Jam kerja kendaraan terlalu pendek",
    "unserved_kind.heat": "Terlalu lama di panas",
    "unserved_kind.walk_too_far": "Semua tempat terlalu jauh bagi keluarga untuk berjalan kaki",
    "unserved_kind.waits_too_long": "Tidak ada hari rencana yang cukup dekat sebelum hari posyandu",
    "unserved_kind.break": "Istirahat kurir tidak muat dalam perjalanan ke sana",
    "unserved_kind.rules_together": "Beberapa aturan bersama-sama tidak dapat dipenuhi",
    "remedy.add_vehicle": "Tambah kendaraan",
    "remedy.add_shift": "Tambah hari atau jam kerja kendaraan",
    "remedy.add_trip": "Tambah satu rit %(vehicle)s pada %(day)s",
    "remedy.set_coordinates": "Isi koordinat alamat",
    "remedy.swap_coordinates": "Periksa: lintang dan bujur tertukar?",
    "remedy.split_packages": "Bagi %(num_packages)s paketnya ke dua perhentian",
    "remedy.larger_vehicle": "Pakai kendaraan lebih besar",
    "remedy.add_cool_box": "Sediakan kotak pendingin",
    "remedy.add_skill": "Sediakan kendaraan atau kurir dengan syarat: %(skills)s",
    "remedy.allow_day": "Izinkan hari lain",
    "remedy.widen_window": "Perlebar jam terima",
    "remedy.lengthen_shift": "Perpanjang jam kerja",
    "remedy.lift_hold": "Cabut ketentuan petugas",
    "remedy.other_place": "Pilih tempat lain",
    "remedy.nearer_depot": "Berangkat dari gudang lebih dekat",
    "remedy.plan_longer": "Susun lagi dengan waktu pencarian lebih lama",
    "remedy.insert_by_hand": "Sisipkan dengan tangan ke rute %(vehicle)s, %(day)s",
    "remedy.allow_longer_walk": "Izinkan jalan kaki sampai %(walk_m)s",
    "remedy.move_break": "Geser jam istirahat",
    "remedy.serve_source": "Layani dulu perhentian asal barang",
    "remedy.complete_matrix": "Lengkapi tabel jarak",
    "remedy.open_road": "Buka jalan itu kembali bila sudah dapat dilalui",
    "remedy.part_pair": "Tambah kendaraan, atau izinkan keduanya satu kurir",
    "remedy.common_place": "Pilih satu tempat untuk seluruh keluarga",
    "idle.no_day": "Tidak bekerja pada hari rencana ini; harinya: %(days)s",
    "idle.nothing_to_carry": "Tidak ada paket yang terangkut",
    "idle.fits_nothing": (
        "Tidak dapat membawa satu perhentian pun karena %(rule)s (memuat %(capacity_g)s, yang "
        "paling ringan %(lightest_g)s)"
    ),
    "idle.too_small": (
        "Terlalu kecil untuk rute mana pun: memuat %(capacity_g)s, rute paling ringan "
        "%(lightest_g)s. Mengambil %(what)s menambah %(added_rp)s"
    ),
    "idle.costs_more": "Lebih mahal: mengambil %(what)s menambah %(added_rp)s",
    "idle.not_needed": (
        "Tidak diperlukan: yang dipakai sudah cukup, dan mengambil %(what)s tidak mengubah biaya"
    ),
    "idle.goals": (
        "Karena tujuan selain biaya: mengambil %(what)s menghemat %(added_rp)s, tetapi tujuan yang "
        "dipilih menahannya"
    ),
    "idle.would_save": (
        "Pencarian berakhir sebelum mencobanya: mengambil %(what)s menghemat %(added_rp)s. Susun "
        "lagi dengan pencarian lebih teliti"
    ),
    "idle.holds_together": (
        "Yang dapat dibawanya terikat pada muatan lain, ketentuan petugas atau jam terima"
    ),
    "idle.untold": (
        "Alasannya belum sempat dihitung: waktunya habis. Dihitung lagi saat rute disusun lagi"
    ),
    "idle_what.trips": "rute %(vehicle)s pada %(day)s",
    "idle_what.stop": "satu perhentian %(vehicle)s pada %(day)s",
    "violation.unknown_stop": "Rencana memuat perhentian yang tidak ada dalam soalnya",
    "violation.unknown_vehicle": "Rencana memuat kendaraan yang tidak ada dalam soalnya",
    "violation.unknown_shift": "Rencana memuat hari atau jam kerja yang tidak ada dalam soalnya",
    "violation.stop_missing": (
        "Perhentian tidak ada pada rute mana pun dan tidak disebut tertinggal"
    ),
    "violation.stop_twice": "Perhentian ada lebih dari sekali",
    "violation.no_reason": "Perhentian tertinggal tanpa alasan",
    "violation.place_not_allowed": "Tempat tidak diizinkan",
    "violation.unreachable": "Tidak ada jalan ke perhentian",
    "violation.road_closed": "Tidak ada jalan selama ditutup: %(closures)s",
    "violation.overweight": "Melebihi muatan kendaraan: %(amount)s, batasnya %(limit)s",
    "violation.overfull": "Melebihi isi kendaraan: %(amount)s, batasnya %(limit)s",
    "violation.too_many_stops": "Terlalu banyak perhentian: %(amount)s, batasnya %(limit)s",
    "violation.too_many_trips": "Terlalu banyak rit: %(amount)s, batasnya %(limit)s",
    "violation.too_far": "Jarak tempuh terlalu jauh: %(amount)s, batasnya %(limit)s",
    "violation.outside_window": "Tiba di luar jam terima: pukul %(start_s)s",
    "violation.day_not_allowed": "Hari tidak diizinkan untuk perhentian ini: %(day)s",
    "violation.outside_shift": (
        "Di luar jam kerja kendaraan (pukul %(opens_s)s sampai %(closes_s)s): memuat pukul "
        "%(loads_s)s, kembali pukul %(returns_s)s"
    ),
    "violation.depot_closed": (
        "Gudang buka pukul %(opens_s)s sampai %(closes_s)s: memuat pukul %(loads_s)s, "
        "kembali pukul %(returns_s)s"
    ),
    "violation.trips_overlap": "Rit bertumpuk waktunya",
    "violation.empty_route": "Rute kosong",
    "violation.no_cool_box": "Kendaraan tanpa kotak pendingin",
    "violation.too_long_in_heat": "Terlalu lama di panas: %(amount)s, batasnya %(limit)s",
    "violation.no_skill": "Kendaraan atau kurir tidak memenuhi syarat: %(missing)s",
    "violation.walk_too_far": "Keluarga berjalan kaki terlalu jauh: %(amount)s, batasnya %(limit)s",
    "violation.waits_too_long": (
        "Makanan menunggu %(amount)s hari sampai hari posyandu %(day)s; paling lama %(limit)s hari"
    ),
    "violation.after_its_day": "Datang sesudah hari posyandunya, %(day)s",
    "violation.break_missed": (
        "Istirahat kurir terlewat: seharusnya mulai pukul %(earliest_s)s–%(latest_s)s"
    ),
    "violation.wrong_pause": "Istirahat bertumpuk dengan pekerjaan lain",
    "violation.source_not_before": "Barang diantar sebelum diambil",
    "violation.pair_together": "Dua tujuan ini tidak boleh satu kurir",
    "violation.household_apart": "Anak satu keluarga terpisah",
    "violation.pin_broken": "Melanggar ketentuan petugas",
    "violation.forbidden": "Dilarang oleh ketentuan petugas",
    "violation.wrong_time": "Salah hitung: %(name)s tertulis %(found)s, seharusnya %(expected)s",
    "violation.wrong_leg": "Salah hitung: %(name)s tertulis %(found)s, seharusnya %(expected)s",
    "violation.wrong_load": "Salah hitung: %(name)s tertulis %(found)s, seharusnya %(expected)s",
    "violation.wrong_total": "Salah hitung: %(name)s tertulis %(found)s, seharusnya %(expected)s",
    "violation.wrong_problem": "Rencana ini milik soal atau sumber jarak lain",
    "violation_kind.road_closed": "Tidak ada jalan selama jalannya ditutup",
    "violation_kind.waits_too_long": "Makanan menunggu terlalu lama sampai hari posyandunya",
    "violation_kind.after_its_day": "Datang sesudah hari posyandunya",
    "violation_kind.overweight": "Melebihi muatan berat kendaraan",
    "violation_kind.overfull": "Melebihi isi kendaraan",
    "violation_kind.too_many_stops": "Terlalu banyak perhentian",
    "violation_kind.too_many_trips": "Terlalu banyak rit",
    "violation_kind.too_far": "Jarak tempuh terlalu jauh",
    "violation_kind.outside_window": "Tiba di luar jam terima",
    "violation_kind.day_not_allowed": "Hari tidak diizinkan untuk perhentian ini",
    "violation_kind.outside_shift": "Di luar jam kerja kendaraan",
    "violation_kind.depot_closed": "Gudang tutup",
    "violation_kind.too_long_in_heat": "Terlalu lama di panas",
    "violation_kind.no_skill": "Kendaraan atau kurir tidak memenuhi syarat",
    "violation_kind.walk_too_far": "Keluarga berjalan kaki terlalu jauh",
    "violation_kind.break_missed": "Istirahat kurir terlewat",
    "violation_kind.wrong_time": "Salah hitung",
    "violation_kind.wrong_leg": "Salah hitung",
    "violation_kind.wrong_load": "Salah hitung",
    "violation_kind.wrong_total": "Salah hitung",
    "rule_name.unreachable": "jalan ke sana",
    "rule_name.too_heavy": "beratnya",
    "rule_name.too_large": "isinya",
    "rule_name.no_cool_box": "kotak pendingin",
    "rule_name.no_skill": "syarat kurirnya",
    "rule_name.walk_too_far": "jalan kaki keluarga",
    "rule_name.holds": "ketentuan petugas",
    "rule_name.day_without_vehicle": "harinya",
    "rule_name.too_far": "jarak tempuh",
    "rule_name.shift_too_short": "jam kerja",
    "rule_name.window_too_early": "jam terima",
    "rule_name.window_too_late": "jam terima",
    "rule_name.heat": "batas panas",
    "rule_name.break": "istirahat kurir",
    "rule_name.capacity_exhausted": "muatan yang tersisa",
    "rule_name.stops_exhausted": "jumlah perhentian",
    "rule_name.time_exhausted": "waktu yang tersisa",
    "rule_name.distance_exhausted": "jarak tempuh yang tersisa",
    "rule_name.breaks_exhausted": "istirahat kurir",
    "rule_name.heat_exhausted": "batas panas",
}
