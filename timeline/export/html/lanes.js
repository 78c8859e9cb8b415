// Which lane an event belongs to, and what lies in each: streams, sessions, the path. No drawing here.
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

/** The lanes that events which are not listed one by one were counted in; null is that of all others. */
function countedKeys(mode, events) {
  const table = events.density[mode];
  return table ? table.keys : [];
}

function streamNames(report, events) {
  const known = new Map(report.streams.map((one) => [one.stream, one]));
  const column = events.columns.get("stream");
  const counted = countedKeys("stream", events).filter((key) => key !== null);
  const names = new Set([...known.keys(), ...report.coverage.map((piece) => piece.stream), ...(column ? column.dictionary : []), ...counted]);
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
  const counted = countedKeys(mode, events);
  if (mode === "stream") {
    const lanes = streamNames(report, events).map((key) => ({ key, label: key, streams: [key] }));
    const stated = column && !column.codes.includes(0) && !counted.includes(null);
    return stated || !(events.rows + counted.length) ? lanes : [...lanes, { key: null, label: "no log stated", streams: [] }];
  }
  const most = mode === "actor" ? MOST_ACTORS : 60;
  const wanted = new Set([...first, ...counted.filter((key) => key !== null), ...(column ? commonest(column, events.rows, most) : [])]);
  const lanes = [...wanted].slice(0, Math.max(most, first.length)).map((key) => ({ key, label: key, streams: [] }));
  return [...lanes, { key: null, label: mode === "actor" ? "all other accounts" : "no zone stated", streams: [] }];
}

/** The lane of each event, and in zone and actor lanes the streams that speak in them. */
function assign(mode, lanes, events) {
  const column = events.columns.get(mode);
  const rest = lanes.length - 1;
  const byKey = new Map(lanes.map((lane, place) => [lane.key, place]));
  const byCode = Uint16Array.from(column ? [rest, ...column.dictionary.map((word) => byKey.get(word) ?? rest)] : [rest]);
  const lane = new Uint16Array(events.rows);
  if (column) for (let place = 0; place < events.rows; place += 1) lane[place] = byCode[column.codes[place]];
  else lane.fill(rest);
  if (mode !== "stream") speakers(lanes, lane, events);
  return lane;
}

function speakers(lanes, lane, events) {
  const streams = events.columns.get("stream");
  const width = streams.dictionary.length + 1;
  const seen = new Uint8Array(lanes.length * width);
  for (let place = 0; place < events.rows; place += 1) seen[lane[place] * width + streams.codes[place]] = 1;
  lanes.forEach((one, place) => {
    one.streams = streams.dictionary.filter((_, code) => seen[place * width + code + 1]);
  });
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
