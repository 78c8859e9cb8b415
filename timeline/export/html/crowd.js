// The crowd of events on a canvas above the chart library's picture: ten million of them move with the hand. While the range moves,
// and as long as the library is not there, the canvas draws the coverage and the axis too; the library follows when things have come to rest.
"use strict";

const tiles = new Map();

function canvas() {
  const found = byId("crowd");
  if (found) return found;
  const made = make("canvas", "crowd");
  made.id = "crowd";
  made.setAttribute("aria-hidden", "true");
  byId("lane-names").before(made);
  return made;
}

/** The canvas' context in units of the page, emptied. */
function pen() {
  const sheet = canvas();
  const { width, height } = view.size;
  const scale = view.printing ? 3 : devicePixelRatio || 1;
  if (sheet.width !== Math.round(width * scale) || sheet.height !== Math.round(height * scale)) {
    Object.assign(sheet, { width: Math.round(width * scale), height: Math.round(height * scale) });
    sheet.style.width = `${width}px`;
    sheet.style.height = `${height}px`;
    tiles.clear();
  }
  const ink = sheet.getContext("2d");
  ink.setTransform(scale, 0, 0, scale, 0, 0);
  ink.clearRect(0, 0, width, height);
  return ink;
}

function across(time) {
  return view.size.left + ((time - view.low) / (view.high - view.low)) * view.size.plot;
}

function down(height) {
  return TOP + (height + 0.5) * view.size.lane;
}

/** The look of a state as a pattern that repeats. */
function tileOf(state) {
  if (tiles.has(state.id)) return tiles.get(state.id);
  const tile = make("canvas", "");
  Object.assign(tile, { width: 8, height: 8 });
  const ink = tile.getContext("2d");
  ink.fillStyle = shade(`${state.id}-back`);
  ink.fillRect(0, 0, 8, 8);
  ink.fillStyle = shade(`${state.id}-ink`);
  if (state.pattern) ink.fill(new Path2D(state.pattern));
  tiles.set(state.id, ink.createPattern(tile, "repeat"));
  return tiles.get(state.id);
}

function paintCoverage(ink) {
  STATES.forEach((state, rank) => {
    ink.fillStyle = tileOf(state);
    ink.beginPath();
    for (const box of boxesInView(view.boxes[rank])) {
      const [left, top] = [across(box.start), down(box.roof)];
      ink.rect(left, top, across(box.end) - left, down(box.floor) - top);
    }
    ink.fill();
  });
}

function paintAxis(ink) {
  ink.font = "12px system-ui, sans-serif";
  ink.textAlign = "center";
  ink.strokeStyle = shade("grid");
  ink.beginPath();
  for (const at of axisTicks(view.low, view.high)) {
    const x = across(at);
    ink.fillStyle = shade("soft");
    ink.fillText(axisName(at, view.low, view.high), x, TOP - 4);
    ink.moveTo(x, TOP);
    ink.lineTo(x, view.size.height - 6);
  }
  ink.stroke();
}

/** What lies outside the case's period, and its present: the library draws them at rest. */
function paintPeriod(ink) {
  const { report, size } = view;
  ink.fillStyle = shade("outside");
  for (const [from, to] of [[-Infinity, report.begin], [report.end, Infinity]]) {
    const [left, right] = [across(Math.max(from, view.low)), across(Math.min(to, view.high))];
    if (right > left) ink.fillRect(left, TOP, right - left, size.height - TOP - 6);
  }
  ink.strokeStyle = shade("now");
  ink.setLineDash([6, 4]);
  ink.beginPath();
  ink.moveTo(across(report.as_of), TOP);
  ink.lineTo(across(report.as_of), size.height - 6);
  ink.stroke();
  ink.setLineDash([]);
}

/** A bar for each stretch: the taller, the more. On whole pixels and one by one: a path of thousands takes forty times as long to fill. */
function paintCounts(ink, counts, width, colour) {
  const most = Math.log1p(view.density.most);
  const step = (view.size.plot * width) / (view.high - view.low);
  ink.fillStyle = colour;
  counts.forEach((row, lane) => {
    if (!row) return;
    const [top, bottom] = band(lane).map((height) => Math.round(down(height)));
    for (let bin = 0; bin < row.length; bin += 1) {
      if (row[bin] <= 0) continue;
      let end = bin + 1;
      while (end < row.length && row[end] === row[bin]) end += 1;
      const left = Math.round(view.size.left + bin * step);
      const tall = Math.round((bottom - top) * (0.14 + 0.8 * (Math.log1p(row[bin]) / most)));
      ink.fillRect(left, bottom - tall, Math.round(view.size.left + end * step) - left, tall);
      bin = end - 1;
    }
  });
}

function paintSessions(ink) {
  ink.fillStyle = shade("session");
  for (const one of view.sessions) {
    if (one.end < view.low || one.start > view.high) continue;
    const floor = down(band(one.lane)[1]);
    const left = across(one.start);
    ink.fillRect(left, floor - 0.1 * view.size.lane, Math.max(4, across(one.end) - left), 0.1 * view.size.lane);
  }
}

