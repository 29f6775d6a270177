// Brings records and photos to the server, in any order and as often as it takes; what the server
// confirmed is noted event by event, and its content leaves the phone.
import * as server from "./server.js";
import { all, change } from "./store.js";
import { openBytes, unseal } from "./vault.js";

const BATCH = 50;
const MOST_FAILING = 3;
const LOCK = "asuh-kurir-kirim";
const SETTLED = new Set(["stored", "repeated", "kept", "refused"]);

/** Send what waits; gives "done", "nothing", "busy", or why it stopped. */
export async function send(onProgress = () => {}) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return "busy";
    try {
      const me = await server.whoAmI();
      let sent = 0;
      for (const kind of KINDS) sent += await sendRecords(me.id, kind, onProgress);
      sent += await sendPhotos(me.id, onProgress);
      return sent ? "done" : "nothing";
    } catch (fault) {
      if (fault instanceof server.Failure) return fault.kind;
      throw fault;
    }
  });
}

/** Deliveries and pickups go to doors of their own. */
const KINDS = [
  { fits: (row) => !row.pickup_uid, bring: async (rows) => server.sendRecords(await Promise.all(rows.map(asEvent))) },
  { fits: (row) => row.pickup_uid, bring: async (rows) => server.sendPickups(await Promise.all(rows.map(asPickup))) },
];

async function waiting(holder) {
  const records = await all("records");
  return records
    .filter((each) => each.holder === holder && each.state === "waiting")
    .sort((one, other) => one.seq - other.seq);
}

async function sendRecords(holder, { fits, bring }, onProgress) {
  let sent = 0;
  let size = BATCH;
  const failing = new Set(); // the server fails on them; they wait, and keep no other back
  const left = async () => (await waiting(holder)).filter((each) => fits(each) && !failing.has(each.event_uid));
  for (let rest = await left(); rest.length; rest = await left()) {
    const batch = rest.slice(0, size);
    try {
      const { answers } = await bring(batch);
      const settled = await settle(answers);
      if (!settled) throw new server.Failure("later");
      sent += settled;
    } catch (fault) {
      const isItsFailure = fault.status === 500 && failing.size < MOST_FAILING;
      if (fault.kind !== "refused" && !isItsFailure) throw fault;
      if (batch.length === 1 && isItsFailure) failing.add(batch[0].event_uid);
      else if (batch.length === 1) await refuse(batch[0], fault);
      size = 1; // one of them is malformed: find it, let the others through
    }
    await onProgress();
  }
  if (failing.size) throw new server.Failure("later");
  return sent;
}

async function asEvent(row) {
  const words = (await unseal(row.event_uid, row.sealed)) ?? { lines: [], reason: null };
  return {
    event_uid: row.event_uid,
    package_code: row.package_code,
    outcome: row.outcome,
    happened_at: new Date(row.at).toISOString(),
    stop_uid: row.stop_uid,
    device_id: row.device_id,
    device_seq: row.seq,
    undoes_uid: row.undoes_uid,
    ...words,
  };
}

async function asPickup(row) {
  const { note } = (await unseal(row.event_uid, row.sealed)) ?? { note: "" };
  return {
    event_uid: row.event_uid,
    pickup_uid: row.pickup_uid,
    is_fetched: row.outcome === "fetched",
    note,
    happened_at: new Date(row.at).toISOString(),
    device_id: row.device_id,
    device_seq: row.seq,
  };
}

async function settle(answers) {
  const confirmed_at = Date.now();
  return change(["records"], async ({ records }) => {
    let settled = 0;
    for (const answer of answers) {
      const row = await records.get(answer.event_uid);
      if (!row || row.state !== "waiting" || !SETTLED.has(answer.state)) continue;
      const isRefused = answer.state === "refused";
      await records.put({
        ...row,
        state: answer.state,
        code: answer.code,
        params: answer.params,
        confirmed_at,
        sealed: isRefused ? row.sealed : null, // a refused one may be sent again
      });
      settled += 1;
    }
    return settled;
  });
}

async function refuse(row, fault) {
  const params = { ...fault.params, fields: undefined };
  await change(["records"], ({ records }) =>
    records.put({ ...row, state: "refused", code: fault.code, params }));
}

async function sendPhotos(holder, onProgress) {
  let sent = 0;
  const records = new Map((await all("records")).map((each) => [each.event_uid, each]));
  for (const photo of await all("photos")) {
    const event = records.get(photo.event_uid);
    const isOwn = photo.holder === holder && !photo.refusal;
    if (!isOwn || !event || event.state === "waiting" || event.state === "refused") {
      continue;
    }
    try {
      const bytes = await openBytes(photo.photo_uid, photo.sealed);
      await server.sendPhoto(photo.event_uid, photo.photo_uid, new Date(photo.taken_at).toISOString(), bytes);
      await confirmPhoto(photo);
    } catch (fault) {
      if (fault.kind !== "refused") throw fault;
      await refusePhoto(photo, fault);
    }
    sent += 1;
    await onProgress();
  }
  return sent;
}

async function confirmPhoto(photo) {
  await change(["records", "photos"], async ({ records, photos }) => {
    const row = await records.get(photo.event_uid);
    if (row) await records.put({ ...row, num_photos: row.num_photos + 1 });
    await photos.delete(photo.photo_uid);
  });
}

/** Keep a photo that was not taken: what refused it may be a proxy on the way, and not the server. */
async function refusePhoto(photo, fault) {
  await change(["photos"], ({ photos }) =>
    photos.put({ ...photo, refusal: fault.code || "delivery.photo" }));
}

/** Let a refused record and refused photos of it wait for the server once more. */
export async function retry(eventUid) {
  await change(["records", "photos"], async ({ records, photos }) => {
    const row = await records.get(eventUid);
    if (row?.state === "refused" && row.sealed) {
      await records.put({ ...row, state: "waiting", code: "", params: {} });
    }
    for (const photo of await photos.getAll()) {
      if (photo.event_uid === eventUid && photo.refusal) await photos.put({ ...photo, refusal: "" });
    }
  });
}

/** Drop a refused record with its photos, or of one that was taken its refused photos. */
export async function drop(eventUid) {
  await change(["records", "photos"], async ({ records, photos }) => {
    const row = await records.get(eventUid);
    const isRefused = row?.state === "refused";
    if (isRefused) await records.delete(eventUid);
    for (const photo of await photos.getAll()) {
      if (photo.event_uid === eventUid && (isRefused || photo.refusal)) {
        await photos.delete(photo.photo_uid);
      }
    }
  });
}
