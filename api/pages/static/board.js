// The board of a day: a map of our own points and streets (no tiles), and stops dragged on the map
// or in the lists, by mouse or finger, or moved by the form of a row. A stop stands where it would
// go while the server says what that changes; then "Simpan" keeps it, or the form of the row.
(() => {
  const board = document.querySelector(".board");
  const source = document.getElementById("isi-peta");
  if (!board || !source) return;
  const content = JSON.parse(source.textContent);
  const { words } = content;
  const month = board.dataset.month;
  const panel = document.getElementById("coba");
  const keeping = panel.querySelector("form");
  const lists = [...board.querySelectorAll("ol.board-stops")];
  const open = lists.filter((list) => list.hasAttribute("data-open"));
  const rowOf = (uid) => board.querySelector(`li[data-uid="${CSS.escape(uid)}"]`);
  const rowsOf = (list) => [...list.querySelectorAll("li[data-uid]:not(.sortable-fallback)")];
  const listOf = (route) => board.querySelector(`ol[data-route="${CSS.escape(route)}"]`);
  const fill = (list, lines) => {
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  };

  // Where stops stand, and where they stood
  const stood = new Map(lists.map((list) => [list, rowsOf(list)]));
  const placeOf = (row) => {
    const list = row.closest("ol");
    const { route } = list.dataset;
    return { uid: row.dataset.uid, route, position: route ? rowsOf(list).indexOf(row) + 1 : 1 };
  };
  const homes = new Map(lists.flatMap((list) => rowsOf(list).map((row) => [row.dataset.uid, placeOf(row)])));
  const isSame = (one, other) => Boolean(one && other) && ["uid", "route", "position"].every((key) => one[key] === other[key]);
  const number = () => {
    for (const list of lists) {
      rowsOf(list).forEach((row, at) => {
        const badge = row.querySelector(".board-number");
        badge.textContent = list.dataset.route ? at + 1 : "–";
        badge.className = `board-number ${list.dataset.colour ? `colour-${list.dataset.colour}` : ""}`;
        row.classList.toggle("unsaved", row.dataset.uid === aim?.uid);
      });
    }
  };
  const putBack = () => {
    for (const [list, rows] of stood) list.append(...rows);
    board.querySelectorAll("form.board-move").forEach((form) => form.reset());
  };

  // Many routes come folded: one opens where somebody looks, drops or was sent to
  const unfold = (each) => {
    const fold = each?.closest("details.board-fold");
    if (fold) fold.open = true;
  };
  const sentTo = () => {
    const row = location.hash.startsWith("#henti-") ? document.getElementById(location.hash.slice(1)) : null;
    unfold(row);
    row?.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", sentTo);
  sentTo();
  let opening = null; // a folded route that a dragged stop is held over
  board.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!board.classList.contains("dragging")) return;
    const over = document.elementsFromPoint(clientX, clientY).map((each) => each.closest(".board-route")).find(Boolean);
    const fold = over?.querySelector("details.board-fold:not([open])") ?? null;
    if (fold === opening?.fold) return;
    clearTimeout(opening?.timer);
    opening = fold && { fold, timer: setTimeout(() => (fold.open = true), 400) };
  });

  // What a move would change, at most eight questions a second; late answers are dropped
  let asked = 0;
  let aim = null; // the move that is being tried and not saved
  let isTold = false; // whether the server has said what it changes
  let waiting = null;
  const tryMove = (move) => {
    if (isSame(aim, move)) return;
    if (isSame(move, homes.get(move.uid))) {
      rest(); // on its way past the place where it stands
      return;
    }
    hold(false);
    aim = move;
    hold(true);
    number();
    unfold(rowOf(move.uid));
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(move), 120);
    describe(move);
    fill(panel.querySelector(".board-figures"), [words.counting]);
    fill(panel.querySelector(".board-broken"), []);
    panel.classList.remove("bad");
    keeping.querySelector("button").hidden = true; // until it is known what it breaks
    panel.hidden = false;
  };
  /** Keep the button of the tried stop's form still until it is known what the move changes. */
  const hold = (isHeld) => {
    isTold = !isHeld;
    const button = aim && rowOf(aim.uid).querySelector("form.board-move button");
    if (button) button.disabled = isHeld;
  };
  const describe = (move) => {
    const { label } = rowOf(move.uid).dataset;
    const { name } = listOf(move.route).dataset;
    panel.querySelector(".board-what").textContent = move.route
      ? words.move.replace("%(stop)s", label).replace("%(route)s", name ?? move.route).replace("%(position)s", move.position)
      : `${words.waiting} – ${label}`;
  };
  const ask = async (move) => {
    const turn = ++asked;
    const row = rowOf(move.uid);
    const body = new URLSearchParams({ perhentian: move.uid, ke: move.route, nomor: move.position, hari: board.dataset.day });
    let answer;
    try {
      const response = await fetch(`/bulan/${month}/papan/coba`, { method: "POST", body });
      answer = await response.json();
    } catch {
      answer = { refused: words.failed, routes: [] };
    }
    if (turn !== asked) return;
    const broken = answer.routes.flatMap((route) => route.violations.map((text) => `${route.code}: ${text}`));
    fill(panel.querySelector(".board-figures"), answer.routes.map((route) => route.line));
    fill(panel.querySelector(".board-broken"), answer.refused ? [answer.refused] : broken);
    panel.classList.toggle("bad", Boolean(answer.refused || broken.length));
    keeping.querySelector("button").hidden = Boolean(answer.refused);
    hold(Boolean(answer.refused));
    keeping.elements.perhentian.value = move.uid;
    keeping.elements.versi.value = row.dataset.version;
    keeping.elements.ke.value = move.route;
    keeping.elements.nomor.value = move.position;
  };
  const rest = () => {
    asked += 1;
    hold(false);
    aim = null;
    clearTimeout(waiting);
    panel.hidden = true;
    number();
  };
  const forget = () => {
    putBack();
    rest();
  };
  // The panel stands on the side that nobody drags on: what one aims at stays in sight
  const startFrom = (side) => {
    board.classList.add("dragging");
    board.classList.toggle("from-map", side === "map");
  };
  const settle = (row) => {
    const place = placeOf(row);
    if (isSame(place, homes.get(place.uid))) forget();
    else tryMove(place);
  };
  /** Whether another stop waits to be saved: then the panel asks for that first. */
  const isTaken = (uid) => {
    if (!aim || aim.uid === uid) return false;
    panel.querySelector(".board-what").textContent = words.first.replace("%(stop)s", rowOf(aim.uid).dataset.label);
    panel.querySelector("button:not([hidden])")?.focus();
    return true;
  };
  document.getElementById("batal").addEventListener("click", forget);

  // The form of a row says what it would do before it does it
  const moveOf = ({ elements: { perhentian, ke, nomor } }) => ({ uid: perhentian.value, route: ke.value, position: ke.value ? Number(nomor.value) || 1 : 1 });
  const tryForm = (form) => {
    board.classList.remove("from-map");
    const move = moveOf(form);
    if (isSame(move, homes.get(move.uid))) forget();
    else tryMove(move);
  };
  board.addEventListener("change", ({ target }) => {
    const form = target.closest("form.board-move");
    if (!form || isTaken(form.elements.perhentian.value)) return;
    const { perhentian, ke, nomor } = form.elements;
    if (target === ke && ke.value) {
      const others = rowsOf(listOf(ke.value));
      nomor.value = Math.min(Number(nomor.value) || 1, others.filter((row) => row.dataset.uid !== perhentian.value).length + 1);
    }
    tryForm(form);
  });
  board.addEventListener("submit", (event) => {
    const form = event.target.closest("form.board-move");
    if (!form) return;
    const move = moveOf(form);
    if (!aim && isSame(move, homes.get(move.uid))) return; // the server says that it stands there
    if (isTold && isSame(aim, move)) return;
    event.preventDefault();
    if (!isTaken(move.uid)) tryForm(form);
  });

  // Lists
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const list of open) {
    Sortable.create(list, {
      group: "papan",
      draggable: "li.movable",
      filter: (event, row) => Boolean(event.target.closest("details.more, a")) || Boolean(row?.dataset.uid && isTaken(row.dataset.uid)),
      preventOnFilter: false,
      forceFallback: true, // one way for mouse and finger
      fallbackTolerance: 4,
      delay: 200, // a finger that scrolls takes nothing along
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      animation: isStill ? 0 : 120,
      scrollSensitivity: 70,
      scrollSpeed: 14,
      ghostClass: "moving",
      onStart: () => startFrom("list"),
      onChange: ({ item }) => tryMove(placeOf(item)),
      onEnd: ({ item }) => {
        board.classList.remove("dragging");
        settle(item);
      },
    });
  }

  // Map
  const map = L.map("peta", { attributionControl: false, zoomSnap: 0.25, maxZoom: 19, preferCanvas: false });
  const markers = new Map();
  const spots = [];
  const nearest = (marker, uid) => {
    const at = map.latLngToContainerPoint(marker.getLatLng());
    let best = null;
    for (const [other, { mark, spot, isOpen }] of markers) {
      if (other === uid || !isOpen) continue;
      const away = at.distanceTo(map.latLngToContainerPoint(spot));
      if (away < 48 && (!best || away < best.away)) best = { away, other, mark };
    }
    return best;
  };
  const aimAt = (marker, uid) => {
    const found = nearest(marker, uid);
    markers.forEach(({ mark }) => mark.getElement()?.classList.remove("aim"));
    if (!found) return;
    found.mark.getElement().classList.add("aim");
    const row = rowOf(uid);
    rowOf(found.other).after(row);
    tryMove(placeOf(row));
  };
  const put = (stop, { name, colour, text, isOpen, isAim }) => {
    if (stop.at[0] === null) return;
    spots.push(stop.at);
    const icon = L.divIcon({ className: `mark-stop ${colour}`, html: text, iconSize: [28, 28] });
    const mark = L.marker(stop.at, { icon, draggable: isOpen, keyboard: false, title: name, alt: stop.label });
    let isMine = false;
    mark.on("dragstart", () => {
      isMine = !isTaken(stop.uid);
      startFrom("map");
    });
    mark.on("drag", () => isMine && aimAt(mark, stop.uid));
    mark.on("dragend", () => {
      board.classList.remove("dragging");
      markers.forEach((each) => each.mark.getElement()?.classList.remove("aim"));
      const isAimed = nearest(mark, stop.uid);
      mark.setLatLng(stop.at);
      if (!isMine) return;
      if (isAimed) settle(rowOf(stop.uid));
      else forget(); // let go beside every stop: nothing is meant
    });
    mark.on("click", () => {
      unfold(rowOf(stop.uid));
      rowOf(stop.uid).scrollIntoView({ block: "center" });
    });
    markers.set(stop.uid, { mark, spot: L.latLng(stop.at), isOpen: isAim });
    mark.addTo(map);
  };
  for (const route of content.routes) {
    const colour = `colour-${route.colour}`;
    const dashes = route.by_road ? null : "6 6";
    if (route.line.length > 1) {
      L.polyline(route.line, { className: `board-line ${colour}`, weight: 4, opacity: 0.9, dashArray: dashes, color: "" }).addTo(map);
    }
    const depot = L.divIcon({ className: "mark-depot", iconSize: [18, 18] });
    L.marker(route.depot, { icon: depot, keyboard: false, alt: route.depot_name }).bindTooltip(route.depot_name).addTo(map);
    spots.push(route.depot);
    const isOpen = open.some((list) => list.dataset.route === route.code);
    route.stops.forEach((stop, row) => {
      put(stop, { name: `${route.code} ${row + 1}. ${stop.label}`, colour, text: String(row + 1), isOpen, isAim: isOpen });
    });
  }
  for (const stop of content.waiting) {
    put(stop, { name: `${words.waiting_for_route}: ${stop.label}`, colour: "", text: "–", isOpen: open.some((list) => !list.dataset.route), isAim: false });
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