/** The artefact's path: from hop to hop, with an arrow at each. */
function paintPath(ink) {
  const spots = view.hops.filter((place) => place >= 0).map((place) => [across(view.events.times[place]), down(heightOf(place))]);
  ink.strokeStyle = shade("path");
  ink.fillStyle = shade("path");
  ink.lineWidth = 2.2;
  spots.forEach(([x, y], rank) => {
    if (!rank) return;
    const [left, top] = spots[rank - 1];
    const angle = Math.atan2(y - top, x - left);
    if (Math.hypot(x - left, y - top) < 3) return;
    ink.beginPath();
    ink.moveTo(left, top);
    ink.lineTo(x, y);
    ink.stroke();
    arrow(ink, x, y, angle);
  });
  ink.lineWidth = 1;
}

function arrow(ink, x, y, angle) {
  ink.beginPath();
  for (const [along, aside] of [[-4, 0], [-15, 5.5], [-15, -5.5]]) {
    ink.lineTo(x + along * Math.cos(angle) - aside * Math.sin(angle), y + along * Math.sin(angle) + aside * Math.cos(angle));
  }
  ink.fill();
}

/** Every listed event of the view as a dot; hollow: it failed; faint: it does not pass the filters. */
function paintEvents(ink, { from, to }) {
  const outcome = view.events.columns.get("outcome");
  const failed = outcome ? outcome.dictionary.indexOf("failure") + 1 || -1 : -1;
  ink.strokeStyle = shade("event-edge");
  ink.fillStyle = shade("event");
  for (let place = from; place < to; place += 1) {
    const hollow = outcome && outcome.codes[place] === failed;
    ink.globalAlpha = list.passes && !list.passes[place] ? 0.18 : 1;
    ink.strokeStyle = shade(hollow ? "event" : "event-edge");
    ink.beginPath();
    ink.arc(across(view.events.times[place]), down(heightOf(place)), 3.5, 0, 7);
    if (!hollow) ink.fill();
    ink.stroke();
  }
  ink.globalAlpha = 1;
}

function paintNamed(ink, { from, to }) {
  const first = lowerBound(view.named, from);
  const last = Math.min(lowerBound(view.named, to), first + MARKERS);
  const size = last - first > 60 ? 4.5 : 6;
  ink.fillStyle = shade("named");
  ink.strokeStyle = shade("event-edge");
  for (let rank = first; rank < last; rank += 1) {
    const [x, y] = [across(view.events.times[view.named[rank]]), down(heightOf(view.named[rank]))];
    ink.beginPath();
    for (const [left, top] of [[0, -size], [size, 0], [0, size], [-size, 0]]) ink.lineTo(x + left, y + top);
    ink.closePath();
    ink.fill();
    ink.stroke();
  }
}

/** The first rank of a rising list whose value is not below `least`. */
function lowerBound(rising, least) {
  return placeOf(rising, least);
}

function stroke(ink, x, lane, colour) {
  const [top, bottom] = band(lane).map(down);
  ink.strokeStyle = colour;
  ink.beginPath();
  ink.moveTo(x, top - 3);
  ink.lineTo(x, bottom + 3);
  ink.stroke();
  return top - 3;
}

function paintMarks(ink) {
  ink.lineWidth = 1.6;
  const inside = (time) => time !== null && time >= view.low && time <= view.high;
  for (const one of view.horizons) {
    if (inside(one.start)) {
      const [x, top] = [across(one.start), stroke(ink, across(one.start), one.lane, shade("horizon"))];
      ink.fillStyle = shade("horizon");
      ink.beginPath();
      for (const [left, below] of [[0, 0], [8, 4], [0, 8]]) ink.lineTo(x + left, top + below);
      ink.fill();
    }
    if (inside(one.taken)) {
      ink.setLineDash([2, 2]);
      stroke(ink, across(one.taken), one.lane, shade("horizon"));
      ink.setLineDash([]);
    }
  }
  ink.strokeStyle = shade("named");
  for (const { time, height, way } of view.censored.filter((one) => inside(one.time))) {
    const [x, y] = [across(time) + way * 9, down(height)];
    ink.beginPath();
    ink.moveTo(x, y - 5);
    ink.lineTo(x + way * 7, y);
    ink.lineTo(x, y + 5);
    ink.stroke();
  }
  ink.lineWidth = 1;
}

function paintBrush(ink) {
  if (!view.brush) return;
  const [left, right] = view.brush.map(across);
  ink.fillStyle = shade("brush");
  ink.fillRect(left, TOP, right - left, view.size.height - TOP - 6);
  ink.strokeStyle = shade("accent");
  ink.strokeRect(left, TOP, right - left, view.size.height - TOP - 6);
}

/** Paints the whole crowd; also what the chart library draws at rest, while it is `moving` and as long as there is no library. */
function paint(moving) {
  const alone = moving || !view.library;
  const ink = pen();
  const { density, size } = view;
  const few = density.to - density.from <= MARKERS;
  ink.save();
  if (alone) paintAxis(ink);
  ink.beginPath();
  ink.rect(size.left, 0, size.plot, size.height);
  ink.clip();
  if (alone) paintCoverage(ink);
  const passing = moving || few ? null : passingOf(view, density);
  ink.globalAlpha = passing ? 0.3 : 1;
  paintCounts(ink, few ? density.rest : density.counts, density.width, shade("density"));
  ink.globalAlpha = 1;
  if (passing) paintCounts(ink, passing, density.width, shade("density"));
  if (alone) paintPeriod(ink);
  paintSessions(ink);
  paintMarks(ink);
  paintPath(ink);
  if (few) paintEvents(ink, density);
  paintNamed(ink, density);
  paintBrush(ink);
  ink.restore();
}
