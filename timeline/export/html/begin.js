// Brings the timeline up: first all of it on the canvas, for a person waits; then what needs columns that come later; the chart library last.
"use strict";

/** Unpacks the chart library and runs it under its own hash. */
async function loadLibrary() {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await unpacked("plotly"));
  document.head.append(script);
  byId("data-plotly").remove();
}

/** From here on the library draws what is at rest, and a drag over the lanes zooms. */
async function bringLibrary() {
  await loadLibrary();
  view.library = true;
  settle();
  watchZoom();
}

/** A log about which nothing is stated is unknown, and shown so. */
function withUnstated(report, events) {
  const stated = new Set(report.coverage.map((piece) => piece.stream));
  const bare = streamNames(report, events).filter((stream) => !stated.has(stream));
  const unknown = { state: "unknown", scope: "", start: null, end: null, cause: "nothing is stated about this log", mendable: false };
  return [...report.coverage, ...bare.map((stream) => ({ ...unknown, stream }))];
}

function namedPlaces(events) {
  const named = events.columns.get("named");
  const found = [];
  for (let place = 0; named && place < events.rows; place += 1) if (named.numbers[place] === 1) found.push(place);
  return found;
}

/** What the late columns tell: sessions, and which events the path leads over. */
function showLate() {
  const { report, events } = view;
  view.hops = report.path.map((hop) => eventOfHop(hop, events));
  fillAccounts();
  setMode(view.mode);
}

function showChart(report, events) {
  report.coverage = withUnstated(report, events);
  view.parts = partsOf(report.coverage);
  Object.assign(view, { report, events, named: namedPlaces(events), touch: matchMedia("(pointer: coarse)").matches });
  view.outsiders = placeOf(events.times, report.begin) + events.rows - placeOf(events.times, report.end);
  [view.low, view.high] = wholeRange();
  chartControls();
  view.ready = true;
  setMode("stream");
  watchBrush();
  watchPointer();
  watchWheel();
  hear("events", showLate);
  hear("clock", draw);
  hear("filters", () => { if (view.ready) paint(false); });
  const chart = byId("chart");
  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", "Timeline: arrow keys move, plus and minus zoom, 0 shows the whole case");
  chart.addEventListener("keydown", chartKeys);
}
