// The courier's day on the phone: what is kept decides what is shown; every action is on the disk
// before the screen changes.
import * as clock from "./clock.js";
import { fetchDay, isReadyToLeave, keptDay, openDoors, pickupsOf, stopsOf, wipeWhenDone } from "./day.js";
import { addPhoto, pickupState, record, recordPickup, stateOf, undo, undoable } from "./records.js";
import { say } from "./say.js";
import { Failure } from "./server.js";
import { all, unsent } from "./store.js";
import { drop, retry, send } from "./sync.js";
import * as views from "./views.js";

const AGAIN_MS = [3000, 10_000, 30_000, 60_000]; // after each attempt that failed
const TICK_MS = 20_000;
const main = document.getElementById("hari");
let again = null;
let failures = 0;
const state = { day: null, doors: new Map(), records: [], photos: [], link: "unknown", isReady: false };

async function load() {
  [state.records, state.photos] = await Promise.all([all("records"), all("photos")]);
}

let moves = 0; // how often the reader went to another place

/** Show the place that the address names; `moved` when the reader came here just now. */
function show(moved = false) {
  if (moved) moves += 1;
  const [place, uid] = location.hash.slice(1).split("/");
  const stop = stopsOf(state.day).find((each) => each.uid === uid);
  const pickup = pickupsOf(state.day).find((each) => each.uid === uid);
  if ((stop || pickup) && !moved && main.dataset.stop === uid && main.querySelector("details[open]")) {
    if (stop) views.touchStop(main, state, stop); // somebody is filling in a form: leave it alone
    else views.touchPickup(main, state, pickup);
    views.showLink(state, clock.error());
    return;
  }
  main.dataset.stop = stop?.uid ?? pickup?.uid ?? "";
  if (place === "henti" && stop) {
    views.showStop(main, state, stop, actions);
  } else if (place === "jemput" && pickup) {
    views.showPickup(main, state, pickup, actions);
  } else if (place === "catatan") {
    views.showRecords(main, state, actions);
  } else {
    views.showDay(main, state, actions);
  }
  views.showLink(state, clock.error());
  if (moved) {
    scrollTo(0, 0);
    main.querySelector("h1")?.focus();
  }
}

async function refresh() {
  await load();
  show();
}

/** Say something once, for eyes and screen readers. */
function tell(text, kind = "good") {
  const place = document.getElementById("kabar");
  place.textContent = text;
  place.className = `panel ${kind}`;
  place.hidden = !text;
}

/** Move to a place of this page. */
function go(place) {
  history.pushState(null, "", `#${place}`);
  show(true);
}

const writing = new Set(); // places with a record that is not on the disk and shown yet
let last = Promise.resolve();

/** One press, one record: what is pressed at a place until its record is shown is the same press.
 * A press at another place waits for the one before it. */
async function once(uid, write) {
  if (writing.has(uid)) return;
  writing.add(uid);
  const mine = last.then(write);
  last = mine.catch(() => {});
  try {
    await mine;
  } finally {
    writing.delete(uid);
  }
}

/** Write a record, then show what is next; who is elsewhere already stays there. */
async function writeAndGo(uid, write, title) {
  const here = moves;
  await once(uid, async () => {
    await write();
    await load();
    if (moves === here) go("");
    else show();
    tell(say("recorded", { stop: title }));
  });
  trySend();
}

const actions = {
  record: (stop, packages, result) =>
    writeAndGo(stop.uid, () => record(state.day, stop, packages, result), views.titleOf(state, stop)),
  pickup: (pickup, isFetched, note) =>
    writeAndGo(pickup.uid, () => recordPickup(state.day, pickup, isFetched, note), views.pickupTitle(state, pickup)),
  async undo(stop) {
    await once(stop.uid, async () => {
      await undo(state.day, stop, undoable(state.records, stop));
      await load();
      show(true);
      tell(say("undone", { stop: views.titleOf(state, stop) }), "care");
    });
    trySend();
  },
  async photo(stop, files) {
    const { redraw } = await import("./photo.js");
    for (const file of files) {
      try {
        await addPhoto(state.day, stop, await redraw(file));
      } catch {
        tell(say("photo_failed"), "bad");
      }
    }
    await refresh();
    trySend();
  },
  send: () => trySend(true),
  async retry(uid) {
    await retry(uid);
    await refresh();
    trySend(true);
  },
  async drop(uid) {
    await drop(uid);
    await refresh();
  },
  scan: scanPackage,
  leave: leaveNow,
  install: installNow,
};

/** The browser's own offer to install the page, kept until the courier asks for it. */
let offer = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
  state.canInstall = true;
  if (state.day) show();
});

async function installNow() {
  await offer?.prompt();
  offer = null; // it serves once
  state.canInstall = false;
  show();
}

/** What is needed now and then is loaded then; the worker keeps it for use without signal. */
async function leaveNow() {
  const { leave } = await import("./leave.js");
  await leave();
}

