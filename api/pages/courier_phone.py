"""The courier's page that works without signal: its frame, its worker, its manifest.

The frame holds no data and is the same for everybody, so that a phone may keep it; what is on the
day's routes comes from ``/api/v1/my/day`` (docs/adr/0007).
"""

import hashlib
import json
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.dependencies import Visitor
from api.i18n import N_, all_sentences, sentence, translator
from api.pages.names import Names
from api.pages.shell import STATIC_FOLDER, language_of, render, static_url
from api.services.delivery_state import UNDO_WITHIN
from data.reference.items import items
from data.reference.reasons import delivery_reasons

router = APIRouter(include_in_schema=False)

FRAME = "/kurir/hp"
MODULES = (
    "app.js", "clock.js", "day.js", "leave.js", "photo.js", "records.js", "say.js", "scan.js",
    "server.js", "store.js", "sync.js", "views.js", "vault.js",
)  # fmt: skip
LATER = frozenset({"leave.js", "photo.js", "scan.js"})
"""Loaded when somebody leaves, takes a photo or scans; the worker keeps them like the others."""
SPOKEN = (
    "delivery.", "outcome.", "http.", "access.", "pickup_state.",
    "pickup.unknown", "pickup.not_away", "pickup.note", "pickup.in_stock",
)  # fmt: skip
"""Codes whose sentences the page needs: what the server may answer to a record."""
UNSPOKEN = "delivery.did."
"""What pages say after a form."""
TEXTS = {
    "stop": N_("Perhentian %(n)s"),
    "door_gone": N_("Alamat sudah dihapus dari HP ini; lihat lembar rute."),
    "landmark": N_("patokan: %(landmark)s"),
    "mixed": N_("hasil berbeda"),
    "confirmed": N_("diterima server"),
    "not_confirmed": N_("menunggu server"),
    "some_refused": N_("ditolak server, lihat Catatan saya"),
    "recorded": N_("%(stop)s: tercatat di HP ini."),
    "undone": N_("%(stop)s: diurungkan."),
    "undo_left": N_("Salah catat? Masih dapat diurungkan %(n)s menit lagi."),
    "photo_failed": N_("Foto ini tidak dapat dibaca. Coba ambil lagi."),
    "photos_sent": N_("%(n)s foto diterima server"),
    "photos_waiting": N_("%(n)s foto di HP ini"),
    "package_found": N_("Paket %(code)s: %(stop)s"),
    "package_unknown": N_("Paket %(code)s tidak ada pada rute Anda hari ini."),
    "no_camera": N_("Kamera tidak dapat dipakai. Ketik kode yang tercetak di bawah kotak QR."),
    "n_waiting": N_("%(n)s menunggu"),
    "n_confirmed": N_("%(n)s diterima server"),
    "n_refused": N_("%(n)s ditolak server"),
    "n_photos": N_("%(n)s foto menunggu"),
    "n_done": N_("%(n)s dari %(all)s perhentian selesai"),
    "n_packages": N_("%(n)s paket"),
    "pickup": N_("Jemputan %(n)s"),
    "pickup_from": N_("%(n)s. Jemput di %(name)s"),
    "break_rest": N_("Istirahat"),
    "break_prayer": N_("Salat Jumat"),
    "next": N_("Berikutnya: %(stop)s"),
    "all_done": N_("Semua perhentian selesai"),
    "no_routes": N_(
        "Tidak ada rute Anda yang berangkat hari ini. Bila seharusnya ada, hubungi koordinator."
    ),
    "left_before": N_(
        "Berangkat %(day)s dan belum selesai. Catat sisanya, atau hubungi koordinator."
    ),
    "no_day": N_("Belum ada rute di HP ini. Buka halaman ini sekali saat ada sinyal."),
    "ready": N_(
        "Siap dibawa: %(n)s perhentian tersimpan di HP ini dan terbuka tanpa sinyal sampai malam."
    ),
    "day_over": N_("Ini rute %(day)s. Buka saat ada sinyal untuk rute hari ini."),
    "loaded": N_("dimuat %(n)s"),
    "rejected": N_("Ditolak: %(n)s"),
    "line_sum": N_("Isi bilangan bulat dari 0 sampai %(n)s."),
    "none_rejected": N_(
        "Belum ada yang ditolak. Kurangi yang tidak diterima, atau tekan Diterima semua."
    ),
    "receiver_missing": N_("Tulis nama penerima yang dititipi."),
    "reason_missing": N_("Alasan belum dipilih."),
    "link_unknown": N_("Memeriksa sinyal"),
    "link_online": N_("Ada sinyal"),
    "link_offline": N_("Tanpa sinyal"),
    "link_sending": N_("Mengirim"),
    "link_later": N_("Server sedang sibuk"),
    "link_refused": N_("Server menolak"),
    "link_signed_out": N_("Sesi berakhir: minta tautan baru"),
    "link_not_courier": N_("Akun ini bukan akun kurir"),
    "sent_done": N_("Terkirim. Server sudah menyimpannya."),
    "sent_nothing": N_("Tidak ada yang menunggu; rute sudah terbaru."),
    "sent_busy": N_("Sedang dikirim oleh jendela lain."),
    "sent_offline": N_("Belum ada sinyal. Catatan tetap aman di HP ini."),
    "sent_later": N_("Server belum menjawab. Dicoba lagi sebentar lagi."),
    "sent_refused": N_("Server menolak permintaan ini. Hubungi koordinator."),
    "sent_signed_out": N_(
        "Sesi berakhir. Minta tautan baru kepada koordinator; catatan tetap aman di HP ini."
    ),
    "record_waiting": N_("menunggu sinyal"),
    "record_stored": N_("diterima server"),
    "record_repeated": N_("diterima server"),
    "record_kept": N_("disimpan server"),
    "record_refused": N_("ditolak server"),
    "no_records": N_("Belum ada catatan di HP ini."),
    "strangers": N_("%(n)s catatan milik kurir lain; dikirim bila ia masuk di HP ini."),
    "left": N_("%(records)s catatan dan %(photos)s foto belum sampai di server."),
    "left_offline": N_(
        "Data di HP ini sudah dihapus. Tanpa sinyal, sesi di server berakhir tengah malam."
    ),
    "clock_hours": N_("Jam HP ini meleset %(n)s jam; waktu dicatat menurut server."),
    "clock_minutes": N_("Jam HP ini meleset %(n)s menit; waktu dicatat menurut server."),
    "trouble": N_("Halaman ini terganggu (%(what)s). Muat ulang; catatan tetap aman."),
    "code": N_("Kode %(code)s"),
}


