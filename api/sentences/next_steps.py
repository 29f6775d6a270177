"""The one next thing of a month, and the words on the button that leads there."""

SENTENCES: dict[str, str] = {
    "next.import": "masukkan daftar anak dan daftar orang tua asuh.",
    "next.duplicates": "putuskan %(count)s pasangan anak yang mungkin tercatat dua kali.",
    "next.double_sponsors": (
        "periksa %(count)s pasangan orang tua asuh yang mungkin sama: berbeda, atau serahkan "
        "kepada pejabat."
    ),
    "next.merge_sponsors": (
        "gabungkan %(count)s pasangan orang tua asuh yang diserahkan petugas, atau nyatakan "
        "berbeda."
    ),
    "next.lock": "kunci data bulan ini bila semua daftar sudah masuk.",
    "next.match": "pasangkan anak dan orang tua asuh.",
    "next.match_again": "pasangkan ulang; %(count)s sematan atau larangan belum ikut.",
    "next.unlock": (
        "buka kunci, kunci lagi, lalu pasangkan ulang: %(count)s anak atau janji berubah sejak "
        "data dikunci."
    ),
    "next.reject": (
        "kembalikan usulannya: %(count)s anak atau janji berubah sejak data dikunci, jadi harus "
        "dipasangkan ulang."
    ),
    "next.submit": "periksa pasangannya, lalu ajukan untuk disetujui.",
    "next.approve": "periksa lalu setujui pasangan bulan ini.",
    "next.pack": "susun paket dari stok.",
    "next.box": "masukkan %(count)s paket ke kotaknya dan tandai dikemas.",
    "next.plan": "susun rute.",
    "next.confirm": "periksa dan konfirmasi %(count)s rute.",
    "next.dispatch": "cetak lembarnya, lalu berangkatkan %(count)s rute.",
    "next.results": "catat hasil %(count)s perhentian yang sudah berangkat.",
    "next.unplaced": (
        "urus %(count)s paket yang masih di gudang: beri rute, atau bawa ke bulan depan."
    ),
    "next.exceptions": "selesaikan %(count)s kendala penyaluran.",
    "next.reconcile": "akhiri distribusi dan cocokkan jumlahnya.",
    "next.calls": "tanyakan kepada %(count)s keluarga contoh apakah paketnya diterima.",
    "next.close": "periksa jumlahnya, lalu tutup bulan ini.",
    "after_pairs.next.submit": "bila pasangannya sudah baik, ajukan untuk disetujui.",
    "after_pairs.next.approve": "bila pasangannya sudah baik, setujui; bila belum, kembalikan.",
    "do.after_pairs.next.submit": "Ke pengajuan",
    "do.after_pairs.next.approve": "Ke persetujuan",
    "do.next.import": "Masukkan berkas",
    "do.next.duplicates": "Putuskan data ganda",
    "do.next.double_sponsors": "Periksa orang tua asuh",
    "do.next.merge_sponsors": "Gabungkan orang tua asuh",
    "do.next.lock": "Ke penguncian",
    "do.next.match": "Ke pemasangan",
    "do.next.match_again": "Ke pemasangan",
    "do.next.unlock": "Ke pembukaan kunci",
    "do.next.reject": "Ke pengembalian",
    "do.next.submit": "Periksa pasangan",
    "do.next.approve": "Ke persetujuan",
    "do.next.pack": "Susun paket",
    "do.next.box": "Ke paket",
    "do.next.plan": "Susun rute",
    "do.next.confirm": "Periksa rute",
    "do.next.dispatch": "Cetak dan berangkatkan",
    "do.next.results": "Catat hasil",
    "do.next.unplaced": "Ke paket di gudang",
    "do.next.exceptions": "Ke kendala",
    "do.next.reconcile": "Cocokkan",
    "do.next.calls": "Tanya keluarga",
    "do.next.close": "Periksa dan tutup",
}
