// What happened at the doors: events that are on the disk before the screen says so, never edited,
// only taken back by another event.
import * as clock from "./clock.js";
import { undoMinutes } from "./say.js";
import { all, change } from "./store.js";
import { seal, sealBytes } from "./vault.js";

export const UNDO_WITHIN_MS = undoMinutes * 60_000;

export function uid() {
  return crypto.randomUUID().replaceAll("-", "");
}

/**
 * Record one result for packages of a stop.
 *
 * `result`: outcome, reason, reason_text, receiver, and `lines` by package code. Photos taken at
 * this stop before are bound to the first of its events.
 */
export async function record(day, stop, packages, result) {
  const drafts = await Promise.all(packages.map((each) => draft(each, result)));
  await keep(day, stop, drafts);
}

async function draft(parcel, result) {
  const event_uid = uid();
  const words = {
    lines: result.lines?.[parcel.code] ?? [],
    reason: result.reason || null,
    reason_text: result.reason_text ?? "",
    receiver: result.receiver ?? "",
  };
  return {
    event_uid,
    package_code: parcel.code,
    outcome: settled(result.outcome, words.lines),
    undoes_uid: null,
    sealed: await seal(event_uid, words),
  };
}

/** What lines speak for, as the server settles it: of two packages one may be taken whole. */
function settled(outcome, lines) {
  if (!lines.length) return outcome;
  if (lines.every((each) => !each.rejected)) return "accepted";
  return lines.some((each) => each.accepted) ? "partly_accepted" : "rejected";
}

/** Record whether goods came along; the later record of two counts, so a wrong one is put right. */
export async function recordPickup(day, pickup, isFetched, note) {
  const event_uid = uid();
  const outcome = isFetched ? "fetched" : "missed";
  const sealed = await seal(event_uid, { note });
  const draft = { event_uid, pickup_uid: pickup.uid, package_code: "", outcome, undoes_uid: null, sealed };
  await keep(day, { uid: pickup.uid, sequence: pickup.number }, [draft]);
}

/** Take back events of the last ten minutes. */
export async function undo(day, stop, events) {
  const drafts = await Promise.all(events.map(async (event) => {
    const event_uid = uid();
    const sealed = await seal(event_uid, { lines: [], reason: null, reason_text: "", receiver: "" });
    return {
      event_uid,
      package_code: event.package_code,
      outcome: "undo",
      undoes_uid: event.event_uid,
      between: [event.at, event.at + UNDO_WITHIN_MS], // whatever the clock did since
      sealed,
    };
  }));
  await keep(day, stop, drafts);
}

/** Write events under the device's own counter; its times never run backwards. */
async function keep(day, stop, drafts) {
  const deviceWish = uid();
  const at = clock.now();
  await change(["meta", "records", "photos"], async ({ meta, records, photos }) => {
    const device_id = (await meta.get("device")) ?? deviceWish;
    await meta.put(device_id, "device");
    let seq = (await meta.get("seq")) ?? 0;
    const last = (await meta.get("last")) ?? 0;
    let moment = last - at > UNDO_WITHIN_MS ? at : Math.max(at, last);
    for (const { between, ...each } of drafts) {
      seq += 1;
      if (between) moment = Math.min(Math.max(moment, between[0]), between[1]);
      await records.put({
        ...each, holder: day.holder, stop_uid: stop.uid, stop_number: stop.sequence, device_id, seq,
        at: moment, state: "waiting", code: "", params: {}, num_photos: 0,
      });
    }
    await meta.put(seq, "seq");
    await meta.put(moment, "last");
    const first = drafts[0];
    if (first.outcome === "undo") return;
    for (const photo of await photos.getAll()) {
      if (photo.stop_uid === stop.uid && !photo.event_uid) {
        await photos.put({ ...photo, event_uid: first.event_uid });
      }
    }
  });
}

/** Keep a photo of a stop; it goes with what is recorded there, before or after. */
export async function addPhoto(day, stop, bytes) {
  const photo_uid = uid();
  const sealed = await sealBytes(photo_uid, bytes);
  const event = lastAt(await all("records"), stop);
  const photo = {
    photo_uid, stop_uid: stop.uid, event_uid: event?.event_uid ?? null, holder: day.holder,
    taken_at: clock.now(), sealed,
  };
  await change(["photos"], ({ photos }) => photos.put(photo));
}

const byPlace = new WeakMap(); // records that were read together → stop or pickup → its own

/** The records of one stop or pickup; of a day of hundreds all are put in order once. */
export function recordsAt(records, place) {
  let groups = byPlace.get(records);
  if (!groups) {
    groups = new Map();
    for (const each of records) groups.set(each.stop_uid, [...(groups.get(each.stop_uid) ?? []), each]);
    byPlace.set(records, groups);
  }
  return groups.get(place.uid) ?? [];
}

function lastAt(records, place) {
  return standing(recordsAt(records, place)).at(-1);
}

/** Events that count, in order: neither taken back nor refused. */
export function standing(records) {
  const undone = new Set(
    records.filter((each) => each.state !== "refused").map((each) => each.undoes_uid),
  );
  return records
    .filter((each) => each.outcome !== "undo" && each.state !== "refused" && !undone.has(each.event_uid))
    .sort((one, other) => one.seq - other.seq);
}

/** Those at a stop that may still be taken back. */
export function undoable(records, stop) {
  const now = clock.now();
  return standing(recordsAt(records, stop)).filter((each) => now - each.at <= UNDO_WITHIN_MS);
}

/** What is known of goods to fetch: fetched, missed, or planned while nobody has said. */
export function pickupState(records, pickup) {
  const last = lastAt(records, pickup);
  return last ? last.outcome : pickup.state;
}

/** What is known of a stop: `open` packages, and the word for its state. */
export function stateOf(records, stop, known = []) {
  const own = recordsAt(records, stop);
  const last = new Map(standing(own).map((each) => [each.package_code, each]));
  const touched = new Set( // here, since the server told how it stands
    own.filter((each) => !known.includes(each.event_uid)).map((each) => each.package_code),
  );
  const isOver = stop.state !== "en_route";
  const open = stop.packages.filter(
    (each) => !last.has(each.code) && (touched.has(each.code) || (!isOver && each.state === "loaded")),
  );
  const outcomes = [...last.values()].map((each) => each.outcome);
  return { open, outcomes, isDone: open.length === 0, state: stop.state };
}
