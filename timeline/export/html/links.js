// Links into the report: #event=…, #gap=…, #verdict=…, #range=…, #find=…, #where=…, #zone=…, together with &.
// They name things by what the evidence says of them, so that they hold in every later report of the same case.
"use strict";

const links = { wanted: "" };

function gapLink(gap) {
  return `gap=${encodeURIComponent(gapKey(gap))}`;
}

function verdictKey(verdict) {
  return `${verdict.question}~${verdict.subject ?? ""}`;
}

function rangeLink([low, high]) {
  return `range=${exactly(Math.round(low))}..${exactly(Math.round(high))}`;
}

/** The filters of the list as a list of [column, text, values, without]. */
function whereNow() {
  return [...list.filters].map(([name, one]) => [name, one.text, one.values ? [...one.values] : null, Boolean(one.without)]);
}

/** The present view as the part of a link behind #. */
function viewLink() {
  const parts = [];
  if (view.brush || !isWhole()) parts.push(rangeLink(rangeNow()));
  if (list.text) parts.push(`find=${encodeURIComponent(list.text)}`);
  if (list.filters.size) parts.push(`where=${encodeURIComponent(JSON.stringify(whereNow()))}`);
  if (list.mark) parts.push(`mark=${list.mark}`);
  if (list.sort !== "time_us" || list.down) parts.push(`sort=${list.down ? "-" : ""}${list.sort}`);
  if (clock.zone !== "UTC") parts.push(`zone=${encodeURIComponent(clock.zone)}`);
  return parts.join("&") || "range=";
}

/** Writes what is open into the address without a step in the history; not too often, or browsers complain. */
function setLink(part) {
  links.wanted = part;
  writeLink();
}

const writeLink = calmly(() => {
  if (location.hash.slice(1) !== links.wanted) {
    history.replaceState(null, "", links.wanted ? `#${links.wanted}` : location.pathname + location.search);
  }
}, 200);

function copyLink(part) {
  return copyText(`${location.href.split("#")[0]}#${part}`, "The link");
}

function microsOf(text) {
  const found = /^(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?Z?$/.exec(text);
  if (!found) return null;
  const millis = Date.parse(`${found[1]}T${found[2] || "00:00"}Z`);
  return Number.isNaN(millis) ? null : millis * 1000 + Number((found[3] || "").padEnd(6, "0").slice(0, 6));
}

function followRange(text) {
  const [low, high] = text.split("..").map(microsOf);
  if (low !== null && high !== undefined && high !== null && high > low) showRange(low, high);
  else wholeCase();
}

/** Filters from a link: nothing in it is believed but names of columns that there are, words and flags. */
function followWhere(text) {
  let rows = [];
  try {
    rows = JSON.parse(text);
  } catch {
    return;
  }
  for (const row of Array.isArray(rows) ? rows : []) {
    const [name, words, values, without] = Array.isArray(row) ? row : [];
    if (!view.events.columns.has(name) || HIDDEN_COLUMNS.includes(name)) continue;
    const own = Array.isArray(values) ? new Set(values.filter((one) => one === null || typeof one !== "object")) : null;
    list.filters.set(name, { text: typeof words === "string" ? words : "", values: own, without: without === true });
  }
}

function followList(asked) {
  clearFilters();
  list.text = asked.get("find") || "";
  byId("search").value = list.text;
  followWhere(asked.get("where") || "[]");
  list.mark = ["findings", "pins"].includes(asked.get("mark")) ? asked.get("mark") : "";
  const sort = (asked.get("sort") || "time_us").replace(/^-/, "");
  if (view.events.columns.has(sort)) Object.assign(list, { sort, down: (asked.get("sort") || "").startsWith("-") });
  refilter();
}

/** The gap of a link: that very one, else one of the same log and scope that holds its start. */
function gapOfKey(key) {
  const { gaps } = view.report;
  const [stream, scope, , start] = key.split("~");
  const near = (gap) => gap.stream === stream && (gap.scope || "") === scope && start !== "" && holds(gap, Number(start));
  return gaps.find((gap) => gapKey(gap) === key) || gaps.find(near);
}

/** What names an event for good: its id, or where the file does not carry ids its file and record. */
function eventLink(place) {
  const of = (name) => cell(view.events, name, place);
  if (of("event_id") !== null) return `event=${of("event_id")}`;
  return of("file_id") === null ? "" : `record=${encodeURIComponent(`${of("file_id").slice(0, 12)}:${of("record")}`)}`;
}

function placeOfRecord(key) {
  const [file, number] = key.split(":");
  const of = (name, place) => cell(view.events, name, place);
  for (let place = 0; place < view.events.rows; place += 1) {
    if (String(of("record", place)) === number && String(of("file_id", place)).startsWith(file)) return place;
  }
  return -1;
}

const OPENERS = {
  event: (id) => {
    const place = placesOf(new Set([id])).get(id);
    return place === undefined ? missingLink("event", id) : showEvent(place);
  },
  record: (key) => {
    const place = placeOfRecord(key);
    return place < 0 ? missingLink("event", key) : showEvent(place);
  },
  gap: (key) => {
    const gap = gapOfKey(key);
    return gap ? showGap(gap) : missingLink("gap", key);
  },
  verdict: (key) => {
    const verdict = view.report.verdicts.find((one) => verdictKey(one) === key);
    return verdict ? showVerdict(verdict) : missingLink("answer", key);
  },
};

function missingLink(kind, key) {
  const words = { event: "It may be in the picture as density only, or come from evidence that this report does not hold.", gap: "The evidence may have been completed since.", answer: "The question may not have been asked." }[kind];
  openPanel(`This report lists no such ${kind}`, make("p", "", "The link asks for ", datum(key), `. ${words}`));
}

/** Follows a link's part behind #: first the view, then what is to be opened in it. */
function followLink(part) {
  const asked = new URLSearchParams(part.replace(/^#/, "").replaceAll("+", "%2B"));
  if (asked.has("zone")) setClock(asked.get("zone"));
  if (asked.has("range")) followRange(asked.get("range"));
  if (["find", "where", "mark", "sort"].some((name) => asked.has(name))) followList(asked);
  const opened = Object.keys(OPENERS).find((name) => asked.has(name));
  if (opened) OPENERS[opened](asked.get(opened));
  else if (["find", "where", "mark"].some((name) => asked.has(name))) byId("events").scrollIntoView();
  else if (asked.has("range")) byId("timeline").scrollIntoView();
}

function watchLinks() {
  const follow = () => { if (location.hash.includes("=")) followLink(location.hash); };
  addEventListener("hashchange", follow);
  follow();
}
