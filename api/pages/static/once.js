// A form that is on its way is not sent a second time by a double click: the first answer is the one that shows.
const SECONDS = 3;
const clear = (form) => delete form.dataset.sent;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (event.defaultPrevented) return;
  form.dataset.sent = "ya";
  setTimeout(clear, SECONDS * 1000, form); // a download leaves the page standing
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(clear));
