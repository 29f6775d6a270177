// Draws what is kept. Structure and words come from the page's templates; here they are filled.
import { pickupsOf, stopsOf } from "./day.js";
import * as clock from "./clock.js";
import { pickupState, recordsAt, stateOf, UNDO_WITHIN_MS, undoable } from "./records.js";
import { clockTime, goods, hour, item, longDay, reasons, say, sentence } from "./say.js";

const PICKUP_KINDS = { fetched: "good", missed: "bad" };
const SETTLED_GOOD = new Set(["accepted", "left_with_receiver", "left_at_drop_point"]);

function clone(name) {
  return document.getElementById(`t-${name}`).content.cloneNode(true);
}

function slot(node, name) {
  return node.querySelector(`[data-slot="${name}"]`);
}

function put(node, name, text) {
  const place = slot(node, name);
  place.textContent = text;
  place.hidden = !text;
}

function press(node, name, act) {
  const button = node.querySelector(`[data-act="${name}"]`);
  button.addEventListener("click", act);
  return button;
}

/** What a stop is called: by name while its door is kept, else by its number. */
export function titleOf(state, stop) {
  const door = state.doors.get(stop.uid);
  const name = stop.kind === "home" ? door?.recipient || door?.label : door?.label;
  return name ? `${stop.sequence}. ${name}` : say("stop", { n: stop.sequence });
}

/** What goods to fetch are called: by whom they are from while that is kept, else by number. */
export function pickupTitle(state, pickup) {
  const name = state.doors.get(pickup.uid)?.label;
  return name ? say("pickup_from", { n: pickup.number, name }) : say("pickup", { n: pickup.number });
}

function addressOf(state, stop) {
  const door = state.doors.get(stop.uid);
  if (!door) return say("door_gone");
  const parts = [door.address, door.rt && `RT ${door.rt}`, door.rw && `RW ${door.rw}`, door.kelurahan_name];
  const place = parts.filter(Boolean).join(", ");
  return door.landmark ? `${place} (${say("landmark", { landmark: door.landmark })})` : place;
}

function wordOf(found) {
  const outcomes = [...new Set(found.outcomes)];
  if (!found.isDone) return ["", ""];
  if (outcomes.length === 0) return [say(`state_${found.state}`), found.state === "failed" ? "bad" : "good"];
  if (outcomes.length > 1) return [say("mixed"), "care"];
  const kind = SETTLED_GOOD.has(outcomes[0]) ? "good" : outcomes[0] === "failed" ? "bad" : "care";
  return [sentence(`outcome.${outcomes[0]}`), kind];
}

function confirmationOf(state, stop) {
  const own = recordsAt(state.records, stop);
  if (!own.length) return "";
  if (own.some((each) => each.state === "refused")) return say("some_refused");
  return own.some((each) => each.state === "waiting") ? say("not_confirmed") : say("confirmed");
}

/** The bar at the foot: signal, what waits, what the server has. */
export function showLink(state, clockError) {
  const bar = document.getElementById("batang");
  const waiting = state.records.filter((each) => each.state === "waiting").length;
  const refused = state.records.filter((each) => each.state === "refused").length;
  const confirmed = state.records.length - waiting - refused;
  const refusedPhotos = state.photos.filter((each) => each.refusal).length;
  const waitingPhotos = state.photos.length - refusedPhotos;
  const link = navigator.onLine || state.link === "sending" ? state.link : "offline";
  bar.dataset.link = link;
  bar.dataset.waiting = waiting + state.photos.length;
  put(bar, "link", say(`link_${link}`));
  put(bar, "waiting", waiting ? say("n_waiting", { n: waiting }) : "");
  put(bar, "confirmed", confirmed ? say("n_confirmed", { n: confirmed }) : "");
  put(bar, "refused", refused + refusedPhotos ? say("n_refused", { n: refused + refusedPhotos }) : "");
  put(bar, "photos", waitingPhotos ? say("n_photos", { n: waitingPhotos }) : "");
  const hours = Math.round(Math.abs(clockError) / 3_600_000);
  const minutes = Math.round(Math.abs(clockError) / 60_000);
  const off = hours ? say("clock_hours", { n: hours }) : say("clock_minutes", { n: minutes });
  put(bar, "clock", clockError ? off : "");
  bar.hidden = false;
}

