// The time as the server knows it: the phone's own clock may be wrong by a day.
import { read, write } from "./store.js";

const WORTH_SAYING_MS = 5 * 60_000;
const TOO_SLOW_MS = 20_000;

let skew = 0;

export async function start() {
  skew = (await read("skew")) ?? 0;
}

export function now() {
  return Date.now() + skew;
}

/** Compare with the server's word, asked at `sent` and answered just now by the phone's clock. */
export async function compare(serverTime, sent) {
  const received = Date.now();
  if (received < sent || received - sent > TOO_SLOW_MS) return;
  skew = Math.round(Date.parse(serverTime) - (sent + received) / 2);
  await write("skew", skew);
}

/** How far the phone's clock is off in milliseconds, 0 when it does not matter. */
export function error() {
  return Math.abs(skew) > WORTH_SAYING_MS ? -skew : 0;
}
