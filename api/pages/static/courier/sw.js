// Keeps the courier's page itself, never what is in it: pages and answers with data pass through.
// VERSION and FILES are written in front of this file by the server.
/* global VERSION, FILES */
const KEPT = `asuh-kurir-${VERSION}`;
const SCANNER = "asuh-kurir-jsqr";
const SHELL = "/kurir/hp";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    await cache.addAll([SHELL, ...FILES].map((url) => new Request(url, { cache: url.includes("?v=") ? "default" : "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name !== KEPT && name !== SCANNER);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === SHELL) event.respondWith(shell(request));
    else if (url.pathname.startsWith("/kurir")) event.respondWith(plain(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  }
});

/** The page itself: fresh if the network is quick, else as it was kept. */
async function shell(request) {
  const kept = await caches.match(SHELL);
  try {
    const signal = kept ? AbortSignal.timeout(PATIENCE_MS) : undefined;
    const fresh = await fetch(request, { signal });
    if (!fresh.ok) return kept ?? fresh;
    if (fresh.headers.get("x-version") !== VERSION && kept) {
      self.registration.update().catch(() => {}); // page and scripts change together, next time
      return kept;
    }
    (await caches.open(KEPT)).put(SHELL, fresh.clone());
    return fresh;
  } catch {
    return kept ?? Response.error();
  }
}

/** The courier's pages with names: never kept; without signal the phone's own page stands in. */
async function plain(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(SHELL, 302);
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
