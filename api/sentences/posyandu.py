"""Sentences of a kader's own posyandu."""

SENTENCES: dict[str, str] = {
    "posyandu.family": "Keluarga ini tidak ada di posyandu Anda.",
    "posyandu.package": "Paket ini tidak ada, atau belum tiba, di posyandu Anda.",
    "posyandu.no_family": "Centang sedikitnya satu keluarga.",
    "posyandu.no_code": "Pilih sedikitnya satu; bila tidak menerima apa pun, pilih 8.",
    "posyandu.no_answer": "Pilih jawaban sedikitnya satu keluarga.",
    "posyandu.kind": "Pilih apa yang berubah.",
    "posyandu.text": "Tulis keterangannya, paling panjang %(most)s huruf.",
    "posyandu.reported": (
        "Laporan yang sama tentang %(child)s sudah menunggu kantor. Tidak perlu dikirim lagi."
    ),
    "posyandu.not_arrived": (
        "Paket ini memang belum tercatat tiba; koordinator sudah mengurusnya."
    ),
    "posyandu.doubted": "Laporan tentang paket ini sudah ada pada koordinator.",
    "posyandu.month_closed": (
        "Bulan %(month)s sudah ditutup. Beri tahu dinas lewat telepon; penyetuju yang mengoreksi."
    ),
    "posyandu.did_record": "Tersimpan. Salah? Ubah di sini, lalu simpan lagi.",
    "posyandu.did_take_back": "Catatan dibatalkan.",
    "posyandu.did_accompany": "Pendampingan %(n)s keluarga tersimpan.",
    "posyandu.did_accompany_but": (
        "Pendampingan %(n)s keluarga tersimpan. %(left)s keluarga sudah tercatat sebelumnya dan "
        "tidak diubah; untuk mengubahnya, buka keluarganya."
    ),
    "posyandu.did_ask": "%(n)s jawaban tersimpan.",
    "posyandu.did_ask_but": (
        "%(n)s jawaban tersimpan. %(left)s paket sudah ditanyakan sebelumnya dan jawabannya tidak "
        "diubah; untuk mengubahnya, buka keluarganya."
    ),
    "posyandu.did_report": "Laporan terkirim. Kantor memutuskannya; selama itu tampil di sini.",
    "posyandu.did_doubt": "Laporan terkirim kepada koordinator.",
    "posyandu.kind_move": "Keluarga pindah alamat",
    "posyandu.kind_exit": "Anak tidak ikut program lagi",
    "posyandu.kind_address": "Data salah (nama, alamat, telepon, tanggal lahir)",
    "posyandu.own_report": "Anda laporkan %(day)s: %(kind)s. Menunggu kantor.",
    "posyandu.other_report": "Menunggu kantor: %(kind)s.",
    "posyandu.sign_severe": "Gizi buruk.",
    "posyandu.todo_severe": (
        "Bawa anak ini ke puskesmas hari ini juga; paket saja tidak cukup. Catat kode 1 setelah "
        "dirujuk."
    ),
    "posyandu.sign_two_t": "Dua bulan berturut-turut berat badannya tidak naik (2T).",
    "posyandu.todo_two_t": (
        "Rujuk ke puskesmas dan kunjungi rumahnya; tanyakan makan, sakit, dan siapa yang makan "
        "isi paket. Catat kode 1 setelah dirujuk."
    ),
    "posyandu.sign_unmeasured": "Lama tidak diukur.",
    "posyandu.todo_unmeasured": "Ajak ke posyandu berikutnya, atau ukur di rumah.",
    "posyandu.short_severe": "GIZI BURUK: rujuk hari ini",
    "posyandu.short_two_t": "2T: rujuk",
    "posyandu.short_unmeasured": "lama tidak diukur",
    "posyandu.short_measure_again": "ukur ulang (permintaan kantor)",
    "posyandu.undecided": "bulan ini belum ditetapkan",
    "posyandu.none": "tidak mendapat paket bulan ini",
    "posyandu.prepared": "disiapkan di gudang",
    "posyandu.prepared_on": "menunggu, diantar %(day)s",
    "posyandu.on_the_way": "sedang diantar",
    "posyandu.on_the_way_on": "sedang diantar, %(day)s",
    "posyandu.arrived": "diterima",
    "posyandu.arrived_on": "diterima %(day)s",
    "posyandu.left_here_on": "dititipkan di posyandu %(day)s",
    "posyandu.partly": "diterima sebagian",
    "posyandu.partly_on": "diterima sebagian %(day)s",
    "posyandu.came_back": "belum sampai; koordinator mengurusnya",
    "posyandu.carried": "ikut paket bulan depan",
    "posyandu.lost": "tidak sampai bulan ini",
}
