// The timeline. The chart library gets numbers and colours only, never a word from a log: names and hints are our own DOM.
"use strict";

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

function coverageTraces() {
  return STATES.map((state, rank) => {
    const [back, ink] = [shade(`${state.id}-back`), shade(`${state.id}-ink`)];
    const pattern = state.pattern ? { fillpattern: { path: state.pattern, fgcolor: ink, bgcolor: back, size: 8 } } : {};
    return outlines(boxesInView(view.boxes[rank]), { fillcolor: back, ...pattern });
  });
}

function layoutOf() {
  const { width, height, left, lane } = view.size;
  const { report } = view;
  const marks = axisTicks(view.low, view.high);
  const shapes = [[-Infinity, report.begin], [report.end, Infinity]].map(([from, to]) => outside(from, to)).filter(Boolean);
  const now = { type: "line", x0: report.as_of / 1000, x1: report.as_of / 1000, y0: 0, y1: 1, yref: "paper", line: { color: shade("now"), width: 1.5, dash: "dash" } };
  const axis = { showgrid: true, gridcolor: shade("grid"), zeroline: false, tickfont: { color: shade("soft"), size: 12 } };
  const times = marks.map((at) => at / 1000);
  return {
    width, height, showlegend: false, hovermode: false,
    dragmode: view.touch ? false : "zoom",
    margin: { l: left, r: 12, t: TOP, b: 6, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: "system-ui, sans-serif" },
    xaxis: { ...axis, type: "linear", range: [view.low / 1000, view.high / 1000], side: "top", tickvals: times, ticktext: marks.map((at) => axisName(at, view.low, view.high)), fixedrange: view.touch },
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

/** Counts the events of the view; `most` is the tallest of all stretches. */
function weigh() {
  view.density = densityOf(view, view.low, view.high, Math.max(40, Math.floor(view.size.plot / 4)));
  view.density.most = view.density.counts.reduce((top, lane) => lane.reduce((one, two) => Math.max(one, two), top), 1);
}

/** Draws everything for the present range, lanes, account and theme, by the chart library too. */
function draw() {
  if (!view.ready) return;
  view.shades.clear();
  tiles.clear();
  measure();
  view.boxes = boxesOf();
  weigh();
  settle();
  nameLanes();
  tellRange();
  tellChange();
}

/** The picture at rest. */
function settle() {
  clearTimeout(settle.wait);
  if (view.library) Plotly.react(byId("plot"), coverageTraces(), layoutOf(), CONFIG);
  byId("plot").style.opacity = view.printing ? "0" : "1"; // on paper the canvas draws all: it is sharper there
  paint(view.printing);
}

/** The picture while the range moves: all of it on the canvas; the chart library follows after a moment of rest. */
function move() {
  if (!view.ready) return;
  weigh();
  byId("plot").style.opacity = "0";
  paint(true);
  nameAxis();
  clearTimeout(settle.wait);
  settle.wait = setTimeout(settle, 160);
  tellRange();
  tellChange();
}

const tellCalmly = calmly(() => tell("range"), 90);

/** Says that the range is another one: at once in the line above the chart, to all others when the hand rests. */
function tellChange() {
  for (const listen of view.listeners) listen();
  tellCalmly();
}

function tellRange() {
  const { density, report } = view;
  const fine = view.high - view.low > 2 * DAY ? HOUR : view.high - view.low > HOUR ? 1e6 : 1;
  const edges = [view.low, view.high].map((edge) => Math.round(edge / fine) * fine);
  const shown = `${isWhole() ? "The whole case" : between(...edges)}: ${count(density.number, "event")} in view`;
  const late = view.outsiders ? ` ${count(view.outsiders, "event")} lie outside the case's period (shaded).` : "";
  const undated = report.undated ? ` ${count(report.undated, "event")} more ${report.undated === 1 ? "states" : "state"} no time and can stand in no lane.` : "";
  const stacked = view.mode === "stream" ? "" : " Each lane shows, one above the other, the coverage of the logs that speak of it; logs that do not are only in the view by log.";
  const rest = report.density.rows;
  const note = rest ? make("span", "", ` ${count(rest, "event")} of the case are in the picture as density only, ${density.unlisted.toLocaleString("en")} of them in view. `, button("What is not listed?", "open linked", () => showUnlisted(null))) : "";
  byId("chart-status").replaceChildren(`${shown}.${late}${undated}${stacked}`, note);
}

function laneName(lane, place) {
  const [source, ...scope] = lane.label.split("/");
  const small = scope.length ? datum(scope.join("/"), "lane-scope") : null;
  const label = button("", "lane-name", () => filterBy(view.mode, lane.key));
  const badge = clockBadge(lane);
  label.append(make("span", "lane-first", datum(source, "lane-source"), badge), ...(small ? [small] : []));
  label.title = `${visible(lane.label)}: show its events in the list`;
  const { wide, lane: height, left, width } = view.size;
  label.style.top = `${TOP + place * height}px`;
  label.style.height = `${wide ? height : 19}px`;
  label.style.width = `${wide ? left - 10 : width - 4}px`;
  return label;
}

function nameLanes() {
  byId("lane-names").replaceChildren(make("span", "axis-name", axisLabel(view.low, view.high)), ...view.lanes.map(laneName));
}

function nameAxis() {
  byId("lane-names").querySelector(".axis-name").textContent = axisLabel(view.low, view.high);
}

function setMode(mode) {
  view.mode = mode;
  view.lanes = lanesOf(mode, view.report, view.events, leading(mode));
  view.lane = assign(mode, view.lanes, view.events);
  view.sums = sumsOf(mode, view.lanes, view.lane, view.report, view.events);
  view.sessions = sessionsOf(view, view.account);
  measure();
  view.horizons = horizonMarks();
  view.censored = censoredMarks();
  draw();
}

/** What must have a lane of its own, however rare: the chosen account and those that answers rest on. */
function leading(mode) {
  const column = view.events.columns.get(mode);
  const codes = new Set(column ? view.named.map((place) => column.codes[place]) : []);
  const found = [...codes].filter(Boolean).map((code) => column.dictionary[code - 1]);
  return [...new Set([...(mode === "actor" && view.account ? [view.account] : []), ...found])].slice(0, 40);
}

function setAccount(account) {
  view.account = account;
  view.sessions = sessionsOf(view, account);
  draw();
}

function showRange(low, high) {
  const least = 100;
  const middle = (low + high) / 2;
  view.low = high - low < least ? middle - least / 2 : low;
  view.high = high - low < least ? middle + least / 2 : high;
  move();
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
