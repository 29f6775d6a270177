// Leaving the phone: what is not sent is said first; then nothing of the day stays on it.
import { say } from "./say.js";
import { signOut } from "./server.js";
import { destroy, unsent } from "./store.js";
import { send } from "./sync.js";

export async function leave() {
  const dialog = document.getElementById("pergi");
  const left = await unsent();
  if (!left.records && !left.photos) return wipeAndGo();
  dialog.querySelector("[data-slot=left]").textContent = say("left", left);
  dialog.querySelector("[data-act=send]").onclick = async () => {
    const outcome = await send();
    const now = await unsent();
    if (!now.records && !now.photos) return wipeAndGo();
    dialog.querySelector("[data-slot=left]").textContent = `${say(`sent_${outcome}`)} ${say("left", now)}`;
    return null;
  };
  dialog.querySelector("[data-act=wipe]").onclick = wipeAndGo;
  dialog.querySelector("[data-act=stay]").onclick = () => {
    dialog.close();
    if (!document.querySelector("#hari h1[tabindex]")) location.reload(); // the day was never shown
  };
  if (!dialog.open) dialog.showModal();
  return null;
}

async function wipeAndGo() {
  await destroy();
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  const registered = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registered.map((each) => each.unregister()));
  try {
    await signOut();
    location.replace("/masuk");
  } catch {
    document.getElementById("pergi").close();
    document.getElementById("hari").replaceChildren();
    document.getElementById("batang").hidden = true;
    const place = document.getElementById("kabar");
    place.textContent = say("left_offline");
    place.hidden = false;
  }
}
