"""Sentences about households that must not share a courier."""

SENTENCES: dict[str, str] = {
    "pair.unknown": "Pasangan itu tidak ditemukan.",
    "pair.unknown_household": "Tidak ada rumah tangga dengan kode ini.",
    "pair.same_household": "Tulis kode rumah tangga yang lain.",
    "pair.known": "%(one)s dan %(other)s sudah dipisahkan.",
    "pair.did.added": "%(one)s dan %(other)s tidak akan dilayani satu kurir.",
    "pair.did.ended": "%(one)s dan %(other)s boleh dilayani satu kurir lagi.",
}
