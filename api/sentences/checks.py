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
    "check.siblings_split": "kakak-adik terpisah",
    "check.not_a_candidate": "pasangan yang bukan pilihan",
    "check.levels_differ": "urutan tujuan berbeda",
    "check.wrong_value": "angka sebuah tujuan salah",
    "check.wrong_cost": "biaya salah",
    "check.wrong_bound": "batas sebuah tujuan salah",
    "check.wrong_status": "keterangan bukti salah",
    "check.wrong_result_hash": "sidik hasil salah",
}
"""The codes come from ``matcher.check.ViolationCode``."""
