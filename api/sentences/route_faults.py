"""Sentences about routing problems that cannot be planned as they stand, by number."""

SENTENCES: dict[str, str] = {
    "route_fault.no_days": "R001: Tidak ada hari yang direncanakan. Sebut paling sedikit satu.",
    "route_fault.duplicate_day": "R002: Hari %(day)s ada dua kali. Sebut sekali.",
    "route_fault.duplicate_id": (
        "R003: Kode %(id)s ada %(times)s kali pada %(list)s. Beri kode yang lain."
    ),
    "route_fault.empty_id": "R004: Ada kode kosong pada %(list)s. Beri kode.",
    "route_fault.unknown_depot": (
        "R005: Gudang %(depot)s dari kendaraan %(vehicle)s tidak ada. Tambahkan gudangnya, atau "
        "perbaiki kendaraannya."
    ),
    "route_fault.unknown_place": (
        "R006: Tempat %(place)s dari perhentian %(stop)s tidak ada. Tambahkan tempatnya, atau "
        "perbaiki perhentiannya."
    ),
    "route_fault.unknown_in_hold": (
        "R007: Ketentuan tentang %(stop)s pada %(list)s menyebut perhentian atau kendaraan yang "
        "tidak ada. Perbaiki atau hapus ketentuannya."
    ),
    "route_fault.empty_hold": (
        "R008: Ketentuan tentang %(stop)s pada %(list)s tidak menyebut kendaraan maupun hari. "
        "Sebut salah satunya."
    ),
    "route_fault.day_not_planned": (
        "R009: Ketentuan tentang %(stop)s pada %(list)s menyebut %(day)s, yang tidak "
        "direncanakan. Pilih hari lain."
    ),
    "route_fault.negative_number": (
        "R010: %(where)s: %(name)s bernilai %(value)s, di bawah nol. Perbaiki nilainya."
    ),
    "route_fault.bad_hours": (
        "R011: %(where)s: jam dari detik %(from_s)s sampai %(to_s)s berakhir sebelum mulai, atau "
        "di luar harinya. Perbaiki jamnya."
    ),
    "route_fault.overlapping_shifts": (
        "R012: %(where)s: dua jam kerja bertumpuk. Gabung atau persingkat."
    ),
    "route_fault.bad_limit": (
        "R013: %(where)s: %(name)s bernilai %(value)s. Isi paling sedikit 1, atau kosongkan."
    ),
    "route_fault.bad_speed": (
        "R014: %(where)s: kecepatan %(value)s tidak masuk akal. Isi 1 sampai 200 km/jam, atau "
        "faktor 0,01 sampai 100."
    ),
    "route_fault.half_coordinates": (
        "R015: %(where)s: hanya satu dari lintang dan bujur yang terisi. Isi keduanya, atau "
        "kosongkan keduanya."
    ),
    "route_fault.duplicate_option": (
        "R016: Perhentian %(stop)s menyebut tempat %(place)s dua kali. Sebut sekali."
    ),
    "route_fault.bad_priority": (
        "R017: %(where)s: prioritas %(value)s. Isi 1 (paling membutuhkan) sampai 9."
    ),
    "route_fault.bad_matrix": (
        "R018: Tabel jarak %(matrix)s tidak dapat dipakai: %(problem)s. Isi satu baris dan satu "
        "kolom untuk setiap kode; -1 berarti tidak ada jalan."
    ),
    "route_fault.bad_bands": (
        "R019: Faktor jalan menurut jarak tidak naik, tidak punya yang terakhir, atau ada yang di "
        "luar 1 sampai 10. Perbaiki bands."
    ),
    "route_fault.depot_without_coordinates": (
        "R020: Gudang %(depot)s tidak punya koordinat yang benar. Isi lintang dan bujurnya."
    ),
    "route_fault.too_large_number": (
        "R021: %(where)s: %(name)s bernilai %(value)s, terlalu besar. Perbaiki nilainya."
    ),
    "route_fault.bad_break": (
        "R022: %(where)s: istirahat berakhir sebelum mulai, tidak berlangsung, lebih dari empat, "
        "atau dua tidak dapat dijalani berturut-turut. Perbaiki istirahatnya."
    ),
    "route_fault.bad_source": (
        "R023: %(where)s: sumber barangnya bukan jemputan, atau jemputan ini punya sumber atau "
        "batas panas. Perbaiki perhentiannya."
    ),
    "route_fault.source_too_small": (
        "R024: Dari jemputan %(stop)s diambil lebih banyak (%(weight_g)s g, %(volume_ml)s ml) "
        "daripada yang dijemput. Perbaiki jumlahnya."
    ),
    "route_fault.unknown_in_closure": (
        "R025: Penutupan jalan %(closure)s menyebut %(id)s, yang tidak ada. Perbaiki kodenya."
    ),
    "route_fault.bad_pair": (
        "R026: %(stop)s dan %(other)s tidak dapat dipisahkan: tidak ada, sama, atau terikat oleh "
        "rumah tangga atau jemputan. Perbaiki atau hapus pasangannya."
    ),
    "route_part.depot": "gudang %(id)s",
    "route_part.vehicle": "kendaraan %(id)s",
    "route_part.kind": "kendaraan jenis %(id)s",
    "route_part.place": "tempat %(id)s",
    "route_part.stop": "perhentian %(id)s",
    "route_part.closure": "penutupan jalan %(id)s",
    "route_part.problem": "soal",
    "matrix_problem.duplicate_id": "ada kode dua kali",
    "matrix_problem.missing": "tabelnya tidak ada",
    "matrix_problem.shape": "ukurannya %(shape)s untuk %(ids)s kode",
    "matrix_problem.negative": "ada bilangan di bawah -1",
    "matrix_problem.too_large": "ada bilangan yang terlalu besar",
    "matrix_problem.depot_missing": "gudang %(depot)s tidak ada di dalamnya",
    "route_figure.apart": "tetangga yang terpisah",
    "route_figure.arrival_s": "jam tiba",
    "route_figure.cost_rp": "biaya",
    "route_figure.departure_s": "jam pergi",
    "route_figure.distance_m": "jarak",
    "route_figure.drift_s": "pergeseran jam",
    "route_figure.duration_s": "lama perjalanan",
    "route_figure.kept": "perhentian dengan kurir biasanya",
    "route_figure.known": "perhentian yang dikenal",
    "route_figure.leaves_s": "jam berangkat",
    "route_figure.loads_s": "jam memuat",
    "route_figure.neighbours": "pasangan tetangga",
    "route_figure.num_packages": "jumlah paket",
    "route_figure.penalty_rp": "beban tujuan",
    "route_figure.returns_s": "jam kembali",
    "route_figure.start_s": "jam mulai melayani",
    "route_figure.timed": "perhentian dengan jam biasanya",
    "route_figure.trip": "nomor rit",
    "route_figure.uneven_s": "kerja yang tidak seimbang",
    "route_figure.volume_ml": "isi",
    "route_figure.weight_g": "berat",
}