@router.get(FRAME)
def frame(request: Request, visitor: Visitor) -> HTMLResponse:
    """Show the frame in the reader's language; whoever is signed in is not in it."""
    del visitor
    language = language_of(request)
    answer = render(
        request,
        "courier/phone.html",
        account=None,
        home=FRAME,
        navigation=[],
        messages=[],
        texts=json.dumps(_texts(language), ensure_ascii=False).replace("<", "\\u003c"),
        modules=[f"/static/courier/{name}" for name in MODULES if name not in LATER],
    )
    answer.headers["X-Version"] = version()
    return answer


@router.get("/kurir/sw.js")
def worker(visitor: Visitor) -> Response:
    """Give the service worker, told which files belong together."""
    del visitor
    head = f"const VERSION = {json.dumps(version())};\nconst FILES = {json.dumps(_files())};\n"
    body = (STATIC_FOLDER / "courier/sw.js").read_text(encoding="utf-8")
    headers = {"Service-Worker-Allowed": "/kurir", "Cache-Control": "no-store"}
    return Response(head + body, media_type="text/javascript", headers=headers)


@router.get("/kurir/manifest.webmanifest")
def manifest(request: Request, visitor: Visitor) -> JSONResponse:
    """Describe the page to a phone that installs it."""
    del visitor
    language = language_of(request)
    content = {
        "id": FRAME,
        "name": translator(language)(N_("Asuh – rute kurir")),
        "short_name": "Asuh",
        "lang": language,
        "start_url": FRAME,
        "scope": "/kurir",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b6b4f",
        "icons": [
            {"src": static_url("courier/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {
                "src": static_url("courier/icon-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "any maskable",
            },
            {"src": static_url("mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return JSONResponse(content, media_type="application/manifest+json")


@cache
def version() -> str:
    """Return the name of this set of files and words; another one makes phones fetch anew."""
    digest = hashlib.sha256()
    for url in _files():
        digest.update((STATIC_FOLDER / url.split("?")[0].removeprefix("/static/")).read_bytes())
    template = STATIC_FOLDER.parent / "templates/courier/phone.html"
    digest.update(template.read_bytes())
    digest.update((STATIC_FOLDER / "courier/sw.js").read_bytes())
    for language in ("id", "en"):
        digest.update(json.dumps(_texts(language), sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _files() -> list[str]:
    """Return what the page loads, under the very addresses it loads it by."""
    named = ("mark.svg", "vendor/pico.min.css", "asuh.css", "dark.css", "courier/phone.css")
    return [
        *(static_url(name) for name in named),
        *(f"/static/courier/{name}" for name in MODULES),
        "/static/vendor/idb.js",
    ]


@cache
def _texts(language: str) -> dict[str, object]:
    say, names = translator(language), Names(language)
    states = {code.removeprefix("stop_state."): code for code in all_sentences()
              if code.startswith("stop_state.")}  # fmt: skip
    spoken = [
        code
        for code in all_sentences()
        if code.startswith(SPOKEN) and not code.startswith(UNSPOKEN)
    ]
    return {
        "language": language,
        "say": {name: say(text) for name, text in TEXTS.items()}
        | {f"state_{name}": sentence(code, {}, language) for name, code in states.items()},
        "sentences": {code: say(all_sentences()[code]) for code in spoken},
        "items": {
            code: {"name": names.item(code), "unit": _unit(code, language)} for code in items()
        },
        "reasons": {
            "stop": names.reasons("stop"),
            "line": names.reasons("line"),
            "needs_text": [row.code for row in delivery_reasons().values() if row.needs_text],
        },
        "undo_minutes": int(UNDO_WITHIN.total_seconds() // 60),
    }


def _unit(code: str, language: str) -> str:
    kind = items()[code]
    if language == "en":
        return kind.unit_en if kind.unit_en in ("kg", "litre") else "×"
    return kind.unit_id
