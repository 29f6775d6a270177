"""Sentences that donors read, and the office about them."""

SENTENCES: dict[str, str] = {
    "donor.child": "Anak ini tidak ditemukan pada halaman Anda.",
    "donor.letter": "Belum ada surat untuk waktu itu.",
    "donor.photo": "Foto ini tidak ada.",
    "donor.pause": "Pilih lama istirahat: 1 sampai %(most)s bulan.",
    "donor.paused": "Janji %(pledge)s sudah beristirahat. Lanjutkan dahulu bila ingin mengubahnya.",
    "donor.keep_until": "Pilih salah satu hari yang ditawarkan, atau tidak.",
    "donor.sure": "Centang bahwa Anda ingin berhenti.",
    "donor.topic": "Pilih perihalnya.",
    "donor.message": "Tulis pesannya, paling panjang %(most)s huruf.",
    "donor.message_unknown": "Pesan ini tidak ditemukan.",
    "donor.answered": "Pesan ini sudah dijawab oleh %(by)s. Muat ulang untuk membacanya.",
    "donor.did_pause": "Janji Anda beristirahat mulai bulan depan. Terima kasih.",
    "donor.did_pause_agreed": (
        "Janji Anda beristirahat mulai %(month)s. Bagi %(n)s anak Anda pada bulan itu dinas sudah "
        "diminta mencarikan pengganti. Terima kasih."
    ),
    "donor.did_resume": "Janji Anda berjalan lagi. Terima kasih.",
    "donor.did_stop": "Janji Anda berakhir hari ini. Terima kasih atas semuanya.",
    "donor.did_send": "Pesan terkirim. Jawabannya tampil di halaman ini.",
    "donor.did_answer": "Jawaban terkirim.",
    "photo.unknown": "Foto ini tidak ditemukan.",
    "photo.did_show": "Orang tua asuhnya sekarang dapat melihat foto itu.",
    "photo.did_hide": "Foto itu tidak ditunjukkan.",
    "link.did_revoke": "Tautan dan sesi %(name)s dicabut.",
    "child_news.graduated": (
        "Kabar baik: %(child)s sudah menyelesaikan program. Terima kasih telah menemani; tempatnya "
        "kini untuk anak lain yang membutuhkan."
    ),
    "child_news.left": (
        "%(child)s tidak lagi mengikuti program. Demi keluarganya, alasannya tidak kami ceritakan. "
        "Dukungan Anda sangat berarti selama ini; tempatnya kini untuk anak lain yang membutuhkan."
    ),
    "donor_sex.male": "Anak laki-laki",
    "donor_sex.female": "Anak perempuan",
    "donor_topic.contact": "Telepon atau alamat saya",
    "donor_topic.amount": "Jumlah anak atau rupiah",
    "donor_topic.child": "Tentang anak asuh",
    "donor_topic.other": "Lainnya",
    "stop_reason.finished": "Sudah cukup dari saya",
    "stop_reason.cannot_continue": "Belum mampu melanjutkan",
    "stop_reason.moved_away": "Pindah kota",
    "stop_reason.changed_job": "Berganti pekerjaan",
    "stop_reason.dissatisfied": "Ada yang kurang berkenan",
    "stop_reason.other": "Lainnya atau tidak ingin menyebutkan",
}