export function showDay(main, state, actions) {
  const page = clone("day");
  const stops = stopsOf(state.day);
  const found = new Map(stops.map((stop) => [stop.uid, stateOf(state.records, stop, state.day.known)]));
  const pickups = pickupsOf(state.day);
  const isDone = [...found.values()].every((each) => each.isDone)
    && pickups.every((each) => pickupState(state.records, each) in PICKUP_KINDS);
  const num = stops.filter((stop) => found.get(stop.uid).isDone).length;
  put(page, "date", state.day ? longDay(state.day.date) : "");
  const isOver = state.day && clock.now() > state.day.ends_at;
  put(page, "over", isOver ? say("day_over", { day: longDay(state.day.date) }) : "");
  put(page, "ready", state.isReady && !isOver && !isDone ? say("ready", { n: stops.length }) : "");
  put(page, "empty", stops.length || pickups.length ? "" : say(state.day ? "no_routes" : "no_day"));
  slot(page, "tools").hidden = !stops.length;
  slot(page, "progress").hidden = !stops.length;
  slot(page, "progress").value = num;
  slot(page, "progress").max = stops.length || 1;
  put(page, "done", stops.length ? say("n_done", { n: num, all: stops.length }) : "");
  slot(page, "next").hidden = isOver || isDone;
  showNext(page, state, "");
  press(page, "scan", actions.scan);
  press(page, "send", actions.send);
  press(page, "leave", actions.leave);
  press(page, "install", actions.install);
  slot(page, "install").hidden = !state.canInstall;
  const list = slot(page, "routes");
  for (const route of state.day?.routes ?? []) list.append(routeOf(state, route, found));
  main.replaceChildren(page);
}

function routeOf(state, route, found) {
  const part = clone("route");
  put(part, "route", `${route.code} · ${route.vehicle_name} · ${hour(route.leaves_at)}–${hour(route.returns_at)}`);
  const isLate = route.left_on < state.day.date && route.stops.some((stop) => !found.get(stop.uid).isDone);
  put(part, "late", isLate ? say("left_before", { day: longDay(route.left_on) }) : "");
  const list = slot(part, "stops");
  const onTheWay = (after) => {
    for (const event of (route.events ?? []).filter((each) => each.after === after)) {
      if (event.uid) {
        list.append(pickupLine(state, event));
        continue;
      }
      const line = clone("event-line");
      const hours = [event.starts, event.ends].filter(Boolean).map(hour).join("–");
      const rest = event.name === "istirahat" ? say("break_rest") : say("break_prayer");
      put(line, "event", `${hours} ${rest}`);
      list.append(line);
    }
  };
  onTheWay(0);
  for (const stop of route.stops) {
    const line = clone("stop-line");
    const link = line.querySelector("a");
    link.href = `#henti/${stop.uid}`;
    link.classList.toggle("over", found.get(stop.uid).isDone);
    put(line, "title", titleOf(state, stop));
    put(line, "address", addressOf(state, stop));
    put(line, "more", [hour(stop.arrives_at), say("n_packages", { n: stop.num_loaded ?? stop.packages.length }),
      confirmationOf(state, stop)].filter(Boolean).join(" · "));
    tag(slot(line, "state"), wordOf(found.get(stop.uid)));
    list.append(line);
    onTheWay(stop.sequence);
  }
  return part;
}

function pickupLine(state, pickup) {
  const line = clone("stop-line");
  const link = line.querySelector("a");
  const found = pickupState(state.records, pickup);
  link.href = `#jemput/${pickup.uid}`;
  link.classList.toggle("over", found in PICKUP_KINDS);
  put(line, "title", pickupTitle(state, pickup));
  put(line, "address", addressOf(state, pickup));
  put(line, "more", [hour(pickup.starts), state.doors.get(pickup.uid)?.goods, confirmationOf(state, pickup)]
    .filter(Boolean).join(" · "));
  tag(slot(line, "state"), pickupWord(found));
  return line;
}

