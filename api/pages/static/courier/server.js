// Talking to the server. A failure has one of four names, so that nobody guesses:
// "offline", "signed_out", "refused" (with the server's code), "later".
const PATIENCE_MS = 60_000;

export class Failure extends Error {
  constructor(kind, status = 0, problem = {}) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.code = problem.code ?? "";
    this.params = problem.params ?? {};
  }
}

async function ask(path, options = {}) {
  let answer;
  let body;
  try {
    answer = await fetch(path, {
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...options,
    });
    body = await answer.json();
  } catch {
    if (answer && !answer.ok) throw failure(answer.status, {});
    throw new Failure("offline");
  }
  if (!answer.ok) throw failure(answer.status, body);
  return body;
}

function failure(status, problem) {
  if (status === 401) return new Failure("signed_out", status, problem);
  if (status === 408 || status === 429 || status >= 500) return new Failure("later", status, problem);
  return new Failure("refused", status, problem);
}

export function myDay() {
  return ask("/api/v1/my/day");
}

export function whoAmI() {
  return ask("/api/v1/sessions/me");
}

export function sendRecords(events) {
  return ask("/api/v1/deliveries", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ events }),
  });
}

export function sendPickups(events) {
  return ask("/api/v1/my/pickups", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ events }),
  });
}

export function sendPhoto(eventUid, photoUid, takenAt, bytes) {
  const query = new URLSearchParams({ taken_at: takenAt });
  return ask(`/api/v1/deliveries/${eventUid}/photos/${photoUid}?${query}`, {
    method: "PUT",
    headers: { "Content-Type": "image/jpeg" },
    body: bytes,
  });
}

export function signOut() {
  return fetch("/keluar", { method: "POST", credentials: "same-origin", redirect: "manual" });
}
