// What the phone keeps, in IndexedDB. In the clear: opaque ids, codes, counts, times. Everything
// that people said or that names them (doors, receivers, explanations, photos) is sealed (vault.js).
import { deleteDB, openDB } from "/static/vendor/idb.js";

const NAME = "asuh-kurir";
const VERSION = 1;
const SAFE = { durability: "strict" }; // on the disk before the screen says "recorded"

let opened = null;

export function open() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("meta");
      db.createObjectStore("doors");
      db.createObjectStore("records", { keyPath: "event_uid" });
      db.createObjectStore("photos", { keyPath: "photo_uid" });
    },
    blocking: () => close(), // another window is signing out
    terminated: () => { opened = null; },
  });
  return opened;
}

export async function read(name) {
  return (await open()).get("meta", name);
}

export async function write(name, value) {
  const db = await open();
  const change = db.transaction("meta", "readwrite", SAFE);
  change.store.put(value, name);
  await change.done;
}

export async function all(store) {
  return (await open()).getAll(store);
}

export async function get(store, key) {
  return (await open()).get(store, key);
}

/** Change several stores whole or not at all: `act(stores)` must not wait for anything else. */
export async function change(names, act) {
  const db = await open();
  const transaction = db.transaction(names, "readwrite", SAFE);
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  try {
    const result = await act(stores);
    await transaction.done;
    return result;
  } catch (fault) {
    try { transaction.abort(); } catch { /* it has ended by itself */ }
    await transaction.done.catch(() => {});
    throw fault;
  }
}

export async function close() {
  const waiting = opened;
  opened = null;
  if (waiting) (await waiting).close();
}

/** Forget everything: nothing of the day is left on the phone. */
export async function destroy() {
  await close();
  await deleteDB(NAME);
}

/** How much the server has not got: all that would be lost by leaving, and what can be sent. */
export async function unsent() {
  const [records, photos] = await Promise.all([all("records"), all("photos")]);
  const refused = new Set(
    records.filter((each) => each.state === "refused").map((each) => each.event_uid),
  );
  const sendable = [
    ...records.filter((each) => each.state === "waiting"),
    ...photos.filter((each) => each.event_uid && !each.refusal && !refused.has(each.event_uid)),
  ];
  return {
    records: records.filter((each) => each.sealed).length,
    photos: photos.length,
    sendable: sendable.length,
  };
}
