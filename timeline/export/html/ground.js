// The ground of the timeline: its state, its measures, and the boxes of coverage that everything else stands on.
"use strict";

const MARKERS = 1500;
const NEAR = 8;
const TOP = 34;
const view = { library: false, mode: "stream", account: "", low: 0, high: 1, listeners: [], brush: null, horizons: [], censored: [], sessions: [], hops: [], shades: new Map() };

/** A colour of the theme; read once, because to ask the page for its style is slow. */
function shade(name) {
  if (!view.shades.has(name)) view.shades.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return view.shades.get(name);
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

/** A covered part says nothing new beside its whole log. */
function hushed(piece) {
  return piece.scope && piece.state === "covered" && !view.parts.get(piece.stream);
}

function seated(piece, [lane, part, parts]) {
  const [top, bottom] = band(lane);
  const height = (bottom - top) / parts;
  const [roof, floor] = shareOf(piece, top + part * height, top + (part + 1) * height);
  return { state: piece.state, start: piece.start ?? -Infinity, end: piece.end ?? Infinity, roof, floor };
}

/** For each state the boxes of its pieces wherever they are; they change with the lanes, not with the range. */
function boxesOf() {
  const seats = seatsOf();
  return STATES.map((state) => {
    const pieces = view.report.coverage.filter((piece) => stateOf(piece.state).id === state.id && !hushed(piece));
    return pieces.flatMap((piece) => (seats.get(piece.stream) || []).map((seat) => seated(piece, seat)));
  });
}

/** The boxes of a state within the view; a gap is never thinner than an eye can see. */
function boxesInView(boxes) {
  const span = view.high - view.low;
  const found = [];
  for (const box of boxes) {
    const least = box.state === "covered" ? 0 : (2 * span) / view.size.plot;
    const start = Math.max(box.start, view.low - span);
    const end = Math.min(box.end, view.high + span);
    if (end > start) found.push({ start, end: Math.max(end, start + least), roof: box.roof, floor: box.floor });
  }
  return found;
}
