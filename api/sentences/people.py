"""Sentences about children, households, sponsors and pledges."""

SENTENCES: dict[str, str] = {
    "child.not_found": "Anak %(child)s tidak ditemukan.",
    "child.state": (
        "Anak %(child)s berstatus %(found)s, jadi langkah ini tidak dapat dilakukan. Muat ulang "
        "halamannya."
    ),
    "child.reason": "Tulis alasannya; alasan ini tersimpan di riwayat anak.",
    "child.approver_only": (
        "Hanya pejabat penyetuju yang boleh meluluskan atau menerima kembali anak. Ajukan "
        "kepadanya."
    ),
    "child.born_in_future": "Tanggal lahir berada di masa depan. Periksa kembali.",
    "child.nothing_to_confirm": "Anak %(child)s tidak punya ukuran yang menunggu konfirmasi.",
    "child.pause_past": "Jeda harus berakhir setelah hari ini.",
    "child.exit_reason": 'Alasan keluar "%(found)s" tidak ada dalam daftar. Pilih dari daftar.',
    "child.measure_first": "Anak %(child)s harus diukur lagi sebelum diterima kembali.",
    "child.too_old": (
        "Berumur 60 bulan atau lebih pada hari penyaluran; program untuk anak di bawah 60 bulan."
    ),
    "child.out_of_city": "Alamat di luar kota; uang kota hanya untuk warga kota.",
    "child.no_kelurahan": "Kelurahan belum diketahui. Lengkapi alamatnya.",
    "child.open_duplicate": "Mungkin tercatat dua kali; putuskan pasangannya dahulu.",
    "child.needs_review": "Menunggu telaah: ukuran janggal atau data ganda.",
    "child.paused": "Sedang dijeda.",
    "child.moved_pending": "Pindah dilaporkan, menunggu keputusan kantor.",
    "child.duplicate": "Data ganda dari anak lain.",
    "child.graduated": "Sudah lulus dari program.",
    "child.exited": "Sudah keluar dari program.",
    "child.not_measured": "Belum ada ukuran dengan TB/U.",
    "child.measured_long_ago": "Ukuran terakhir terlalu lama. Minta kader mengukur lagi.",
    "child.not_stunted": "Tidak stunting: TB/U -2 atau lebih.",
    "child.no_consent": "Belum ada persetujuan wali untuk program.",
    "child.consent_refused": "Wali menolak ikut program.",
    "child.consent_contradictory": "Surat wali dari hari yang sama berkata ya dan tidak.",
    "child.consent_withdrawn": "Wali mencabut persetujuannya untuk program.",
    "child.consent_expired": "Persetujuan wali sudah habis masa berlakunya.",
    "child.too_old.remedy": "Anak ini selesai; catat kelulusannya.",
    "child.out_of_city.remedy": "Rujuk ke kota atau kabupaten tempat tinggalnya.",
    "child.no_kelurahan.remedy": "Lengkapi kelurahan pada alamatnya.",
    "child.open_duplicate.remedy": "Putuskan di Data ganda: sama atau berbeda.",
    "child.needs_review.remedy": "Periksa ukurannya dan konfirmasi.",
    "child.paused.remedy": "Tunggu sampai jedanya habis.",
    "child.moved_pending.remedy": "Putuskan laporan pindahnya.",
    "child.duplicate.remedy": "Tidak ada; data yang disimpan mewakilinya.",
    "child.graduated.remedy": "Tidak ada, kecuali pejabat menerimanya kembali.",
    "child.exited.remedy": "Tidak ada, kecuali pejabat menerimanya kembali.",
    "child.not_measured.remedy": "Minta kader mengukur tinggi atau panjang badan.",
    "child.measured_long_ago.remedy": "Minta kader mengukur lagi.",
    "child.not_stunted.remedy": "Tidak ada; anak ini tidak memerlukannya.",
    "child.no_consent.remedy": "Minta persetujuan wali, lalu catat.",
    "child.consent_refused.remedy": "Tidak ada, kecuali wali kemudian menyetujui.",
    "child.consent_contradictory.remedy": "Tanyakan lagi kepada wali, lalu catat jawabannya.",
    "child.consent_withdrawn.remedy": "Tidak ada, kecuali wali menyetujui lagi.",
    "child.consent_expired.remedy": "Minta wali memperbarui persetujuannya.",
    "household.not_found": "Rumah tangga %(household)s tidak ditemukan.",
    "household.unknown_kelurahan": 'Kelurahan "%(found)s" tidak dikenal. Pilih dari daftar.',
    "household.half_point": "Isi lintang dan bujur bersama-sama, atau kosongkan keduanya.",
    "point.unreadable": (
        "Titik %(household)s tidak terbaca. Tempel dua angka (lintang, bujur), atau tautan peta "
        "yang memuat keduanya; tautan pendek dibuka dahulu."
    ),
    "point.swapped": "Titik %(household)s: lintang dan bujur tertukar.",
    "point.outside": "Titik %(household)s berada di luar Indonesia. Periksa angkanya.",
    "point.far": (
        "Titik %(household)s %(km)s km dari kantor kelurahan %(kelurahan)s. Periksa angkanya, atau "
        "kelurahannya."
    ),
    "point.rows": "Isian titik tidak lengkap. Muat ulang halaman lalu isi lagi.",
    "point.did.saved": "%(n)s titik disimpan; paketnya menunggu rute.",
    "consent.guardian": "Tulis nama wali yang memberi persetujuan.",
    "consent.in_future": "Tanggal persetujuan berada di masa depan.",
    "consent.expires_first": "Persetujuan berakhir sebelum diberikan. Periksa tanggalnya.",
    "consent.given": (
        "Untuk anak %(child)s persetujuan ini sedang berlaku. Bila wali tidak setuju lagi, "
        "cabutlah."
    ),
    "consent.none": "Anak %(child)s tidak punya persetujuan yang berlaku untuk tujuan ini.",
    "change.decided": "Permintaan ini sudah diputuskan oleh %(by)s.",
    "change.reason": "Tulis alasan penolakan, supaya kader tahu.",
    "change.edit_first": (
        "Data anak %(child)s belum diubah sejak diminta. Perbaiki alamat atau datanya dahulu, lalu "
        "terima; bila sudah benar, tolak dengan alasan."
    ),
    "change.measure_first": (
        "Anak %(child)s belum diukur sejak diminta. Masukkan ukuran barunya dahulu, lalu terima."
    ),
    "change.not_found": "Permintaan perubahan tidak ditemukan.",
    "edit.stale": (
        "%(by)s sudah menyimpan versi %(version)s sementara Anda mengisi versi %(base_version)s. "
        "Bandingkan isiannya lalu simpan lagi; tidak ada yang hilang."
    ),
    "edit.unknown_field": "Isian ini tidak dapat diubah di sini: %(fields)s.",
    "sponsor.not_found": "Orang tua asuh %(sponsor)s tidak ditemukan.",
    "sponsor.name": "Tulis nama orang tua asuh.",
    "sponsor.nik_known": (
        "NIK %(nik)s sudah terdaftar atas %(sponsor)s. Buka datanya, jangan daftarkan lagi."
    ),
    "sponsor.approver_only": "Hanya pejabat penyetuju yang boleh menggabungkan orang tua asuh.",
    "sponsor.merge_self": "%(sponsor)s tidak dapat digabung dengan dirinya sendiri.",
    "sponsor.merged_before": "%(sponsor)s sudah digabung sebelumnya.",
    "pledge.not_found": "Janji %(pledge)s tidak ditemukan.",
    "pledge.state": "Janji %(pledge)s berstatus %(found)s, jadi langkah ini tidak dapat dilakukan.",
    "pledge.months": "Tulis lamanya janji dalam bulan, paling sedikit 1.",
    "pledge.empty": "Tulis jumlah anak atau jumlah rupiah tiap bulan.",
    "pledge.negative": "Jumlahnya harus bilangan bulat dari 0.",
    "pledge.unknown_area": (
        "Ada wilayah yang tidak dikenal. Pilih kecamatan atau kelurahan dari daftar."
    ),
    "pledge.end_reason": 'Alasan berakhir "%(found)s" tidak ada dalam daftar. Pilih dari daftar.',
    "pledge.suspended_backwards": "Penangguhan berakhir sebelum mulai. Periksa tanggalnya.",
    "pledge.sponsor_inactive": "Orang tua asuhnya tidak aktif lagi.",
    "pledge.ended": "Janji sudah berakhir.",
    "pledge.not_active": "Janji belum aktif.",
    "pledge.not_started": "Janji belum mulai pada bulan ini.",
    "pledge.run_out": "Masa janji sudah lewat.",
    "pledge.suspended": "Janji ditangguhkan.",
    "pledge.below_package_price": (
        "Uangnya belum cukup untuk satu paket; dicatat sebagai sisa dana."
    ),
    "pledge.no_capacity": "Tidak ada anak yang dijanjikan bulan ini.",
    "pledge.reminder": (
        "Yth. %(name)s, terima kasih sudah menjadi orang tua asuh. Kami belum menerima janji "
        "%(pledge)s untuk %(month)s (%(children)s paket). Bila sudah dikirim, mohon kabari kami; "
        "bila ada kendala, balas pesan ini. Salam hangat, Dinas PPPAKB."
    ),
    "receipt.empty": "Tulis uang atau barang yang diterima.",
    "receipt.came_meanwhile": (
        "Sejak halaman ini dibuka, penerimaan lain dicatat untuk janji ini; lihat daftarnya. Bila "
        "ini benar penerimaan berikutnya, tekan Catat lagi."
    ),
    "receipt.in_future": "Tanggal terima berada di masa depan.",
    "receipt.other_pledge": (
        "Nomor penerimaan ini sudah dipakai untuk janji atau bulan lain. Tidak ada yang disimpan."
    ),
    "duplicate.not_found": "Pasangan data ganda tidak ditemukan.",
    "duplicate.decided_before": "Pasangan ini sudah diputuskan oleh %(by)s.",
    "duplicate.not_distinct": (
        "Hanya keputusan berbeda yang dapat dibuka lagi; yang sudah digabung tetap satu."
    ),
    "duplicate.which_stays": "Pilih data mana yang tetap dipakai.",
    "duplicate.merged_before": (
        "%(child)s sudah digabung ke data lain. Muat ulang daftarnya, lalu putuskan pasangan yang "
        "masih terbuka."
    ),
    "duplicate.approver_only": (
        "%(child)s sudah punya riwayat penyaluran; pejabat penyetuju yang memutuskan."
    ),
    "export.purpose": "Tulis keperluannya: untuk apa daftar anak ini dibawa keluar.",
    "export.password": "Kata sandi berkas paling sedikit %(least)s karakter.",
    "export.nothing": "Tidak ada anak yang cocok dengan pilihan ini.",
    "duplicate.unlock_first": (
        "%(child)s ada dalam usulan bulan %(month)s. Buka kunci bulan itu dahulu (atau tunggu "
        "persetujuannya), lalu gabungkan."
    ),
    "haz_implausible": (
        "Tinggi menurut umur tidak masuk akal (di luar ±6). Minta ukur ulang atau konfirmasi."
    ),
    "waz_implausible": "Berat menurut umur tidak masuk akal.",
    "whz_implausible": "Berat menurut tinggi tidak masuk akal.",
    "haz_differs": "TB/U hasil hitung ulang berbeda lebih dari 0,05 dari berkas.",
    "severe_wasting": "BB/TB di bawah -3 atau bengkak: rujuk ke puskesmas.",
    "possible_duplicate": "Mungkin data ganda; menunggu keputusan.",
    "graduation_proposed": "Diusulkan lulus: TB/U membaik dua kali atau umur 60 bulan.",
    "reason.name_differs": "Nama berbeda.",
}
