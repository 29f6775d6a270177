// The board of a day: a map of our own points and streets (no tiles), and stops dragged on the map
// or in the lists. The server says what a move would change; only "Simpan" keeps it.
(() => {
  const board = document.querySelector(".board");
  const source = document.getElementById("isi-peta");
  if (!board || !source) return;
  const content = JSON.parse(source.textContent);
  const month = board.dataset.month;
  const panel = document.getElementById("coba");
  const form = panel.querySelector("form");
  let asked = 0;
  let aim = null;

  const rowOf = (uid) => board.querySelector(`li[data-uid="${CSS.escape(uid)}"]`);
  const listOf = (code) => board.querySelector(`ol[data-route="${CSS.escape(code)}"]`);
  const uidsOf = (list) => [...list.querySelectorAll("li[data-uid]")].map((row) => row.dataset.uid);
  const fill = (list, lines) => {
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  };

  // What a move would change, at most four questions a second; late answers are dropped.
  let waiting = null;
  const tryMove = (move) => {
    if (aim && ["uid", "route", "position"].every((key) => aim[key] === move[key])) return;
    aim = move;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(move), 120);
  };
  const ask = async (move) => {
    const number = ++asked;
    const words = content.words;
    const label = rowOf(move.uid).dataset.label;
    panel.hidden = false;
    panel.querySelector(".board-what").textContent = move.route
      ? words.move.replace("%(stop)s", label).replace("%(route)s", move.route).replace("%(position)s", move.position)
      : `${words.waiting} – ${label}`;
    const body = new URLSearchParams({ perhentian: move.uid, ke: move.route, nomor: move.position });
    let answer;
    try {
      const response = await fetch(`/bulan/${month}/papan/coba`, { method: "POST", body });
      answer = await response.json();
    } catch {
      answer = { refused: words.failed, routes: [] };
    }
    if (number !== asked) return;
    const broken = answer.routes.flatMap((route) => route.violations.map((text) => `${route.code}: ${text}`));
    fill(panel.querySelector(".board-figures"), answer.routes.map((route) => route.line));
    fill(panel.querySelector(".board-broken"), answer.refused ? [answer.refused] : broken);
    panel.classList.toggle("bad", Boolean(answer.refused || broken.length));
    form.hidden = Boolean(answer.refused);
    form.elements.perhentian.value = move.uid;
    form.elements.versi.value = rowOf(move.uid).dataset.version;
    form.elements.ke.value = move.route;
    form.elements.nomor.value = move.position;
  };
  const forget = () => {
    asked += 1;
    aim = null;
    clearTimeout(waiting);
    panel.hidden = true;
  };
  document.getElementById("batal").addEventListener("click", () => {
    forget();
    for (const [uid, marker] of markers) marker.setLatLng(homes.get(uid));
  });

  // Lists
  let dragged = null;
  const unmark = () => board.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));
  board.addEventListener("dragstart", (event) => {
    const row = event.target.closest("li[data-uid]");
    if (!row) return;
    dragged = row.dataset.uid;
    row.classList.add("moving");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.label);
  });
  board.addEventListener("dragend", () => {
    if (dragged) rowOf(dragged).classList.remove("moving");
    dragged = null;
    unmark();
  });
  board.addEventListener("dragover", (event) => {
    const list = event.target.closest("ol[data-open]");
    if (!list || !dragged) return;
    event.preventDefault();
    unmark();
    const row = event.target.closest("li[data-uid]");
    (row || list).classList.add("over");
    const others = uidsOf(list).filter((uid) => uid !== dragged);
    const before = row && row.dataset.uid !== dragged ? others.indexOf(row.dataset.uid) : others.length;
    tryMove({ uid: dragged, route: list.dataset.route, position: list.dataset.route ? before + 1 : 1 });
  });
  board.addEventListener("drop", (event) => {
    if (event.target.closest("ol[data-open]")) event.preventDefault();
  });

  // Map
  const markers = new Map();
  const homes = new Map();
  const map = L.map("peta", { attributionControl: false, zoomSnap: 0.25, maxZoom: 19, preferCanvas: false });
  const spots = [];
  const nearest = (marker, uid) => {
    const at = map.latLngToContainerPoint(marker.getLatLng());
    let best = null;
    for (const [other, mark] of markers) {
      if (other === uid || !mark.asuhOpen) continue;
      const away = at.distanceTo(map.latLngToContainerPoint(homes.get(other)));
      if (away < 48 && (!best || away < best.away)) best = { away, other, mark };
    }
    return best;
  };
  const aimAt = (marker, uid) => {
    const found = nearest(marker, uid);
    markers.forEach((mark) => mark.getElement()?.classList.remove("aim"));
    if (!found) return;
    found.mark.getElement().classList.add("aim");
    const list = rowOf(found.other).closest("ol");
    const others = uidsOf(list).filter((each) => each !== uid);
    tryMove({ uid, route: list.dataset.route, position: others.indexOf(found.other) + 2 });
  };
  for (const route of content.routes) {
    const name = `colour-${route.colour}`;
    const dashes = route.by_road ? null : "6 6";
    if (route.line.length > 1) {
      L.polyline(route.line, { className: `board-line ${name}`, weight: 4, opacity: 0.9, dashArray: dashes, color: "" }).addTo(map);
    }
    const depot = L.divIcon({ className: "mark-depot", iconSize: [18, 18] });
    L.marker(route.depot, { icon: depot, keyboard: false, alt: route.depot_name }).bindTooltip(route.depot_name).addTo(map);
    spots.push(route.depot);
    const list = listOf(route.code);
    const open = route.can_move && list.hasAttribute("data-open");
    route.stops.forEach((stop, row) => {
      if (stop.at[0] === null) return;
      spots.push(stop.at);
      const icon = L.divIcon({ className: `mark-stop ${name}`, html: String(row + 1), iconSize: [28, 28] });
      const marker = L.marker(stop.at, { icon, draggable: open, keyboard: false, title: `${route.code} ${row + 1}. ${stop.label}`, alt: stop.label });
      marker.asuhOpen = open;
      marker.on("drag", () => aimAt(marker, stop.uid));
      marker.on("dragend", () => {
        markers.forEach((mark) => mark.getElement()?.classList.remove("aim"));
        marker.setLatLng(stop.at);
      });
      marker.on("click", () => rowOf(stop.uid).scrollIntoView({ block: "center" }));
      markers.set(stop.uid, marker);
      homes.set(stop.uid, L.latLng(stop.at));
      marker.addTo(map);
    });
  }
  if (spots.length) map.fitBounds(spots, { padding: [24, 24], maxZoom: 17 });
  else map.setView([-2.13, 106.11], 12);
  L.control.scale({ imperial: false }).addTo(map);

  // Streets, where there is a road map
  fetch(`/bulan/${month}/papan/jalan?hari=${encodeURIComponent(board.dataset.day)}`)
    .then((response) => (response.ok ? response.json() : { streets: [] }))
    .then(({ streets }) => {
      if (!streets.length) return;
      const ink = getComputedStyle(document.documentElement).getPropertyValue("--asuh-line").trim();
      map.createPane("streets").style.zIndex = 250;
      const canvas = L.canvas({ pane: "streets" });
      L.polyline(streets, { renderer: canvas, color: ink, weight: 2, interactive: false }).addTo(map);
    })
    .catch(() => {});
})();
