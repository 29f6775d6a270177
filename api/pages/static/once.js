// A form that is on its way is not sent a second time by a double click: the first answer is the one that shows.
// What takes long (data-wait says so in words) tells for how many seconds it has been at work.
const SECONDS = 3;

const sent = new WeakMap();

// What is downloaded may be another file: only the same one is the same press.
const content = (form) => (form.hasAttribute("data-download") ? `${new URLSearchParams(new FormData(form))}` : "");

const clear = (form) => {
  delete form.dataset.sent;
  form.querySelector("[data-waiting]")?.remove();
};

const wait = (form) => {
  const line = form.appendChild(document.createElement("p"));
  const began = Date.now();
  line.setAttribute("role", "status");
  line.dataset.waiting = "";
  const count = setInterval(() => {
    if (!line.isConnected) return clearInterval(count);
    line.textContent = `${form.dataset.wait} ${Math.round((Date.now() - began) / 1000)} s`;
  }, 1000);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && sent.get(form) === content(form)) return event.preventDefault();
  if (event.defaultPrevented) return;
  form.dataset.sent = "ya";
  sent.set(form, content(form));
  if (form.dataset.wait) wait(form);
  else setTimeout(clear, SECONDS * 1000, form); // a download leaves the page standing
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(clear));
