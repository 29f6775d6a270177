// Seals what names people, with a key that no script can read out and that goes at sign-out.
import { change, read } from "./store.js";

const ALGORITHM = "AES-GCM";

async function key() {
  const known = await read("key");
  if (known) return known;
  const fresh = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  return change(["meta"], async ({ meta }) => {
    const other = await meta.get("key"); // of another window, in between
    if (!other) await meta.put(fresh, "key");
    return other ?? fresh;
  });
}

/** Seal bytes so that they open only under the same place (`name`). */
export async function sealBytes(name, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(name);
  const data = await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData }, await key(), bytes);
  return { iv, data };
}

export async function openBytes(name, sealed) {
  const additionalData = new TextEncoder().encode(name);
  return crypto.subtle.decrypt(
    { name: ALGORITHM, iv: sealed.iv, additionalData }, await key(), sealed.data,
  );
}

export async function seal(name, value) {
  return sealBytes(name, new TextEncoder().encode(JSON.stringify(value)));
}

/** Open a sealed value, or give null when its key is gone. */
export async function unseal(name, sealed) {
  try {
    return JSON.parse(new TextDecoder().decode(await openBytes(name, sealed)));
  } catch {
    return null;
  }
}