function pickupWord(found) {
  return found in PICKUP_KINDS ? [sentence(`pickup_state.${found}`), PICKUP_KINDS[found]] : ["", ""];
}

export function showPickup(main, state, pickup, actions) {
  const page = clone("pickup");
  put(page, "title", pickupTitle(state, pickup));
  put(page, "address", addressOf(state, pickup));
  put(page, "goods", state.doors.get(pickup.uid)?.goods ?? "");
  reach(page, state.doors.get(pickup.uid));
  touchPickup(page, state, pickup);
  press(page, "fetched", () => actions.pickup(pickup, true, ""));
  submit(page, "missed", (form) => {
    if (!needs(form, "sebab", sentence("pickup.note"))) return;
    actions.pickup(pickup, false, form.sebab.value.trim());
  });
  main.replaceChildren(page);
}

/** Bring up to date what changes by itself, and leave alone what somebody may be typing. */
export function touchPickup(page, state, pickup) {
  tag(slot(page, "state"), pickupWord(pickupState(state.records, pickup)));
  put(page, "confirmed", confirmationOf(state, pickup));
}

function tag(place, [text, kind]) {
  place.textContent = text;
  place.className = `tag ${kind}`;
  place.hidden = !text;
}

export function showStop(main, state, stop, actions) {
  const page = clone("stop");
  const found = stateOf(state.records, stop, state.day.known);
  const door = state.doors.get(stop.uid);
  put(page, "title", titleOf(state, stop));
  put(page, "address", addressOf(state, stop));
  tag(slot(page, "state"), wordOf(found));
  reach(page, door);
  for (const parcel of stop.packages) slot(page, "packages").append(packageLine(door, parcel));
  press(page, "scan", actions.scan);
  takePhotos(page, stop, actions);
  press(page, "undo", () => actions.undo(stop));
  touchStop(page, state, stop);
  slot(page, "choices").hidden = found.isDone;
  slot(page, "next").hidden = !found.isDone;
  if (found.isDone) showNext(page, state, stop.uid);
  else showChoices(page, stop, found.open, actions);
  main.replaceChildren(page);
}

/** Lead to the telephone and the map of whoever is behind a door. */
function reach(page, door) {
  const call = slot(page, "call");
  call.hidden = !door?.phone;
  call.href = door?.phone ? `tel:${door.phone}` : "#";
  const chart = slot(page, "map");
  chart.hidden = door?.lat == null;
  chart.href = door?.lat == null ? "#" : `geo:${door.lat},${door.lon}?q=${door.lat},${door.lon}`;
}

function packageLine(door, parcel) {
  const line = clone("package-line");
  const family = door?.families.find(([code]) => code === parcel.code)?.[1];
  put(line, "code", parcel.code);
  put(line, "family", family ?? "");
  put(line, "contents", parcel.lines.map((each) => goods(each.item_code, each.quantity)).join("; "));
  return line;
}

function takePhotos(page, stop, actions) {
  const input = page.querySelector("input[type=file]");
  input.addEventListener("change", () => actions.photo(stop, [...input.files]));
}

/** Bring up to date what changes by itself, and leave alone what somebody may be typing. */
export function touchStop(page, state, stop) {
  put(page, "confirmed", confirmationOf(state, stop));
  const waiting = state.photos.filter((each) => each.stop_uid === stop.uid).length;
  const own = recordsAt(state.records, stop);
  const sent = own.reduce((sum, each) => sum + each.num_photos, 0);
  const parts = [sent && say("photos_sent", { n: sent }), waiting && say("photos_waiting", { n: waiting })];
  put(page, "photos", parts.filter(Boolean).join(", "));
  const events = undoable(state.records, stop);
  slot(page, "undo").hidden = !events.length;
  if (events.length) put(page, "minutes", say("undo_left", { n: minutesLeft(events) }));
}

function minutesLeft(events) {
  const oldest = Math.min(...events.map((each) => each.at));
  return Math.max(1, Math.ceil((oldest + UNDO_WITHIN_MS - clock.now()) / 60_000));
}

