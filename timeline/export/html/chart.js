// The timeline. The chart library gets numbers and colours only, never a word from a log: names and hints are our own DOM.
"use strict";

const MARKERS = 1500;
const NEAR = 8;
const TOP = 34;
const view = { mode: "stream", account: "", low: 0, high: 1, listeners: [] };

function shade(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function measure() {
  const width = view.printing ? 680 : byId("chart").clientWidth;
  const wide = width >= 860;
  const lane = wide ? (view.lanes.length > 40 ? 34 : 46) : 58;
  const left = wide ? 250 : 2;
  view.size = { width, wide, lane, left, plot: width - left - 12, height: TOP + lane * view.lanes.length + 6 };
}

/** Top and bottom of a lane's band, in lanes. */
function band(lane) {
  return view.size.wide ? [lane - 0.36, lane + 0.4] : [lane - 0.14, lane + 0.44];
}

function heightOf(place) {
  const [top, bottom] = band(view.lane[place]);
  const action = view.events.columns.get("action");
  const step = action ? (action.codes[place] * 0.618034) % 1 : 0.5;
  return top + (bottom - top) * (0.18 + 0.56 * step);
}

/** Where the pieces of a stream are drawn: its lanes, and its part of each. */
function seatsOf() {
  const seats = new Map();
  view.lanes.forEach((lane, place) => {
    lane.streams.forEach((stream, part) => {
      if (!seats.has(stream)) seats.set(stream, []);
      seats.get(stream).push([place, part, lane.streams.length]);
    });
  });
  return seats;
}

/** The parts of each stream, one above the other: the whole log, or what stands in its place when all is said of parts. */
function partsOf(pieces) {
  const parts = new Map();
  for (const { stream, scope } of pieces) {
    if (!parts.has(stream)) parts.set(stream, new Set());
    parts.get(stream).add(scope || "");
  }
  for (const [stream, scopes] of parts) parts.set(stream, scopes.has("") ? null : [...scopes].sort());
  return parts;
}

/** Top and bottom of a piece's share of [roof, floor]; beside the whole log, a part of it takes the upper quarter. */
function shareOf(piece, roof, floor) {
  const scopes = view.parts.get(piece.stream);
  if (!scopes) return [roof, roof + (floor - roof) * (piece.scope ? 0.28 : 1)];
  const height = (floor - roof) / scopes.length;
  const place = scopes.indexOf(piece.scope || "");
  return [roof + place * height, roof + (place + 1) * height];
}

/** The box of a piece in its seat; a gap is never thinner than an eye can see. */
function boxOf(piece, [lane, part, parts]) {
  const [top, bottom] = band(lane);
  const height = (bottom - top) / parts;
  const [roof, floor] = shareOf(piece, top + part * height, top + (part + 1) * height);
  const span = view.high - view.low;
  const least = piece.state === "covered" ? 0 : (2 * span) / view.size.plot;
  const start = Math.max(piece.start ?? -Infinity, view.low - span);
  const end = Math.min(piece.end ?? Infinity, view.high + span);
  if (end <= start) return null;
  return { start, end: Math.max(end, start + least), roof, floor };
}

/** Boxes of one look as one outline for each floor they stand on: the chart draws a hundred outlines faster than a thousand boxes. */
function outlines(boxes, look) {
  const [x, y] = [[], []];
  let last = null;
  for (const box of [...boxes].sort((one, two) => one.floor - two.floor || one.roof - two.roof || one.start - two.start)) {
    const same = last && last.floor === box.floor && last.roof === box.roof;
    if (last && !same) {
      x.push(null);
      y.push(null);
    }
    const start = same ? Math.max(box.start, last.end) : box.start;
    const end = Math.max(start, box.end);
    x.push(start / 1000, start / 1000, end / 1000, end / 1000);
    y.push(box.floor, box.roof, box.roof, box.floor);
    last = { ...box, end };
  }
  return { type: "scatter", mode: "lines", x, y, fill: "toself", line: { width: 0, color: look.fillcolor, simplify: false }, ...look };
}

/** A covered part says nothing new beside its whole log. */
function hushed(piece) {
  return piece.scope && piece.state === "covered" && !view.parts.get(piece.stream);
}

function coverageTraces() {
  const seats = seatsOf();
  return STATES.map((state) => {
    const pieces = view.report.coverage.filter((piece) => stateOf(piece.state).id === state.id && !hushed(piece));
    const boxes = pieces.flatMap((piece) => (seats.get(piece.stream) || []).map((seat) => boxOf(piece, seat))).filter(Boolean);
    const [back, ink] = [shade(`${state.id}-back`), shade(`${state.id}-ink`)];
    const pattern = state.pattern ? { fillpattern: { path: state.pattern, fgcolor: ink, bgcolor: back, size: 8 } } : {};
    return outlines(boxes, { fillcolor: back, ...pattern });
  });
}

function sessionTrace() {
  const least = (4 * (view.high - view.low)) / view.size.plot;
  const boxes = view.sessions.map((one) => {
    const floor = band(one.lane)[1];
    return { start: one.start, end: Math.max(one.end, one.start + least), roof: floor - 0.1, floor };
  });
  return outlines(boxes, { fillcolor: shade("session") });
}

/** One outline a lane, flat along its floor where nothing is. */
function densityTrace(density) {
  const [x, y] = [[], []];
  const most = Math.log1p(density.counts.reduce((top, lane) => lane.reduce((one, two) => Math.max(one, two), top), 1));
  density.counts.forEach((counts, lane) => {
    const [top, bottom] = band(lane);
    const rise = (number) => bottom - (bottom - top) * (0.14 + 0.8 * (Math.log1p(number) / most));
    const edge = (bin) => (view.low + bin * density.width) / 1000;
    let level = 0;
    for (let bin = 0; bin <= counts.length; bin += 1) {
      const number = counts[bin] || 0;
      if (number === level) continue;
      x.push(edge(bin), edge(bin));
      y.push(level ? rise(level) : bottom, number ? rise(number) : bottom);
      level = number;
    }
    x.push(null);
    y.push(null);
  });
  return { type: "scatter", mode: "lines", x, y, fill: "toself", fillcolor: shade("density"), line: { width: 0, color: shade("density") } };
}

function markersOf(places, look) {
  return { type: "scatter", mode: "markers", x: places.map((place) => view.events.times[place] / 1000), y: places.map(heightOf), marker: look, cliponaxis: true };
}

function markerTraces(density) {
  const named = view.named.filter((place) => place >= density.from && place < density.to).slice(0, MARKERS);
  const outcome = view.events.columns.get("outcome");
  const failed = outcome ? outcome.dictionary.indexOf("failure") + 1 || -1 : -1;
  const places = [];
  const few = density.to - density.from <= MARKERS;
  for (let place = density.from; few && place < density.to; place += 1) places.push(place);
  const symbol = places.map((place) => (outcome && outcome.codes[place] === failed ? "circle-open" : "circle"));
  const event = { symbol, size: 7, color: shade("event"), line: { width: 1, color: shade("event-edge") } };
  const finding = { symbol: "diamond", size: named.length > 60 ? 8 : 10, color: shade("named"), line: { width: named.length > 60 ? 0.7 : 1.5, color: shade("event-edge") } };
  return [markersOf(places, event), markersOf(named, finding)];
}

function pathTrace() {
  const places = view.hops.filter((place) => place >= 0);
  const marker = { symbol: "arrow", angleref: "previous", size: 13, color: shade("path"), line: { width: 1, color: shade("event-edge") } };
  const line = { color: shade("path"), width: 2.2 };
  return { ...markersOf(places, marker), mode: "lines+markers", line };
}

function layoutOf() {
  const { width, height, left, lane } = view.size;
  const { report } = view;
  const marks = ticks(view.low, view.high);
  const shapes = [[-Infinity, report.begin], [report.end, Infinity]].map(([from, to]) => outside(from, to)).filter(Boolean);
  const now = { type: "line", x0: report.as_of / 1000, x1: report.as_of / 1000, y0: 0, y1: 1, yref: "paper", line: { color: shade("now"), width: 1.5, dash: "dash" } };
  const axis = { showgrid: true, gridcolor: shade("grid"), zeroline: false, tickfont: { color: shade("soft"), size: 12 } };
  const times = marks.map((at) => at / 1000);
  return {
    width, height, showlegend: false, hovermode: false,
    dragmode: view.touch ? false : "zoom",
    margin: { l: left, r: 12, t: TOP, b: 6, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: "system-ui, sans-serif" },
    xaxis: { ...axis, type: "linear", range: [view.low / 1000, view.high / 1000], side: "top", tickvals: times, ticktext: marks.map((at) => tickName(at, view.low, view.high)), fixedrange: view.touch },
    yaxis: { range: [view.lanes.length - 0.5, -0.5], fixedrange: true, visible: false },
    shapes: [...shapes, now],
  };
}

function outside(from, to) {
  const x0 = Math.max(from, view.low);
  const x1 = Math.min(to, view.high);
  return x1 <= x0 ? null : { type: "rect", x0: x0 / 1000, x1: x1 / 1000, y0: 0, y1: 1, yref: "paper", fillcolor: shade("outside"), line: { width: 0 }, layer: "above" };
}

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", doubleClick: false, showTips: false };

/** Draws everything anew for the present range, mode, account and theme. */
function draw() {
  if (!view.ready) return;
  measure();
  const density = densityOf(view, view.low, view.high, Math.max(40, Math.floor(view.size.plot / 4)));
  view.density = density;
  const few = density.to - density.from <= MARKERS && !view.report.density.rows;
  const crowd = few ? [] : [densityTrace(density)];
  const traces = [...coverageTraces(), ...crowd, sessionTrace(), pathTrace(), ...markerTraces(density)];
  Plotly.react(byId("plot"), traces, layoutOf(), CONFIG);
  nameLanes();
  tellRange(density);
  for (const listen of view.listeners) listen();
}

function tellRange(density) {
  const counted = density.counts.reduce((sum, lane) => lane.reduce((one, two) => one + two, sum), 0);
  const fine = view.high - view.low > 2 * DAY ? HOUR : view.high - view.low > HOUR ? 1e6 : 1;
  const edges = [view.low, view.high].map((edge) => Math.round(edge / fine) * fine);
  const shown = `${isWhole() ? "The whole case" : between(...edges)}: ${count(counted, "event")} in view`;
  const rest = view.report.density.rows;
  const note = rest ? ` ${count(rest, "event")} of the case are in the picture as density only; list them with “timeline events --from … --to … --format csv”.` : "";
  const late = view.outsiders ? ` ${count(view.outsiders, "event")} lie outside the case's period (shaded).` : "";
  const stacked = view.mode === "stream" ? "" : " Each lane shows, one above the other, the coverage of the logs that speak of it; logs that do not are only in the view by log.";
  byId("chart-status").textContent = `${shown}.${late}${stacked}${note}`;
}

function laneName(lane, place) {
  const [source, ...scope] = lane.label.split("/");
  const small = scope.length ? datum(scope.join("/"), "small") : null;
  const label = button("", "lane-name", () => filterBy(view.mode, lane.key));
  label.append(datum(source, "strong"), ...(small ? [small] : []));
  label.title = `${visible(lane.label)}: show its events in the list`;
  const { wide, lane: height, left, width } = view.size;
  label.style.top = `${TOP + place * height}px`;
  label.style.height = `${wide ? height : 19}px`;
  label.style.width = `${wide ? left - 10 : width - 4}px`;
  return label;
}

function nameLanes() {
  byId("lane-names").replaceChildren(make("span", "axis-name", "UTC"), ...view.lanes.map(laneName));
}

function setMode(mode) {
  view.mode = mode;
  view.lanes = lanesOf(mode, view.report, view.events, leading(mode));
  view.lane = assign(mode, view.lanes, view.events);
  view.sessions = sessionsOf(view, view.account);
  draw();
}

/** What must have a lane of its own, however rare: the chosen account and those that answers rest on. */
function leading(mode) {
  const found = view.named.map((place) => cell(view.events, mode, place));
  const wanted = mode === "actor" ? [view.account, ...found] : found;
  return [...new Set(wanted.filter(Boolean))].slice(0, 40);
}

function setAccount(account) {
  view.account = account;
  view.sessions = sessionsOf(view, account);
  draw();
}

function showRange(low, high) {
  const least = 1000;
  const middle = (low + high) / 2;
  view.low = high - low < least ? middle - least / 2 : low;
  view.high = high - low < least ? middle + least / 2 : high;
  draw();
}

function zoom(factor) {
  const middle = (view.low + view.high) / 2;
  const half = ((view.high - view.low) / 2) * factor;
  showRange(middle - half, middle + half);
}

function pan(share) {
  const shift = (view.high - view.low) * share;
  showRange(view.low + shift, view.high + shift);
}

function wholeRange() {
  const { report } = view;
  const margin = (report.end - report.begin) * 0.01;
  return [report.begin - margin, Math.max(report.end, Math.min(report.as_of, report.end + 30 * DAY)) + margin];
}

function wholeCase() {
  showRange(...wholeRange());
}

function isWhole() {
  const [low, high] = wholeRange();
  return view.low <= low && view.high >= high;
}
