// What hands do with the timeline: zoom, pan, choose a range without zooming, choose lanes and sessions.
"use strict";

function act(label, name, work) {
  const made = button(label, "", work);
  made.setAttribute("aria-label", name);
  return made;
}

function fillAccounts() {
  const accounts = accountsWithSessions(view.events);
  const select = byId("session-account");
  const options = choices("", [...accounts.map((one) => [one, one]), ["", "nobody"]], () => {}).querySelectorAll("option");
  select.replaceChildren(...options);
  view.account = mainAccount(view.report, accounts);
  select.value = view.account;
}

function chartControls() {
  const modes = [["stream", "log"], ["zone", "trust zone"], ["actor", "account"]];
  const lanes = choices("A lane for each", modes, setMode);
  const sessions = choices("Sessions of", [["", "nobody"]], setAccount);
  sessions.querySelector("select").id = "session-account";
  const moves = make("div", "moves", act("←", "earlier", () => pan(-0.5)), act("→", "later", () => pan(0.5)),
    act("+", "zoom in", () => zoom(0.5)), act("−", "zoom out", () => zoom(2)), act("Whole case", "show the whole case", wholeCase));
  const chosen = make("div", "moves chosen");
  chosen.id = "chosen";
  byId("chart-controls").append(lanes, sessions, moves, chosen, make("span", "hint", "Drag over the lanes to zoom, with Shift to choose a range, click to open."));
}

/** Chooses a range without zooming into it: the list and all else show only what lies in it. */
function brush(range) {
  view.brush = range;
  const words = range ? [make("span", "hint", `Chosen: ${between(...range.map(Math.floor))}`), act("Zoom into it", "zoom into the chosen range", () => { brush(null); showRange(...range); }), act("Clear", "clear the chosen range", () => brush(null))] : [];
  byId("chosen").replaceChildren(...words);
  paint(false);
  for (const listen of view.listeners) listen();
  tell("range");
}

function timeAt(event) {
  const { left, plot } = view.size;
  const x = Math.max(0, Math.min(plot, event.clientX - byId("chart").getBoundingClientRect().left - left));
  return view.low + (x / plot) * (view.high - view.low);
}

/** Shift and drag: from where to where. Caught before the chart library, which would zoom. */
function watchBrush() {
  const chart = byId("chart");
  let from = null;
  const drag = (event) => {
    if (from === null) return;
    const to = timeAt(event);
    view.brush = [Math.min(from, to), Math.max(from, to)];
    paint(false);
  };
  const begin = (event) => {
    if (!event.shiftKey || event.target.closest("button") || !view.ready) return;
    event.preventDefault();
    event.stopPropagation();
    from = timeAt(event);
  };
  chart.addEventListener("pointerdown", begin, true);
  chart.addEventListener("mousedown", (event) => { if (from !== null) { event.preventDefault(); event.stopPropagation(); } }, true);
  addEventListener("pointermove", drag);
  addEventListener("pointerup", () => {
    if (from === null) return;
    from = null;
    const wide = view.brush && view.brush[1] - view.brush[0] > (view.high - view.low) / 500;
    brush(wide ? view.brush : null);
  });
}

/** A pinch or Ctrl and the wheel zooms at the pointer, a wheel sideways or with Shift moves; a plain wheel scrolls the page. */
function watchWheel() {
  byId("chart").addEventListener("wheel", (event) => {
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (!view.ready || (!event.ctrlKey && !sideways)) return;
    event.preventDefault();
    const span = view.high - view.low;
    if (!event.ctrlKey) return showRange(view.low + (sideways / view.size.plot) * span, view.high + (sideways / view.size.plot) * span);
    const factor = Math.exp(event.deltaY / 300);
    const at = timeAt(event);
    return showRange(at - (at - view.low) * factor, at + (view.high - at) * factor);
  }, { passive: false });
}

function chartKeys(event) {
  const keys = { ArrowLeft: () => pan(-0.25), ArrowRight: () => pan(0.25), "+": () => zoom(0.5), "-": () => zoom(2), 0: wholeCase, Escape: () => brush(null) };
  if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
  event.preventDefault();
  keys[event.key]();
}
