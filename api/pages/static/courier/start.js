// On the courier's plain pages: hand over to the page that works without signal where the browser
// can, and never let a sign-out take unsent records along.
import { unsent } from "./store.js";

const PLAIN = "asuh-halaman-biasa"; // somebody asked for the plain pages in this window
const canWorkOffline = isSecureContext && "serviceWorker" in navigator && "indexedDB" in window;

if (canWorkOffline) {
  if (new URLSearchParams(location.search).has("biasa")) sessionStorage.setItem(PLAIN, "1");
  if (location.pathname === "/kurir" && !sessionStorage.getItem(PLAIN)) location.replace("/kurir/hp");
  document.querySelectorAll("form[action='/keluar']").forEach((form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const left = await unsent();
      if (left.records || left.photos) location.assign("/kurir/hp#keluar");
      else form.submit();
    });
  });
} else {
  document.getElementById("tanpa-luring")?.removeAttribute("hidden");
}