/** Lead to the first place that is still to be done, `here` apart. */
function showNext(page, state, here) {
  const next = stopsOf(state.day).find(
    (each) => each.uid !== here && !stateOf(state.records, each, state.day.known).isDone,
  );
  const link = slot(page, "next").querySelector("a");
  const pickup = next ? null : pickupsOf(state.day).find((each) => !(pickupState(state.records, each) in PICKUP_KINDS));
  const name = next ? titleOf(state, next) : pickup && pickupTitle(state, pickup);
  link.href = next ? `#henti/${next.uid}` : pickup ? `#jemput/${pickup.uid}` : "#";
  link.textContent = name ? say("next", { stop: name }) : say("all_done");
}

function showChoices(page, stop, open, actions) {
  const isPoint = stop.kind === "drop_point";
  const choose = (result) => actions.record(stop, open, result);
  press(page, "accepted", () => choose({ outcome: "accepted" }));
  press(page, "point", () => choose({ outcome: "left_at_drop_point" })).hidden = !isPoint;
  slot(page, "point-home").hidden = isPoint;
  submit(page, "receiver", (form) => {
    if (!needs(form, "penerima", say("receiver_missing"))) return;
    choose({ outcome: "left_with_receiver", receiver: form.penerima.value.trim() });
  });
  submit(page, "point", (form) => {
    choose({ outcome: "left_at_drop_point", receiver: form.penerima.value.trim() });
  });
  const failed = submit(page, "failed", (form) => {
    const code = form.alasan.value;
    if (!code) return fault(form, "alasan", say("reason_missing"));
    if (needsText(code) && !needs(form, "penjelasan", sentence("delivery.reason_text"))) return null;
    return choose({ outcome: "failed", reason: code, reason_text: form.penjelasan.value.trim() });
  });
  offerReasons(slot(failed, "reasons"));
  const partly = submit(page, "partly", (form) => {
    const lines = readLines(form, open);
    if (lines) {
      choose({ outcome: "partly_accepted", lines, reason_text: form.penjelasan.value.trim() });
    }
  });
  for (const parcel of open) slot(partly, "lines").append(linesOf(parcel, open.length > 1));
}

function submit(page, name, act) {
  const form = page.querySelector(`form[data-act="${name}"]`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.querySelectorAll(".field-error").forEach((each) => { each.textContent = ""; });
    act(form);
  });
  return form;
}

function fault(form, name, text) {
  const place = form.querySelector(`[data-error="${name}"]`);
  place.textContent = text;
  const field = form.querySelector(`[name="${name}"]`);
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return false;
}

function needs(form, name, text) {
  return form.elements[name].value.trim() ? true : fault(form, name, text);
}

function needsText(code) {
  return reasons.needs_text.includes(code);
}

function offerReasons(place) {
  for (const [subject, choices] of reasons.stop) {
    const group = clone("reason-group");
    put(group, "subject", subject);
    for (const [code, text] of choices) {
      const choice = clone("reason");
      choice.querySelector("input").value = code;
      put(choice, "reason", text);
      group.querySelector("fieldset").append(choice);
    }
    place.append(group);
  }
}

/** One row per line of a package: what is not accepted is rejected, and that wants a reason. */
function linesOf(parcel, isOneOfMany) {
  const part = clone("package-lines");
  put(part, "code", isOneOfMany ? parcel.code : "");
  for (const line of parcel.lines) {
    const row = clone("line");
    const field = row.querySelector("fieldset");
    field.dataset.line = line.line_uid;
    put(row, "item", `${item(line.item_code)} – ${say("loaded", { n: line.quantity })}`);
    const input = row.querySelector("input");
    input.value = line.quantity;
    input.max = line.quantity;
    input.id = `l-${line.line_uid}`;
    row.querySelector("label").htmlFor = input.id;
    const choice = row.querySelector("select");
    choice.id = `a-${line.line_uid}`;
    slot(row, "why").htmlFor = choice.id;
    for (const [subject, choices] of reasons.line) {
      const group = document.createElement("optgroup");
      group.label = subject;
      group.append(...choices.map(([code, text]) => new Option(text, code)));
      choice.append(group);
    }
    const redraw = () => {
      const rejected = Math.max(0, line.quantity - (Number(input.value) || 0));
      slot(field, "rejected").textContent = say("rejected", { n: rejected });
      slot(field, "reason").hidden = rejected === 0;
    };
    const step = (by) => {
      input.value = Math.min(line.quantity, Math.max(0, (Number(input.value) || 0) + by));
      redraw();
    };
    press(row, "less", () => step(-1));
    press(row, "more", () => step(1));
    press(row, "none", () => step(-line.quantity));
    input.addEventListener("input", redraw);
    part.append(row);
    redraw();
  }
  return part;
}

