// Looks every three seconds how far a job is, and puts the news in place without loading the page anew.
const SECONDS = 3;

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) {
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, then] = [document, next].map((each) => each.querySelector("#isi"));
    if (now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes);
  }
  if (document.querySelector("[data-active-job]")) setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
