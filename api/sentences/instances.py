"""Sentences about clients of the literature's instances that no vehicle serves."""

SENTENCES: dict[str, str] = {
    "instance_left_out.too_heavy": "Permintaannya %(amount)s, kendaraan terbesar memuat %(limit)s",
    "instance_left_out.too_heavy.remedy": (
        "Bagi permintaannya ke beberapa simpul, atau beri kendaraan lebih besar"
    ),
    "instance_left_out.not_allowed": "Tidak ada kendaraan yang boleh ke sana",
    "instance_left_out.not_allowed.remedy": "Izinkan satu kendaraan ke sana",
    "instance_left_out.too_far": "Pergi pulang %(amount)s, kendaraan boleh menempuh %(limit)s",
    "instance_left_out.too_far.remedy": "Beri batas jarak lebih besar, atau gudang lebih dekat",
    "instance_left_out.too_late": (
        "Kendaraan tiba paling cepat pada %(amount)s, layanan harus mulai sebelum %(limit)s"
    ),
    "instance_left_out.too_late.remedy": "Perlebar jam terimanya",
    "instance_left_out.back_too_late": (
        "Kendaraan kembali paling cepat pada %(amount)s, gudang tutup pada %(limit)s"
    ),
    "instance_left_out.back_too_late.remedy": "Perpanjang jam gudang, atau majukan jam terimanya",
    "instance_left_out.too_long": (
        "Pergi pulang dengan layanannya %(amount)s lamanya, kendaraan boleh %(limit)s"
    ),
    "instance_left_out.too_long.remedy": "Beri batas waktu lebih besar, atau gudang lebih dekat",
    "instance_left_out.together": "Tiap kendaraan terhalang oleh aturan yang lain",
    "instance_left_out.together.remedy": (
        "Beri satu kendaraan yang cukup besar, diizinkan, dan tepat waktu"
    ),
    "instance_left_out.fleet_too_small": "Armadanya kurang untuk semua",
    "instance_left_out.fleet_too_small.remedy": (
        "Tambah kendaraan atau rit, atau beri --seconds lebih banyak"
    ),
}
