// Texts come from the page, which the server wrote in the reader's language; none stand in scripts.
const texts = JSON.parse(document.getElementById("texts").textContent);

/** A text with its `%(name)s` filled in. */
export function say(name, params = {}) {
  return fill(texts.say[name] ?? name, params);
}

/** The sentence of a code of the server's. */
export function sentence(code, params = {}) {
  return fill(texts.sentences[code] ?? texts.say.code, { code, ...params });
}

export function goods(code, quantity) {
  const unit = texts.items[code]?.unit ?? "×";
  return `${quantity} ${unit} ${item(code)}`;
}

export function item(code) {
  return texts.items[code]?.name ?? code;
}

export const reasons = texts.reasons;
export const language = texts.language === "en" ? "en-GB" : texts.language; // the day before the month
export const undoMinutes = texts.undo_minutes;

export function clockTime(moment) {
  return new Intl.DateTimeFormat(language, {
    hour: "2-digit", minute: "2-digit", timeZone: "Asia/Jakarta",
  }).format(moment);
}

/** A time of day that is kept as `08:15`. */
export function hour(at) {
  return language.startsWith("en") ? at : at?.replace(":", ".");
}

export function longDay(date) {
  return new Intl.DateTimeFormat(language, {
    weekday: "long", day: "numeric", month: "long", timeZone: "UTC",
  }).format(Date.parse(`${date}T00:00:00Z`));
}

function fill(text, params) {
  let one = false; // whether the noun counted last stands alone: its verb follows it
  return text
    .replaceAll(/%\((\w+)\)s/g, (_, name) => params[name] ?? "–")
    .replaceAll(
      /(\d[\d.,]*) (more )?(\w+)\((s|ies)\)|\((\w+)\|(\w+)\)/g,
      (_, number, more = "", noun, plural, single, many) => {
        if (single) return one ? single : many;
        one = number === "1";
        return `${number} ${more}${noun}${one ? (plural === "ies" ? "y" : "") : plural}`;
      },
    );
}
