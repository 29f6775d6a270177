// What the phone keeps, in IndexedDB. In the clear: opaque ids, codes, counts, times. Everything
// that people said or that names them (doors, receivers, explanations, photos) is sealed (vault.js).
//
// Kept twice where the browser can. Chromium has one log per place: killed in the middle of a write
// it leaves a torn record there, writes on behind it, and at the start after the next it finds the
// log damaged and throws the whole place away, however strictly a transaction was written. A bucket
// is a place with a log of its own (docs/adr/0011).
import "/static/vendor/idb.js";

const { deleteDB, wrap } = self.idb;

const NAME = "asuh-kurir";
const VERSION = 1;
const KEYS = { meta: undefined, doors: undefined, records: "event_uid", photos: "photo_uid" };
const STORES = Object.keys(KEYS);
const BUCKET = "asuh-kurir-salinan";
const SAFE = { durability: "strict" }; // on the disk before the screen says "recorded"
const LOCK = "asuh-kurir-simpan"; // both copies see the changes of all windows in one order

let opened = null;

/** Open both copies, the first to read from; the one that knows less is brought up to date. */
function open() {
  opened ??= openCopies().catch((fault) => {
    opened = null;
    throw fault;
  });
  return opened;
}

async function openCopies() {
  const first = await openIn(indexedDB);
  const second = await secondPlace().then(openIn).catch(() => null);
  if (!second) return [first];
  await navigator.locks.request(LOCK, () => agree(first, second));
  return [first, second];
}

async function secondPlace() {
  const bucket = await navigator.storageBuckets.open(BUCKET, { durability: "strict", persisted: true });
  return bucket.indexedDB;
}

async function openIn(place) {
  const asked = place.open(NAME, VERSION);
  asked.onupgradeneeded = () => {
    for (const [store, keyPath] of Object.entries(KEYS)) {
      asked.result.createObjectStore(store, keyPath && { keyPath });
    }
  };
  const db = await wrap(asked);
  db.onversionchange = () => close(); // another window is signing out
  db.onclose = () => { opened = null; };
  return db;
}

/** Of two copies the one with more changes is right: a change goes to the first, then the second. */
async function agree(first, second) {
  const [one, two] = await Promise.all([first, second].map((db) => db.get("meta", "changes")));
  if (one === two && one !== undefined) return;
  await ((one ?? 0) < (two ?? 0) ? copy(second, first) : copy(first, second));
}

async function copy(from, to) {
  const reading = from.transaction(STORES);
  const kept = await Promise.all(STORES.map((name) => entriesOf(reading.objectStore(name))));
  const writing = to.transaction(STORES, "readwrite", SAFE);
  STORES.forEach((name, at) => {
    const store = writing.objectStore(name);
    store.clear();
    for (const [key, value] of kept[at]) store.put(value, store.keyPath ? undefined : key);
  });
  await writing.done;
}

async function entriesOf(store) {
  const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
  return keys.map((key, at) => [key, values[at]]);
}

export async function read(name) {
  return get("meta", name);
}

export async function write(name, value) {
  await change(["meta"], ({ meta }) => meta.put(value, name));
}

export async function get(store, key) {
  return (await open())[0].get(store, key);
}

export async function all(store) {
  return (await open())[0].getAll(store);
}

/** Pairs of key and value of one store, as they were at one moment. */
export async function entries(store) {
  return entriesOf((await open())[0].transaction(store).store);
}

/**
 * Change several stores whole or not at all, in each copy; give what the first gave.
 *
 * `act(stores)` runs once per copy: it must not wait for anything else, and draw nothing by chance.
 */
export async function change(names, act) {
  const [first, second] = await open();
  return navigator.locks.request(LOCK, async () => {
    const result = await changeCopy(first, names, act);
    // one that fails has fewer changes: it is brought up to date at the next start
    if (second) await changeCopy(second, names, act).catch(() => {});
    return result;
  });
}

async function changeCopy(db, names, act) {
  const touched = [...new Set([...names, "meta"])];
  const transaction = db.transaction(touched, "readwrite", SAFE);
  const stores = Object.fromEntries(touched.map((name) => [name, transaction.objectStore(name)]));
  try {
    const result = await act(stores);
    await stores.meta.put(((await stores.meta.get("changes")) ?? 0) + 1, "changes");
    await transaction.done;
    return result;
  } catch (fault) {
    try { transaction.abort(); } catch { /* it has ended by itself */ }
    await transaction.done.catch(() => {});
    throw fault;
  }
}

async function close() {
  const waiting = opened;
  opened = null;
  for (const db of (await waiting?.catch(() => [])) ?? []) db.close();
}

/** Forget everything: nothing of the day is left on the phone, and no copy brings it back. */
export async function destroy() {
  const [, second] = await open();
  if (second) {
    const emptying = second.transaction(STORES, "readwrite", SAFE);
    for (const name of STORES) emptying.objectStore(name).clear();
    await emptying.done;
  }
  await close();
  await navigator.storageBuckets?.delete(BUCKET);
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
