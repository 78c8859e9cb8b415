// What lies under the pointer in the timeline, told in a hint, and opened by a click.
"use strict";

function spotOf(event) {
  const box = byId("chart").getBoundingClientRect();
  const { left, plot, lane, width } = view.size;
  const x = event.clientX - box.left;
  const place = Math.floor((event.clientY - box.top - TOP) / lane);
  if (x < left || x > width - 12 || place < 0 || place >= view.lanes.length) return null;
  const time = view.low + ((x - left) / plot) * (view.high - view.low);
  const height = (event.clientY - box.top - TOP) / lane - 0.5;
  return { lane: place, time, height, reach: (NEAR * (view.high - view.low)) / plot };
}

function eventsAt(spot) {
  const { times } = view.events;
  const found = [];
  for (let place = placeOf(times, spot.time - spot.reach); place < times.length && times[place] <= spot.time + spot.reach; place += 1) {
    if (view.lane[place] === spot.lane) found.push(place);
  }
  const distance = (place) => Math.abs(times[place] - spot.time) / spot.reach + Math.abs(heightOf(place) - spot.height);
  return found.slice(0, 5000).sort((one, two) => distance(one) - distance(two) || one - two);
}

function holds(piece, time) {
  return (piece.start ?? -Infinity) <= time && time < (piece.end ?? Infinity);
}

/** Whether a piece is drawn right under a spot. */
function under(piece, spot) {
  const { streams } = view.lanes[spot.lane];
  const [top, bottom] = band(spot.lane);
  const height = (bottom - top) / streams.length;
  const roof = top + streams.indexOf(piece.stream) * height;
  const [from, to] = shareOf(piece, roof, roof + height);
  return spot.height >= from && spot.height < to;
}

/** Pieces of coverage at a spot: what is drawn right there first, and of that the most special. */
function piecesAt(spot) {
  const streams = view.lanes[spot.lane].streams;
  const found = view.report.coverage.filter((piece) => streams.includes(piece.stream) && holds(piece, spot.time));
  return found.filter((piece) => !hushed(piece)).sort((one, two) => under(two, spot) - under(one, spot) || (two.scope || "").length - (one.scope || "").length);
}

function eventLine(place) {
  const words = ["action", "actor", "object"].map((name) => cell(view.events, name, place)).filter(Boolean);
  const failed = cell(view.events, "outcome", place) === "failure" ? " (failed)" : "";
  const line = make("p", "tip-event", make("time", "", whenOf(view.events, place)), " ");
  words.forEach((word, rank) => line.append(make(rank ? "span" : "b", "", datum(word), rank ? "" : failed), " "));
  return line;
}

function pieceLine(piece, named) {
  const state = stateOf(piece.state);
  const where = named ? make("span", "", datum(piece.stream), ": ") : null;
  const scope = piece.scope ? make("span", "", " for ", datum(piece.scope)) : null;
  const cause = piece.cause ? make("span", "", " ", datum(piece.cause)) : null;
  const dates = make("div", "dates", between(piece.start, piece.end));
  return make("div", "tip-piece", swatch(state.id), make("div", "", where, make("b", "", state.word), scope, `. ${state.meaning}`, cause, dates));
}

function hintOf(spot) {
  const near = eventsAt(spot);
  const lines = near.slice(0, 4).map(eventLine);
  if (near.length > 4) lines.push(make("p", "more", `and ${count(near.length - 4, "more event")} here: click to list them`));
  const lane = view.lanes[spot.lane];
  const session = view.sessions.find((one) => one.lane === spot.lane && spot.time >= one.start - spot.reach && spot.time <= one.end + spot.reach);
  if (session) lines.push(make("p", "", "Session ", datum(session.name), `: ${count(session.number, "event")}, ${between(session.start, session.end)}`));
  const pieces = piecesAt(spot);
  const unsaid = pieces.length ? [] : [make("p", "", "Nothing is stated about the coverage here.")];
  const head = make("p", "tip-head", `${instant(Math.round(spot.time / 1e6) * 1e6)} UTC · `, datum(lane.label));
  return [head, ...lines, ...pieces.slice(0, 5).map((piece) => pieceLine(piece, lane.streams.length > 1)), ...unsaid];
}

