"""Sentences about deliveries, exceptions and the end of a month."""

SENTENCES: dict[str, str] = {
    "delivery.role": (
        "Hanya kurir dan koordinator yang mencatat penyerahan; koreksi hanya koordinator. "
        "Peran Anda: %(role)s."
    ),
    "delivery.package": "Paket %(package)s tidak ada pada rute Anda.",
    "delivery.stop": "Perhentian untuk paket %(package)s tidak ditemukan. Muat ulang rute.",
    "delivery.event": (
        "Catatan penyerahan %(event_uid)s tidak ditemukan. Kirim catatannya dahulu."
    ),
    "delivery.other_content": (
        "Catatan %(event_uid)s untuk paket %(package)s sudah ada dengan isi lain. Yang lama "
        "tetap berlaku; buat catatan baru untuk mengubahnya."
    ),
    "delivery.cycle_state": (
        "Bulan %(month)s berada pada tahap %(found)s; penyerahan hanya dicatat saat distribusi."
    ),
    "delivery.not_loaded": (
        "Paket %(package)s belum berangkat (status %(found)s), jadi belum dapat diserahkan."
    ),
    "delivery.already_back": (
        "Barang paket %(package)s sudah kembali ke gudang atau dihapus (status %(found)s); "
        "catatannya tidak dapat dikoreksi lagi."
    ),
    "delivery.amend_reason": "Tulis alasan koreksi untuk paket %(package)s.",
    "delivery.undo_late": (
        "Catatan paket %(package)s hanya dapat dibatalkan dalam %(minutes)s menit. Minta "
        "koordinator mengoreksinya."
    ),
    "delivery.undo_amend": (
        "Catatan paket %(package)s hanya dapat dibatalkan oleh pencatatnya, dan koreksi tidak "
        "dapat dibatalkan. Koordinator membuat koreksi sebagai gantinya."
    ),
    "delivery.undo_kept": (
        "Pembatalan disimpan, tetapi catatannya tetap berlaku: yang dapat dibatalkan hanya "
        "catatan sendiri, dalam sepuluh menit. Minta koordinator mengoreksinya."
    ),
    "delivery.undo_what": (
        "Pembatalan untuk paket %(package)s tidak menyebut catatan mana yang dibatalkan."
    ),
    "delivery.lines": (
        "Isi paket %(package)s belum cocok: untuk tiap barang, diterima + ditolak harus sama "
        "dengan yang dimuat, dan yang ditolak perlu alasan."
    ),
    "delivery.lines_not_asked": "Untuk hasil %(outcome)s tidak ada rincian barang.",
    "delivery.reason": "Pilih alasan untuk paket %(package)s dari daftar.",
    "delivery.reason_missing": "Alasan belum dipilih.",
    "delivery.reason_unknown": "Alasan tidak ada dalam daftar.",
    "delivery.reason_text": "Alasan ini perlu penjelasan singkat.",
    "delivery.receiver": "Tulis nama penerima yang dititipi.",
    "delivery.line_sum": "Diterima + ditolak tidak sama dengan yang dimuat.",
    "delivery.line_reason": "Barang ditolak: pilih alasannya (dan penjelasan bila diminta).",
    "delivery.line_missing": "Barang ini belum diisi.",
    "delivery.line_unknown": "Barang ini bukan isi paket tersebut.",
    "delivery.photo": "Foto harus JPEG utuh, paling besar 3 MB.",
    "delivery.before_correction": (
        "Disimpan tanpa mengubah hasil: koordinator sudah mengoreksi setelahnya."
    ),
    "delivery.after_return": "Disimpan tanpa mengubah hasil: paket sudah kembali ke gudang.",
    "delivery.after_return_differs": (
        "Disimpan, hasilnya belum berubah: menurut kantor paket ini sudah kembali ke gudang. "
        "Koordinator melihat bedanya sebagai kendala; hubungi dia."
    ),
    "delivery.after_closing": (
        "Disimpan tanpa mengubah hasil: distribusi bulan ini sudah selesai."
    ),
    "delivery.after_closing_differs": (
        "Disimpan, hasilnya belum berubah: distribusi bulan ini sudah selesai dan catatan kantor "
        "berbeda. Koordinator melihatnya sebagai kendala; bulan ini tidak ditutup sebelum ia "
        "memutuskan."
    ),
    "delivery.month_closed_differs": (
        "Disimpan, laporannya belum berubah: bulan ini sudah ditutup dengan catatan yang berbeda. "
        "Koordinator dan petugas melihatnya sebagai kendala; penyetuju mengoreksinya."
    ),
    "delivery.superseded": "Disimpan tanpa mengubah hasil: ada catatan yang lebih baru.",
    "delivery.clock": (
        "Tersimpan. Jam yang dilaporkan (%(reported)s) tidak mungkin; yang dihitung %(counted)s. "
        "Periksa jam perangkat."
    ),
    "results.which_month": (
        "Bulan mana yang dicatat? Sebutkan dengan --month; yang sedang distribusi: %(months)s."
    ),
    "results.before_leaving": (
        "Tanggal serah %(day)s sebelum paket %(package)s berangkat (%(left)s)."
    ),
    "exception.unknown": "Kasus tidak ditemukan.",
    "exception.role": (
        "Hanya koordinator atau penyetuju yang menangani kasus; peran Anda: %(role)s."
    ),
    "exception.stale": (
        "Kasus ini sudah diubah orang lain (versi %(version)s). Muat ulang lalu ulangi."
    ),
    "exception.reason": 'Alasan "%(reason)s" tidak ada dalam daftar.',
    "exception.text": "Tulis penjelasan singkat untuk kasus ini (%(reason)s).",
    "exception.action": (
        "Tindakan %(action)s tidak dapat dipilih sekarang. Yang dapat dipilih: %(allowed)s."
    ),
    "exception.no_action": "Belum ada tindakan yang dipilih untuk kasus ini (%(reason)s).",
    "exception.still_loaded": (
        "Paket %(package)s masih di kendaraan: pilih kirim ulang, ambil di kelurahan, "
        "kembali, atau rusak."
    ),
    "exception.left_over": (
        "Yang ditolak dari paket %(package)s belum jelas ke mana: pilih dahulu Kembalikan ke stok "
        "atau Hapus sebagai rusak, lalu tutup kasusnya."
    ),
    "exception.contradicted": (
        "Catatan paket %(package)s berbeda dari jawaban keluarganya. Koreksi hasil paketnya, atau "
        "tulis mengapa catatan tetap berlaku; alasannya masuk laporan bulan ini."
    ),
    "exception.unasked": (
        "%(count)s keluarga di rute ini belum ditanya. Catat jawabannya, atau tulis mengapa kasus "
        "ditutup tanpa itu; alasannya masuk laporan bulan ini."
    ),
    "exception.not_closed": "Kasus ini (%(reason)s) belum ditutup.",
    "exception.month_closed": (
        "Bulan %(month)s sudah ditutup; buat koreksi bulan sebagai gantinya."
    ),
    "exception.other_month": (
        "Paket %(package)s milik bulan %(month)s; buka kasusnya pada bulan itu."
    ),
    "exception.day": "Pilih hari pengiriman ulang untuk paket %(package)s, mulai hari ini.",
    "exception.no_drop_point": (
        "Tidak ada titik bagi untuk kelurahan %(kelurahan)s. Tambahkan tempatnya dahulu."
    ),
    "exception.reassign_to": (
        "Pilih paket lain bulan ini yang menunggu barang untuk menerima isi paket %(package)s."
    ),
    "exception.reassign_boxed": (
        "Paket %(package)s sudah berisi barangnya sendiri; pilih paket yang menunggu barang."
    ),
    "reason_topic.family": "Keluarga dan anak",
    "reason_topic.place": "Alamat dan jalan",
    "reason_topic.goods": "Barang",
    "reason_topic.misconduct": "Pelanggaran (hanya penyetuju yang membaca)",
    "reason_topic.other": "Lainnya",
    "reconcile.open_stops": (
        "%(count)s perhentian belum ada hasilnya: %(routes)s. Yang pertama: "
        "%(stops)s. Catat hasilnya dahulu; daftarnya di bawah, menurut rute."
    ),
    "reconcile.open_packages": (
        "%(count)s paket belum jelas: %(packages)s. Serahkan, kembalikan, hapus sebagai "
        "rusak/hilang, atau bawa ke bulan depan."
    ),
    "reconcile.earlier_open": (
        "%(earlier)s belum ditutup (sekarang: %(state)s), padahal %(month)s dimulai dari yang "
        "tersisa di sana. Tutup dahulu %(earlier)s, atau tulis alasan mengapa %(month)s ditutup "
        "lebih dulu."
    ),
    "reconcile.difference": (
        "Jumlah belum cocok: %(items)s. Dikemas harus sama dengan diterima + kembali + rusak "
        "+ hilang + dibawa."
    ),
    "reconcile.open_pickups": (
        "%(count)s penjemputan belum jelas: %(pickups)s. Catat hasilnya, atau batalkan, di Barang "
        "yang dijemput."
    ),
    "reconcile.open_exceptions": "%(count)s kasus belum ditutup.",
    "reconcile.calls": "%(missing)s keluarga contoh belum ditanya, lewat telepon atau kunjungan.",
    "reconcile.changed": (
        "Selama %(month)s dihitung, ada yang dicatat pada bulan ini; tidak ada yang tersimpan. "
        "Mulai lagi bila pencatatannya selesai."
    ),
    "verification.way": "Cara bertanya %(way)s tidak dikenal. Pilih telepon atau kunjungan rumah.",
    "reconcile.carry": (
        "Paket %(package)s tidak dapat dibawa ke bulan depan: statusnya %(found)s."
    ),
    "verification.role": "Peran Anda (%(role)s) tidak menelepon keluarga contoh.",
    "verification.answer": 'Jawaban "%(answer)s" tidak dikenal. Pilihan: %(allowed)s.',
    "verification.month": (
        "Bulan %(month)s berada pada tahap %(found)s; keluarga ditelepon saat rekonsiliasi."
    ),
    "verification.unknown": "Telepon contoh tidak ditemukan.",
    "amend.role": (
        "Hanya penyetuju yang mengoreksi bulan yang sudah ditutup; peran Anda: %(role)s."
    ),
    "amend.not_closed": ("Bulan %(month)s belum ditutup (tahap %(found)s); ubah datanya langsung."),
    "amend.reason": "Tulis alasan koreksi bulan %(month)s.",
    "amend.subject": "Yang dikoreksi (%(subject)s) tidak ada pada bulan ini.",
    "amend.value": "%(field)s tidak dapat berisi %(found)s. Yang dapat: %(allowed)s.",
    "amend.inconsistent": (
        "Keadaan %(state)s tidak cocok dengan %(accepted)s dari %(packed)s barang diterima."
    ),
    "amend.day": "Hari diterima %(found)s harus antara %(first)s dan %(last)s.",
    "amend.day_without_goods": "Tanpa barang yang diterima tidak ada hari diterima.",
    "amend.by_news": (
        "Kabar HP %(by)s tentang %(happened)s, sampai di server %(received)s setelah bulan ditutup"
    ),
    "amend.undoing": "Membalikkan koreksi %(moment)s",
    "amend.cancelled": (
        "Paket %(package)s dibatalkan sebelum dikirim; hasilnya tidak ada yang dikoreksi. Bila "
        "anaknya mendapat paket lain, tulis nomor paket itu."
    ),
    "amend.unknown": "Koreksi itu tidak ada pada bulan ini.",
    "amend.by_item": (
        "Jumlah seluruhnya tidak cukup: sebut yang diterima dari tiap barang: %(items)s."
    ),
    "amend.where": "Pilih di mana barangnya: kembali ke gudang, rusak, atau hilang.",
    "amend.counted": (
        "%(items)s di %(depot)s sudah dihitung sesudah paket ini berangkat (%(counted_at)s). "
        "Sebutkan apakah hitungan itu sudah melihat barangnya seperti koreksi ini; jika tidak, "
        "barang yang sama dapat terhitung dua kali."
    ),
    "amend.stock_short": (
        "Menurut koreksi ini %(needed)s %(item)s harus keluar dari rak %(depot)s, tetapi yang "
        "bebas di sana %(available)s. Hitung dahulu stoknya, atau lepaskan paket yang memakainya, "
        "lalu catat koreksi ini."
    ),
    "amend.by_answer": "Keluarga ditanya: %(answer)s (%(way)s, %(at)s)",
    "amend.units": "Tulis jumlah 0–%(packed)s, bukan %(found)s.",
    "amend.items": "Sebut semua barang paket itu; yang belum disebut: %(items)s.",
    "amend.nothing": "Koreksi ini tidak mengubah apa pun.",
    "amend.moved_to": (
        "Sebutkan ke mana sisanya (atau dari mana asalnya); pada paket ini tidak ada %(units)s "
        "barang yang %(where)s."
    ),
    "amend.package_state": (
        "Paket %(package)s tercatat %(found)s; seluruhnya dapat dipindahkan hanya bila kembali, "
        "rusak, atau hilang, dan ke tempat lain. Sisa paket yang diterima sebagian dipindahkan "
        "dengan moved_from dan moved_to, di halaman lewat “Pindahkan yang tidak diterima”."
    ),
    "amend.unbalanced": (
        "Dengan koreksi ini bulan %(month)s tidak lagi cocok (%(totals)s). Tidak ada yang diubah."
    ),
    "amend.fields": "Bidang ini tidak dapat dikoreksi: %(fields)s. Yang dapat: %(allowed)s.",
    "results.kind": (
        "Berkas ini bukan lembar hasil rute (%(found)s). Pakai berkas yang diunduh dari "
        "halaman rute."
    ),
    "results.batch": "Impor hasil ini sudah diterapkan atau dibuang.",
    "results.line_unknown": "Baris %(row)s: kode baris tidak dikenal pada bulan ini.",
    "results.incomplete": (
        "Paket %(package)s: hanya sebagian barang yang diisi. Isi semua barang paket itu."
    ),
    "results.not_out": ("Paket %(package)s belum berangkat atau sudah kembali (status %(found)s)."),
    "results.twice": (
        "Baris %(row)s pada lembar %(sheet)s: paket ini sudah diisi berbeda pada lembar lain."
    ),
    "results.attempt_blank": (
        "Baris %(row)s: paket %(package)s diantar lagi dan hasil antaran ini belum diisi; yang "
        "tercatat pada %(day)s adalah hasil antaran sebelumnya. Isi barisnya, atau catat hasilnya "
        "di halaman rute."
    ),
    "results.loaded": "Baris %(row)s: tertulis dimuat %(found)s, seharusnya %(expected)s.",
    "doubt.not_received": "Keluarga contoh menjawab: paket tidak diterima",
    "doubt.received_partly": "Keluarga contoh menjawab: paket diterima sebagian",
    "doubt.late_report": "Kabar HP yang terlambat berbeda dari catatan",
    "doubt.exited": "Anak keluar dari program sesudah paketnya berangkat",
    "doubt.graduated": "Anak lulus sesudah paketnya berangkat",
    "doubt.paused": "Anak dijeda sesudah paketnya berangkat",
    "doubt.merged": "Anak digabung dengan data lain sesudah paketnya berangkat",
    "doubt.same_courier": "Rute dari paket yang dijawab tidak diterima: tanyai keluarga lain",
    "results.cell": "%(sentence)s",
    "results.unknown": "Impor hasil tidak ditemukan.",
}
