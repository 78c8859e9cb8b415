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
  lines.push(...markLines(spot), ...unlistedLines(spot));
  if (session) lines.push(make("p", "", "Session ", datum(session.name), `: ${count(session.number, "event")}, ${between(session.start, session.end)}`));
  const pieces = piecesAt(spot);
  const unsaid = pieces.length ? [] : [make("p", "", "Nothing is stated about the coverage here.")];
  const head = make("p", "tip-head", `${moment(Math.round(spot.time / 1e6) * 1e6)} · `, datum(lane.label));
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
  const unlisted = unlistedAt(spot);
  if (unlisted && !near.length) return showUnlisted(spot);
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
    pressed = event.target.closest("button") || event.shiftKey ? null : [event.clientX, event.clientY];
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
