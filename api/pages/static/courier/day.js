// The day's routes: fetched with signal, kept as opaque stops and sealed doors, shown without.
import * as clock from "./clock.js";
import * as server from "./server.js";
import { all, change, entries, read } from "./store.js";
import { seal, unseal } from "./vault.js";

const PAGE = "/kurir/hp";
const DOORS_KEPT_MS = 12 * 3_600_000; // after the day's end names and addresses go, come what may

/** What may lie in the clear: ids, codes, numbers, states. */
function opaque(stop) {
  return {
    uid: stop.uid,
    sequence: stop.sequence,
    kind: stop.kind,
    state: stop.state,
    arrives_at: stop.arrives_at,
    num_loaded: stop.num_loaded,
    packages: stop.packages.map((each) => ({ code: each.code, state: each.state, lines: each.lines })),
  };
}

/** Breaks and goods to fetch of a route; of the latter, which they are among the route's. */
function events(route) {
  let number = 0;
  return (route.events ?? []).map(({ after, kind, starts, ends, name, uid, state }) => {
    if (uid) number += 1;
    return { after, kind, starts, ends, name: kind === "break" ? name : "", uid, state, number: `J${number}` };
  });
}

function place({ name, goods, address, landmark, phone, lat, lon }) {
  return { label: name, goods, address, landmark, phone, lat, lon };
}

function door(stop) {
  const { label, recipient, phone, address, rt, rw, kelurahan_name, landmark, lat, lon } = stop;
  const families = stop.packages.map((each) => [each.code, each.guardian_name]);
  return { label, recipient, phone, address, rt, rw, kelurahan_name, landmark, lat, lon, families };
}

/** Fetch the day; what was recorded and not sent yet stays. */
export async function fetchDay() {
  const known = (await all("records")).filter((each) => each.state !== "waiting").map((each) => each.event_uid);
  const sent = Date.now();
  const found = await server.myDay();
  await clock.compare(found.now, sent);
  const named = found.routes.flatMap((route) => [
    ...route.stops.map((stop) => [stop.uid, door(stop)]),
    ...(route.events ?? []).filter((each) => each.uid).map((each) => [each.uid, place(each)]),
  ]);
  const doors = await Promise.all(named.map(async ([uid, each]) => [uid, await seal(uid, each)]));
  const day = {
    holder: found.holder,
    date: found.day,
    ends_at: Date.parse(found.ends_at),
    known, // records that the server had judged before it told the day
    routes: found.routes.map((route) => ({
      uid: route.uid,
      code: route.code,
      left_on: route.left_on,
      vehicle_name: route.vehicle_name,
      leaves_at: route.leaves_at,
      returns_at: route.returns_at,
      stops: route.stops.map(opaque),
      events: events(route),
    })),
  };
  await change(["meta", "doors", "records", "photos"], async (stores) => {
    const before = await stores.meta.get("day");
    await stores.meta.put(day, "day");
    await stores.doors.clear();
    for (const [uid, sealed] of doors) await stores.doors.put(sealed, uid);
    if (before && before.date !== day.date) await dropSettled(stores);
  });
  return day;
}

/** Of an earlier day only what the server has not got is kept. */
async function dropSettled({ records, photos }) {
  const kept = await photos.getAll();
  const owing = new Set(kept.map((each) => each.event_uid)); // a photo goes with its record
  for (const each of await records.getAll()) {
    const isSettled = each.state !== "waiting" && each.state !== "refused";
    if (isSettled && !owing.has(each.event_uid)) await records.delete(each.event_uid);
  }
  for (const each of kept) {
    if (!each.event_uid) await photos.delete(each.photo_uid);
  }
}

export async function keptDay() {
  const day = await read("day");
  if (day && clock.now() > day.ends_at + DOORS_KEPT_MS) {
    await change(["doors"], ({ doors }) => doors.clear());
  }
  return day;
}

/** Open every door that is kept: stop → door. A wiped one is absent. */
export async function openDoors(day) {
  const found = new Map();
  const known = new Set([...stopsOf(day), ...pickupsOf(day)].map((each) => each.uid));
  await Promise.all((await entries("doors")).map(async ([uid, sealed]) => {
    const opened = known.has(uid) ? await unseal(uid, sealed) : null;
    if (opened) found.set(uid, opened);
  }));
  return found;
}

/** Whether the day could begin without signal now: read back from the phone, not believed. */
export async function isReadyToLeave(day) {
  const [kept, doors, page] = await Promise.all([read("day"), entries("doors"), caches.match(PAGE)]);
  const sealed = new Set(doors.map(([uid]) => uid));
  const places = [...stopsOf(day), ...pickupsOf(day)];
  return Boolean(page) && kept?.date === day.date && places.every((each) => sealed.has(each.uid));
}

export function stopsOf(day) {
  return day ? day.routes.flatMap((route) => route.stops) : [];
}

/** Goods to fetch on the routes of a day. */
export function pickupsOf(day) {
  return day ? day.routes.flatMap((route) => (route.events ?? []).filter((each) => each.uid)) : [];
}

/** When nothing is open and nothing waits, forget doors and key: only opaque confirmations stay. */
export async function wipeWhenDone(isDone) {
  const [records, photos] = await Promise.all([all("records"), all("photos")]);
  const waits = records.some((each) => each.sealed) || photos.some((each) => each.event_uid);
  if (!isDone || waits) return false;
  await change(["meta", "doors", "photos"], async (stores) => {
    await stores.doors.clear();
    await stores.photos.clear();
    await stores.meta.delete("key");
  });
  return true;
}