/** Send what waits, and once more later for as long as something waits. */
async function trySend(isAsked = false) {
  clearTimeout(again);
  const { sendable } = await unsent();
  if (!sendable && !isAsked) return;
  const pause = AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)];
  again = setTimeout(() => trySend(), pause);
  if (!navigator.onLine && !isAsked) return;
  state.link = "sending";
  views.showLink(state, clock.error());
  const outcome = await send(refresh);
  const isWell = ["done", "nothing", "busy"].includes(outcome);
  failures = isWell ? 0 : failures + 1;
  state.link = isWell ? "online" : outcome;
  await load();
  if (outcome === "done" || isAsked) await fetchAnew();
  await tidy();
  show();
  if (isAsked) tell(say(`sent_${outcome}`), state.link === "online" ? "good" : "care");
}

/** Fetch the day when that is possible; without it the kept one goes on. */
async function fetchAnew() {
  try {
    state.day = await fetchDay();
    state.doors = await openDoors(state.day);
    state.link = "online";
    await checkReady();
  } catch (fault) {
    if (!(fault instanceof Failure)) throw fault;
    state.link = fault.kind === "refused" && fault.status === 403 ? "not_courier" : fault.kind;
  }
}

/** Say that one may leave the signal only once day and page lie on the phone. */
async function checkReady() {
  const isOpenable = Boolean((await navigator.serviceWorker?.getRegistration("/kurir"))?.active);
  const places = stopsOf(state.day).length + pickupsOf(state.day).length;
  state.isReady = isOpenable && places > 0 && (await isReadyToLeave(state.day));
}

async function tidy() {
  const stops = stopsOf(state.day);
  const pickups = pickupsOf(state.day);
  const isDone = stops.length + pickups.length > 0
    && stops.every((stop) => stateOf(state.records, stop, state.day.known).isDone)
    && pickups.every((each) => ["fetched", "missed"].includes(pickupState(state.records, each)));
  await wipeWhenDone(isDone || clock.now() > (state.day?.ends_at ?? Infinity));
}

function findPackage(code) {
  const wanted = code.trim().toUpperCase();
  const stop = stopsOf(state.day).find((each) =>
    each.packages.some((parcel) => parcel.code.toUpperCase() === wanted));
  if (!stop) {
    tell(say("package_unknown", { code: wanted }), "bad");
    return false;
  }
  go(`henti/${stop.uid}`);
  tell(say("package_found", { code: wanted, stop: views.titleOf(state, stop) }));
  return true;
}

async function scanPackage() {
  const dialog = document.getElementById("pindai");
  const video = dialog.querySelector("video");
  const trouble = dialog.querySelector("[data-slot=trouble]");
  trouble.textContent = "";
  video.hidden = false;
  dialog.showModal();
  try {
    const { scan } = await import("./scan.js");
    const code = await scan(video, () => !dialog.open);
    if (code) {
      dialog.close();
      findPackage(code);
    }
  } catch {
    video.hidden = true;
    trouble.textContent = say("no_camera");
    dialog.querySelector("input").focus();
  }
}

function listen() {
  addEventListener("hashchange", () => {
    tell("");
    show(true);
  });
  addEventListener("online", () => trySend());
  addEventListener("offline", () => {
    state.link = "offline";
    views.showLink(state, clock.error());
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") trySend();
  });
  setInterval(() => {
    const stop = stopsOf(state.day).find((each) => each.uid === main.dataset.stop);
    if (stop) views.touchStop(main, state, stop); // as time goes by, the undo runs out
  }, TICK_MS);
  const dialog = document.getElementById("pindai");
  dialog.querySelector("form[data-act=type]").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = dialog.querySelector("input");
    dialog.close();
    if (findPackage(input.value)) input.value = "";
  });
  dialog.querySelector("[data-act=close]").addEventListener("click", () => dialog.close());
  addEventListener("unhandledrejection", (event) => tell(say("trouble", { what: `${event.reason}` }), "bad"));
}

async function start() {
  listen();
  const registered = await navigator.serviceWorker?.register("/kurir/sw.js", { scope: "/kurir" });
  registered?.update().catch(() => {});
  await clock.start();
  navigator.storage?.persist?.();
  state.day = await keptDay();
  state.doors = await openDoors(state.day);
  await load();
  if (state.day) show();
  await trySend();
  await fetchAnew();
  await load();
  show();
  await tidy();
  if (!("BarcodeDetector" in self)) caches.open("asuh-kurir-jsqr").then((kept) => kept.add("/static/vendor/jsQR.js")).catch(() => {});
  await navigator.serviceWorker?.ready; // the first time the page itself is still being kept
  await checkReady();
  show();
}

if (location.hash === "#keluar") {
  location.hash = "";
  leaveNow();
} else {
  start().catch((fault) => tell(say("trouble", { what: `${fault}` }), "bad"));
}