function showHint(event) {
  const tip = byId("tip");
  const spot = view.ready && event.buttons === 0 ? spotOf(event) : null;
  tip.hidden = !spot;
  if (!spot) return;
  tip.replaceChildren(...hintOf(spot));
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18 + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${below ? event.clientY + 18 : Math.max(8, event.clientY - 12 - tip.offsetHeight)}px`;
}

function openSpot(spot) {
  const near = eventsAt(spot);
  if (near.length === 1) return showEvent(near[0]);
  const pieces = piecesAt(spot);
  if (near.length > 1) return showSeveral(near, pieces.map((piece) => gapOf(piece, spot.time)));
  const [piece] = pieces;
  return piece ? showGap(gapOf(piece, spot.time)) : undefined;
}

/** The gap that explains a piece of coverage, or the piece itself. */
function gapOf(piece, time) {
  const same = (gap) => gap.stream === piece.stream && gap.state === piece.state && (gap.scope || "") === (piece.scope || "") && holds(gap, time);
  return view.report.gaps.find(same) || piece;
}

function watchPointer() {
  const chart = byId("chart");
  let pressed = null;
  chart.addEventListener("pointermove", showHint);
  chart.addEventListener("pointerleave", () => { byId("tip").hidden = true; });
  chart.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest("button") ? null : [event.clientX, event.clientY];
    byId("tip").hidden = true;
  }, true);
  addEventListener("pointercancel", () => { pressed = null; }, true);
  addEventListener("pointerup", (event) => {
    const still = pressed && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < 5;
    pressed = null;
    const spot = still && view.ready ? spotOf(event) : null;
    if (spot) openSpot(spot);
  }, true);
}

function watchZoom() {
  byId("plot").on("plotly_relayout", (change) => {
    const [low, high] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (typeof low === "number" && typeof high === "number") showRange(low * 1000, high * 1000);
  });
  byId("plot").on("plotly_doubleclick", wholeCase);
}

function chartControls() {
  const modes = [["stream", "log"], ["zone", "trust zone"], ["actor", "account"]];
  const lanes = choices("A lane for each", modes, setMode);
  const accounts = accountsWithSessions(view.events);
  const sessions = choices("Sessions of", [...accounts.map((one) => [one, one]), ["", "nobody"]], setAccount);
  sessions.querySelector("select").value = view.account;
  const act = (label, name, work) => {
    const made = button(label, "", work);
    made.setAttribute("aria-label", name);
    return made;
  };
  const moves = make("div", "moves", act("←", "earlier", () => pan(-0.5)), act("→", "later", () => pan(0.5)),
    act("+", "zoom in", () => zoom(0.5)), act("−", "zoom out", () => zoom(2)), act("Whole case", "show the whole case", wholeCase));
  byId("chart-controls").append(lanes, sessions, moves, make("span", "hint", "Drag over the lanes to zoom, click to open."));
}

function chartKeys(event) {
  const keys = { ArrowLeft: () => pan(-0.25), ArrowRight: () => pan(0.25), "+": () => zoom(0.5), "-": () => zoom(2), 0: wholeCase };
  if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  keys[event.key]();
}

/** Unpacks the chart library and runs it under its own hash. */
async function loadLibrary() {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await unpacked("plotly"));
  document.head.append(script);
}

/** A log about which nothing is stated is unknown, and shown so. */
function withUnstated(report, events) {
  const stated = new Set(report.coverage.map((piece) => piece.stream));
  const bare = streamNames(report, events).filter((stream) => !stated.has(stream));
  const unknown = { state: "unknown", scope: "", start: null, end: null, cause: "nothing is stated about this log", mendable: false };
  return [...report.coverage, ...bare.map((stream) => ({ ...unknown, stream }))];
}

async function showChart(report, events) {
  report.coverage = withUnstated(report, events);
  view.parts = partsOf(report.coverage);
  const accounts = accountsWithSessions(events);
  Object.assign(view, { report, events, account: mainAccount(report, accounts), touch: matchMedia("(pointer: coarse)").matches });
  view.named = [...Array(events.rows).keys()].filter((place) => cell(events, "named", place) === 1);
  view.hops = report.path.map((hop) => eventOfHop(hop, events));
  view.outsiders = placeOf(events.times, report.begin) + events.rows - placeOf(events.times, report.end);
  [view.low, view.high] = wholeRange();
  await loadLibrary();
  chartControls();
  view.ready = true;
  setMode("stream");
  watchZoom();
  watchPointer();
  const chart = byId("chart");
  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", "Timeline: arrow keys move, plus and minus zoom, 0 shows the whole case");
  chart.addEventListener("keydown", chartKeys);
}
