// Which lane an event belongs to, how many events lie in each stretch, and what is under the pointer. No drawing here.
"use strict";

const FAMILIES = ["sign_in", "token", "storage", "audit", "control", "system"];
const MOST_ACTORS = 24;

function byFamily(streams) {
  const rank = (one) => (FAMILIES.includes(one.family) ? FAMILIES.indexOf(one.family) : FAMILIES.length);
  return (left, right) => {
    const [one, two] = [streams.get(left) || {}, streams.get(right) || {}];
    return rank(one) - rank(two) || (left < right ? -1 : 1);
  };
}

function streamNames(report, events) {
  const known = new Map(report.streams.map((one) => [one.stream, one]));
  const column = events.columns.get("stream");
  const names = new Set([...known.keys(), ...report.coverage.map((piece) => piece.stream), ...(column ? column.dictionary : [])]);
  return [...names].sort(byFamily(known));
}

function commonest(column, rows, most) {
  const counts = new Uint32Array(column.dictionary.length + 1);
  for (let place = 0; place < rows; place += 1) counts[column.codes[place]] += 1;
  const codes = [...counts.keys()].filter((code) => code && counts[code]).sort((one, two) => counts[two] - counts[one] || one - two);
  return codes.slice(0, most).map((code) => column.dictionary[code - 1]);
}

/** Lanes of a mode: {key, streams} each; the last one takes what has no lane of its own. */
function lanesOf(mode, report, events, first) {
  const column = events.columns.get(mode);
  if (mode === "stream") {
    const lanes = streamNames(report, events).map((key) => ({ key, label: key, streams: [key] }));
    const stated = column && !column.codes.includes(0);
    return stated || !events.rows ? lanes : [...lanes, { key: null, label: "no log stated", streams: [] }];
  }
  const most = mode === "actor" ? MOST_ACTORS : 60;
  const keys = column ? [...new Set([...first, ...commonest(column, events.rows, most)])].slice(0, Math.max(most, first.length)) : [];
  const lanes = keys.map((key) => ({ key, label: key, streams: [] }));
  return [...lanes, { key: null, label: mode === "actor" ? "all other accounts" : "no zone stated", streams: [] }];
}

/** The lane of each event, and in zone and actor lanes the streams that speak in them. */
function assign(mode, lanes, events) {
  const column = events.columns.get(mode);
  const rest = lanes.length - 1;
  const byKey = new Map(lanes.map((lane, place) => [lane.key, place]));
  const byCode = column ? [rest, ...column.dictionary.map((word) => byKey.get(word) ?? rest)] : [rest];
  const lane = new Uint16Array(events.rows);
  for (let place = 0; place < events.rows; place += 1) lane[place] = byCode[column ? column.codes[place] : 0];
  if (mode !== "stream") speakers(lanes, lane, events);
  return lane;
}

function speakers(lanes, lane, events) {
  const streams = events.columns.get("stream");
  const seen = lanes.map(() => new Set());
  for (let place = 0; place < events.rows; place += 1) seen[lane[place]].add(streams.codes[place]);
  lanes.forEach((one, place) => {
    one.streams = [...seen[place]].filter(Boolean).sort((left, right) => left - right).map((code) => streams.dictionary[code - 1]);
  });
}

/** Counts per lane and bin of [low, high), listed events and those only counted. */
function densityOf(view, low, high, bins) {
  const width = (high - low) / bins;
  const counts = view.lanes.map(() => new Uint32Array(bins));
  const from = placeOf(view.events.times, low);
  const to = placeOf(view.events.times, high);
  for (let place = from; place < to; place += 1) {
    counts[view.lane[place]][Math.min(bins - 1, Math.floor((view.events.times[place] - low) / width))] += 1;
  }
  addCounted(view, counts, low, width);
  return { counts, from, to, width };
}

function addCounted(view, counts, low, width) {
  const table = view.report.density;
  if (!table.rows || !table.lanes[view.mode]) return;
  const byKey = new Map(view.lanes.map((lane, place) => [lane.key, place]));
  for (const { lane, bins, counts: numbers } of table.lanes[view.mode]) {
    const target = counts[byKey.get(lane) ?? counts.length - 1];
    bins.forEach((bin, place) => {
      const at = Math.floor((table.first + (bin + 0.5) * table.step - low) / width);
      if (at >= 0 && at < target.length) target[at] += numbers[place];
    });
  }
}

/** Sessions of one account: {lane, start, end, name, number}. */
function sessionsOf(view, actor) {
  const { events } = view;
  const [actors, sessions] = [events.columns.get("actor"), events.columns.get("session_id")];
  if (!actors || !sessions || !actor) return [];
  const code = actors.dictionary.indexOf(actor) + 1;
  const found = new Map();
  for (let place = 0; place < events.rows; place += 1) {
    if (actors.codes[place] === code && sessions.codes[place]) extend(found, view.lane[place], sessions.codes[place], events.times[place]);
  }
  return [...found.values()].map((one) => ({ ...one, name: sessions.dictionary[one.code - 1] }));
}

function extend(found, lane, code, time) {
  const key = `${lane}/${code}`;
  const one = found.get(key);
  if (!one) return found.set(key, { lane, code, start: time, end: time, number: 1 });
  one.end = time;
  one.number += 1;
  return found;
}

function accountsWithSessions(events) {
  const [actors, sessions] = [events.columns.get("actor"), events.columns.get("session_id")];
  if (!actors || !sessions) return [];
  const counts = new Uint32Array(actors.dictionary.length + 1);
  for (let place = 0; place < events.rows; place += 1) if (sessions.codes[place]) counts[actors.codes[place]] += 1;
  const codes = [...counts.keys()].filter((code) => code && counts[code]);
  return codes.sort((one, two) => counts[two] - counts[one] || one - two).slice(0, 100).map((code) => actors.dictionary[code - 1]);
}

/** The account that the answers are about, else the busiest one. */
function mainAccount(report, accounts) {
  const named = report.verdicts.filter((one) => one.verdict.startsWith("found")).map((one) => String(one.subject || ""));
  const walked = report.path.map((hop) => hop.actor);
  const about = accounts.find((actor) => named.some((subject) => subject.toLowerCase().includes(actor.toLowerCase())));
  return about || accounts.find((actor) => walked.includes(actor)) || accounts[0] || "";
}

/** The listed event that a hop of the path is, or -1. */
function eventOfHop(hop, events) {
  let fit = -1;
  for (let place = placeOf(events.times, hop.time); place < events.rows && events.times[place] === hop.time; place += 1) {
    if (hop.event_id && cell(events, "event_id", place) === hop.event_id) return place;
    const same = cell(events, "action", place) === hop.action && cell(events, "object", place) === hop.object;
    if (same && fit < 0) fit = place;
  }
  return fit;
}
