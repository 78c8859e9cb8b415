// What stands in the lanes beside events and coverage: horizons of retention, the ends of findings, clocks that differ.
"use strict";

/** Marks of the chart that the legend explains: class of the sample, word, meaning. */
function chartMarks() {
  return [
    ["mark-horizon", "Retention horizon", "At one collection, the store reached back to here: nothing older was there to collect. The arrow points to what was left."],
    ["mark-taken", "Collection", "A copy of this log was taken here."],
    ["mark-censored", "First or last of many?", "An open arrow beside a finding: before (or after) it no log could have shown one."],
    ["mark-clock", "Clock", "By requests that two logs recorded, their clocks differ. Times are shown as logged."],
  ];
}

/** The lanes that a stream is drawn in. */
function lanesWith(stream) {
  return view.lanes.flatMap((lane, place) => (lane.key === stream || (view.mode !== "stream" && lane.streams.length === 1 && lane.streams[0] === stream) ? [place] : []));
}

function horizonMarks() {
  return (view.report.horizons || []).flatMap((one) => lanesWith(one.stream).map((lane) => ({ ...one, lane })));
}

/** Ends of findings that may not be the true ends: {lane, time, way, verdict}. */
function censoredMarks() {
  const own = view.report.verdicts.slice(0, view.report.leading).filter((verdict) => verdict.events && verdict.events.length);
  return own.flatMap((verdict) => {
    const [first, last] = [verdict.events[0], verdict.events[verdict.events.length - 1]];
    const mark = (place, way) => ({ lane: view.lane[place], time: view.events.times[place], height: heightOf(place), way, verdict });
    return [...(verdict.first_is === "no_later_than" ? [mark(first, -1)] : []), ...(verdict.last_is === "no_earlier_than" ? [mark(last, 1)] : [])];
  });
}

function secondsOf(number) {
  const size = Math.abs(number);
  if (size < 1) return `${Math.round(size * 1000)} ms`;
  return size < 120 ? `${Math.round(size * 10) / 10} s` : lasting(size * 1e6);
}

/** Sentences on how the clock of a stream differs from others. */
function clockWords(stream) {
  const told = (view.report.clocks || []).filter((one) => one.differs && (one.stream === stream || one.against === stream));
  return told.map((one) => {
    const ahead = one.stream === stream ? one.ahead_seconds : -one.ahead_seconds;
    const other = one.stream === stream ? one.against : one.stream;
    const note = one.accepted_seconds === null ? "" : "; accepted in the case";
    return `clock ${secondsOf(ahead)} ${ahead > 0 ? "ahead of" : "behind"} ${visible(other)}${note}`;
  });
}

function clockBadge(lane) {
  const words = lane.streams.length === 1 ? clockWords(lane.streams[0]) : [];
  if (!words.length) return null;
  const badge = make("span", "lane-clock", words[0].replace(/ (ahead of|behind) .*/, (_, way) => (way === "behind" ? " behind" : " ahead")));
  badge.title = words.join("\n");
  return badge;
}

/** Marks near a spot, in words. */
function markLines(spot) {
  const near = (time) => Math.abs(time - spot.time) <= spot.reach;
  const horizons = view.horizons.filter((one) => one.lane === spot.lane);
  const reached = horizons.filter((one) => one.start !== null && near(one.start));
  const taken = horizons.filter((one) => near(one.taken));
  const ends = view.censored.filter((one) => one.lane === spot.lane && near(one.time));
  return [
    ...reached.map((one) => make("p", "", make("b", "", "Retention horizon. "), `At the collection of ${moment(rough(one.taken))} this store (`, datum(one.store), `) reached back to ${moment(rough(one.start))}.`)),
    ...taken.map((one) => make("p", "", make("b", "", "Collected "), `on ${moment(rough(one.taken))}: `, datum(one.collection), ".")),
    ...ends.map((one) => make("p", "", make("b", "", one.way < 0 ? "Perhaps not the first. " : "Perhaps not the last. "), "No log covers what lies ", one.way < 0 ? "before" : "after", ": ", datum(one.verdict.sentence || one.verdict.question))),
    ...(view.lanes[spot.lane].streams.length === 1 ? clockWords(view.lanes[spot.lane].streams[0]) : []).map((words) => make("p", "", make("b", "", "Clock: "), words.replace(/^clock /, ""), ". Times are shown as logged.")),
  ];
}
