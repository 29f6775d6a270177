// Moves along the curve of pairs that may break: the slider picks the last row with no more of them,
// marks it in each table, and says the first table's row in words.
const slider = document.querySelector("#batas");
const tables = [...document.querySelectorAll("table:has([data-breaks])")];

function reached(table) {
  const rows = [...table.querySelectorAll("[data-breaks]")];
  return rows.filter((row) => Number(row.dataset.breaks) <= Number(slider.value)).at(-1) ?? rows[0];
}

function tell() {
  for (const table of tables) {
    for (const row of table.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    reached(table).setAttribute("aria-current", "true");
  }
  const names = [...tables[0].querySelectorAll("thead th")].map((head) => head.textContent.trim());
  const cells = [...reached(tables[0]).cells].map((cell) => cell.textContent.trim());
  const told = names.map((name, nth) => `${name}: ${cells[nth]}`).join(" · ");
  document.querySelector("#batas-hasil").textContent = told;
  document.querySelector("#batas-nilai").textContent = slider.value;
}

slider.addEventListener("input", tell);
tell();
