"""Sentences about the road map and closed roads."""

SENTENCES: dict[str, str] = {
    "roads.role": "Peta jalan diatur oleh koordinator dan pengelola; peran Anda: %(role)s.",
    "roads.none": "Belum ada peta jalan. Pasang dengan `asuh roads build BERKAS --use`.",
    "roads.no_closure": "Penutupan jalan itu tidak ada atau sudah dibuka kembali.",
    "roads.closure": "Penutupan jalan belum dapat disimpan.",
    "roads.reason": "Tulis mengapa jalan ditutup.",
    "roads.days": "Hari terakhir tidak boleh sebelum hari pertama.",
    "roads.day": "Tulis tanggal, misalnya 2026-12-03.",
    "roads.place": "Tulis lintang dan bujur, misalnya -2,1290 dan 106,1090.",
    "roads.nothing_near": "Tidak ada jalan dalam 60 m dari titik itu.",
    "roads.unknown_ending": (
        "%(file)s: peta jalan berakhiran .osm, .osm.pbf, .graphml atau .roads."
    ),
    "roads.not_osm": "%(file)s bukan berkas OpenStreetMap yang utuh. Unduh lagi.",
    "roads.not_graphml": "%(file)s bukan berkas GraphML yang utuh.",
    "roads.no_coordinates": "%(file)s: simpul tanpa x dan y. Simpan lagi dari OSMnx.",
    "roads.no_roads": "Peta ini tidak berisi jalan yang dapat dilalui kendaraan.",
    "roads.not_ours": (
        "Berkas jalan ini rusak atau dari versi lain. Buat lagi dengan `asuh roads build`."
    ),
    "plan.roads_made_up": (
        "Jarak dan waktu mengikuti peta jalan karangan (%(as_of)s): contoh, bukan jalan sebenarnya."
    ),
    "plan.roads": "Jarak dan waktu mengikuti peta jalan (%(as_of)s), © kontributor OpenStreetMap.",
    "plan.roads_undated": (
        "Jarak dan waktu mengikuti peta jalan © kontributor OpenStreetMap; tanggal datanya tidak "
        "tercatat dalam berkasnya. Sebutkan dengan --roads-as-of atau `asuh roads use --as-of`."
    ),
    "roads.undated": "tanggal data tidak diketahui",
    "plan.far_from_road": "%(count)s tempat jauh dari jalan, sisanya dihitung berjalan: %(names)s.",
    "plan.no_road": "%(count)s tempat tidak tercapai jalan mana pun: %(names)s.",
    "plan.closed_roads": "Jalan ditutup pada hari rencana: %(names)s.",
    "roads.did.closed": "%(street)s ditutup. Jalannya kini lain: %(routes)s. Periksa rutenya.",
    "roads.did.closed_alone": "%(street)s ditutup. Tidak ada rute yang melewatinya.",
    "roads.did.opened": "%(street)s dibuka kembali. Jalannya kini lain: %(routes)s.",
    "roads.did.opened_alone": "%(street)s dibuka kembali. Tidak ada rute yang berubah.",
}