function readLines(form, open) {
  const found = {};
  let wrong = null;
  for (const parcel of open) {
    found[parcel.code] = parcel.lines.map((line) => {
      const row = form.querySelector(`[data-line="${line.line_uid}"]`);
      const input = row.querySelector("input");
      const typed = input.value.trim();
      const accepted = /^\d+$/.test(typed) ? Number(typed) : -1;
      const rejected = line.quantity - accepted;
      const reason = row.querySelector("select").value || null;
      let text = "";
      if (accepted < 0 || rejected < 0) text = say("line_sum", { n: line.quantity });
      else if (rejected && !reason) text = sentence("delivery.line_reason");
      row.querySelector(".field-error").textContent = text;
      input.setAttribute("aria-invalid", String(Boolean(text)));
      if (text) wrong ??= text === sentence("delivery.line_reason") ? row.querySelector("select") : input;
      if (rejected && needsText(reason) && !form.penjelasan.value.trim()) wrong ??= form.penjelasan;
      return { line_uid: line.line_uid, accepted, rejected, reason: rejected ? reason : null };
    });
  }
  if (!wrong && Object.values(found).flat().every((each) => !each.rejected)) {
    form.querySelector('[data-error="lines"]').textContent = say("none_rejected");
    wrong = form.querySelector("[data-line] input");
  }
  if (wrong === form.penjelasan) fault(form, "penjelasan", sentence("delivery.reason_text"));
  wrong?.focus();
  return wrong ? null : found;
}

/** Every record of this phone and what the server said of it. */
export function showRecords(main, state, actions) {
  const page = clone("records");
  const list = slot(page, "records");
  const rows = [...state.records].sort((one, other) => other.seq - one.seq);
  put(page, "empty", rows.length ? "" : say("no_records"));
  const strangers = rows.filter((each) => state.day && each.holder !== state.day.holder).length;
  put(page, "strangers", strangers ? say("strangers", { n: strangers }) : "");
  for (const row of rows) list.append(recordLine(row, state.photos, actions));
  press(page, "send", actions.send);
  main.replaceChildren(page);
}

function recordLine(row, allPhotos, actions) {
  const line = clone("record");
  line.querySelector("li").dataset.state = row.state;
  const what = row.pickup_uid
    ? `${say("pickup", { n: row.stop_number })}: ${sentence(`pickup_state.${row.outcome}`)}`
    : `${say("stop", { n: row.stop_number })} · ${row.package_code}: ${sentence(`outcome.${row.outcome}`)}`;
  put(line, "what", `${clockTime(row.at)} · ${what}`);
  const isRefused = row.state === "refused";
  const differs = row.code?.endsWith("_differs"); // kept, and the office is asked about it
  const kind = differs ? "care" : ({ waiting: "care", refused: "bad" }[row.state] ?? "good");
  tag(slot(line, "state"), [say(`record_${row.state}`), kind]);
  put(line, "why", row.code ? sentence(row.code, row.params) : "");
  const refusals = allPhotos
    .filter((each) => each.event_uid === row.event_uid && each.refusal)
    .map((each) => sentence(each.refusal));
  const photos = [row.num_photos && say("photos_sent", { n: row.num_photos }), ...new Set(refusals)];
  put(line, "photos", photos.filter(Boolean).join(" "));
  const hasRefused = isRefused || refusals.length > 0;
  slot(line, "refused").hidden = !hasRefused;
  if (hasRefused) {
    press(line, "retry", () => actions.retry(row.event_uid)).hidden = isRefused && !row.sealed;
    press(line, "drop", () => actions.drop(row.event_uid));
  }
  return line;
}
