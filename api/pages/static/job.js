// Looks every three seconds how far a job is, and puts the news in place without loading the page anew.
const SECONDS = 3;

// Where only words and numbers changed, only they are touched: the focus stays where it is, and a
// screen reader tells the line that is new, not all of them again.
function update(now, then) {
  const [old, fresh] = [now, then].map((each) => [...each.querySelectorAll("*")]);
  const isAlike = (a, b) => a.tagName === b?.tagName && a.childNodes.length === b.childNodes.length;
  if (old.length !== fresh.length || !old.every((each, at) => isAlike(each, fresh[at]))) {
    now.replaceChildren(...then.childNodes);
    return;
  }
  old.forEach((each, at) => {
    for (const { name, value } of fresh[at].attributes) {
      if (each.getAttribute(name) !== value) each.setAttribute(name, value);
    }
    each.childNodes.forEach((node, nth) => {
      const said = fresh[at].childNodes[nth].data;
      if (node.nodeType === Node.TEXT_NODE && node.data !== said) node.data = said;
    });
  });
}

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) {
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, then] = [document, next].map((each) => each.querySelector("#isi"));
    update(now, then);
  }
  if (document.querySelector("[data-active-job]")) setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
