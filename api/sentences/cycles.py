"""Sentences about the month."""

SENTENCES: dict[str, str] = {
    "cycle.cli_status": (
        "%(month)s: %(state)s. %(eligible)s anak berhak, %(places)s tempat dijanjikan."
    ),
    "move.role": 'Langkah "%(verb)s" hanya untuk peran %(roles)s.',
    "move.four_eyes": (
        "Anda ikut menyusun usulan bulan ini, atau aturan yang dipakainya; pejabat lain yang "
        "memutuskan."
    ),
    "console.one_os_user": (
        'Pengguna komputer "%(os_user)s" sudah ikut mengusulkan atau menyetujui bulan %(month)s '
        "dari baris perintah. Langkah ini dilakukan orang lain dengan akun komputernya sendiri, "
        "atau di halaman."
    ),
    "move.state": (
        'Langkah "%(verb)s" tidak dapat dilakukan: bulan berada pada %(found)s. Muat ulang '
        "halamannya."
    ),
    "move.reason": 'Tulis alasan untuk langkah "%(verb)s".',
    "month.unreadable": 'Bulan "%(found)s" tidak terbaca. Tulis seperti 2026-12.',
    "cycle.exists": "Bulan %(month)s sudah dibuka.",
    "cycle.previous_not_agreed": (
        "Pasangan bulan %(previous)s belum disetujui, jadi %(month)s belum punya pasangan yang "
        "dapat dipertahankan. Selesaikan dahulu %(previous)s, atau nyatakan bahwa "
        "%(month)s tetap dibuka."
    ),
    "cycle.month_left_out": (
        "%(left_out)s belum pernah dibuka, jadi %(month)s melewati satu bulan. Buka dahulu "
        "%(left_out)s, atau nyatakan bahwa %(month)s tetap dibuka."
    ),
    "cycle.too_far": (
        "%(month)s terlalu jauh dari hari ini. Yang dapat dibuka: %(first)s sampai %(last)s."
    ),
    "cycle.duplicates_undecided": (
        "%(count)s pasangan data yang mungkin ganda belum diputuskan: anaknya tidak ikut bulan "
        "ini, janji orang tua asuhnya dihitung dua kali. Putuskan dahulu, atau tulis mengapa "
        "%(month)s tetap dikunci."
    ),
    "cycle.is_cancelled": (
        "Bulan %(month)s sudah dibatalkan. Pejabat dapat membukanya lagi di halaman bulan itu."
    ),
    "cycle.before_agreed": "Bulan %(month)s tidak dapat dibuka: %(later)s sudah dipasangkan.",
    "cycle.not_found": "Bulan %(month)s belum dibuka.",
    "cycle.not_locked": "Bulan %(month)s belum dikunci. Kunci dahulu datanya.",
    "cycle.blocked": "Bulan %(month)s belum dapat maju. Selesaikan dahulu yang menghalangi.",
    "cycle.inputs_moved": (
        "%(n)s anak atau janji yang dipasangkan berubah sejak bulan %(month)s dikunci: %(found)s. "
        "Kembalikan usulannya bila sudah diajukan, buka kunci bulan itu, kunci lagi, lalu "
        "pasangkan ulang."
    ),
    "cycle.and_more": "dan %(n)s lainnya",
    "cycle.snapshot_changed": (
        "Salinan data bulan %(month)s tidak sama dengan yang dipasangkan. Jangan disetujui; buka "
        "kunci dan pasangkan ulang."
    ),
    "cycle.cancelled": "Bulan dibatalkan.",
    "blocker.no_children": "Belum ada anak terdaftar. Impor daftar anak dahulu.",
    "blocker.open_duplicates": (
        "Ada pasangan data ganda yang belum diputuskan; kedua anak tertahan."
    ),
    "blocker.double_sponsors": (
        "Ada orang tua asuh yang mungkin tercatat dua kali; janji keduanya tetap dihitung."
    ),
    "pairs_waiting.child": "%(n)s pasangan anak yang mungkin ganda belum diputuskan.",
    "pairs_waiting.sponsor": "%(n)s pasangan orang tua asuh yang mungkin ganda belum diputuskan.",
    "blocker.reviews": "Ada anak yang perlu diperiksa.",
    "blocker.requests": "Ada permintaan perubahan dari lapangan yang belum diputuskan.",
    "blocker.previews": "Ada berkas yang sudah diperiksa tetapi belum diterapkan.",
    "blocker.nobody_eligible": "Tidak ada anak yang memenuhi syarat bulan ini.",
    "blocker.no_places": "Tidak ada janji yang memberi tempat bulan ini.",
    "blocker.no_run": "Belum ada usulan pasangan.",
    "blocker.inputs_moved": (
        "Anak atau janji berubah sejak bulan %(month)s dikunci: %(found)s. Kembalikan usulannya "
        "bila sudah diajukan, buka kunci bulan itu, kunci lagi, lalu pasangkan ulang."
    ),
    "blocker.policy_changed": (
        "Dipasangkan dengan aturan lain daripada %(month)s: “%(name)s”, ditetapkan %(by)s. "
        "Alasannya: %(reason)s"
    ),
    "blocker.policy_built_in": (
        "Dipasangkan dengan aturan bawaan, bukan lagi dengan aturan %(month)s."
    ),
    "blocker.holds_changed": (
        "Sematan atau larangan berubah setelah usulan terakhir. Pasangkan ulang dahulu."
    ),
    "blocker.no_package": (
        "Ada anak dengan orang tua asuh yang belum punya paket. Kemas sekali lagi; yang sudah "
        "dikemas tidak berubah."
    ),
    "blocker.no_kit": (
        "Ada anak dengan orang tua asuh yang tidak dapat diberi paket. Alasan dan tindakannya "
        "ada di halaman paket."
    ),
    "blocker.replacements": "Ada usulan pengganti yang menunggu persetujuan.",
}
