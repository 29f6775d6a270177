"""Sentences about goals of a plan beside kilometres."""

SENTENCES: dict[str, str] = {
    "plan.days": "Pilih hari dari daftar; daftarnya berubah sejak halaman ini dibuka.",
    "field.metres": "Tulis meter dengan bilangan bulat sampai %(most)s, misalnya 1500.",
    "field.minutes": "Tulis menit, misalnya 4 atau 1,5.",
    "plan.goals_not_weighed": (
        "Tujuan selain jarak tidak ditimbang: mesin cari yang mengenalnya belum disiapkan di "
        "komputer ini. Angkanya hanya dilaporkan."
    ),
    "word.goals": "harga tujuan rute",
    "goal.compact": "Wilayah utuh",
    "goal.even": "Beban kerja rata",
    "goal.known": "Kurir yang sudah dikenal",
    "goal.regular": "Jam yang tetap",
    "goal_hint.compact": (
        "Rumah yang bertetangga dilayani kurir yang sama, supaya wilayah kurir tidak tumpang "
        "tindih."
    ),
    "goal_hint.even": "Kurir bekerja kira-kira sama lama menurut jam kerjanya.",
    "goal_hint.known": "Rumah tetap pada kurir bulan lalu, yang hafal jalannya.",
    "goal_hint.regular": "Paket tiba kira-kira pada jam yang sama seperti bulan lalu.",
    "goal_level.0": "tidak dipertimbangkan",
    "goal_level.1": "sedikit",
    "goal_level.2": "jelas",
    "goal_level.3": "kuat",
    "goal_figure.compact": "%(share)s pasangan tetangga dilayani satu kurir",
    "goal_figure.even": "%(hours)s jam kerja tidak rata",
    "goal_figure.known": "%(share)s perhentian tetap pada kurir bulan lalu",
    "goal_figure.regular": "rata-rata bergeser %(minutes)s menit dari bulan lalu",
    "goal_price.all": "%(km)s, %(minutes)s menit, %(money)s",
    "goal_price.unserved": "%(count)s perhentian tidak terlayani",
}
