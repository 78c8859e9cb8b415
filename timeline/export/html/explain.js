// The panel for what is not one event: several events, a gap, an answer with its evidence, its needs and its query.
"use strict";

const FEW_EVENTS = 12;

/** What the logs could have shown at a place, each to open. */
function behind(gaps) {
  const lines = gaps.map((gap) => {
    const open = button("", "open", () => showGap(gap));
    open.append(stateBadge(gap.state));
    return make("li", "", open, " ", datum(gap.scope || gap.stream), " ", make("span", "dates", between(gap.start, gap.end)));
  });
  return lines.length ? make("div", "", make("h3", "", "What the log could have shown here"), make("ul", "several", ...lines)) : null;
}

function showSeveral(places, gaps) {
  const lines = [...places].sort((one, two) => one - two).slice(0, 200).map(eventItem);
  const more = places.length > 200 ? make("p", "hint", `The first 200 of ${places.length}; zoom in to see the others.`) : null;
  const times = places.map((place) => view.events.times[place]);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const closer = closingTo("Zoom to them", () => showRange(low - (high - low) * 0.1 - 1e6, high + (high - low) * 0.1 + 1e6));
  openPanel(count(places.length, "event"), make("p", "", between(low, high)), make("div", "actions", closer), behind(gaps), make("h3", "", "The events"), make("ol", "several", ...lines), more);
}

function expected(gap) {
  if (gap.expected_events === null || gap.expected_events === undefined) return null;
  const round = (number) => Math.round(number).toLocaleString("en");
  return `about ${round(gap.expected_events)} (${round(gap.expected_low ?? gap.expected_events)} to ${round(gap.expected_high ?? gap.expected_events)}, 95 %)`;
}

function eventItem(place) {
  const open = button("", "open", () => showEvent(place));
  open.append(eventLine(place));
  return make("li", "", open);
}

/** What a gap rests on: events that the file lists can be opened. */
function evidenceOf(gap) {
  const items = Array.isArray(gap.evidence) ? gap.evidence : gap.evidence ? [gap.evidence] : [];
  if (!items.length) return null;
  const listed = placesOf(new Set(items.filter((item) => /^[0-9a-f]{16,}$/.test(item))));
  return make("span", "", ...items.flatMap((item) => [evidenceItem(item, listed.get(item)), " "]));
}

function evidenceItem(item, place) {
  const words = datum(typeof item === "string" ? item : JSON.stringify(item));
  if (place === undefined) return words;
  const open = button("", "open linked", () => showEvent(place));
  open.append(words);
  return open;
}

function gapFacts(gap, report) {
  const fetch = gap.state === "covered" ? null : gap.mendable ? chance(gap, report.as_of) : "no";
  return facts([
    ["Log", datum(gap.stream)], ["Concerns", gap.scope ? datum(gap.scope) : "the whole log"],
    ["Window", between(gap.start, gap.end)], ["Length", lasting((gap.end ?? Infinity) - (gap.start ?? -Infinity))],
    ["Cause", gap.cause && datum(gap.cause)], ["Known from", gap.basis && datum(spoken(gap.basis))], ["Copy", gap.store && datum(gap.store)],
    ["Can it still be fetched?", fetch], ["Events missing", expected(gap)], ["Evidence", evidenceOf(gap)],
  ]);
}

/** The answers that a gap leaves open, each to open. */
function touched(gap) {
  const hit = view.report.verdicts.filter((verdict) => (verdict.uncovered || []).some((window) => window.stream === gap.stream && meets(window, gap)));
  const questions = hit.map((verdict) => make("li", "", button(visible(verdict.sentence || spoken(verdict.question)), "open linked", () => showVerdict(verdict)), " ", badge(verdict.verdict)));
  return questions.length ? make("div", "", make("h3", "", "Answers that it leaves open"), make("ul", "several", ...questions)) : null;
}

function gapActions(gap, report) {
  const see = closingTo("Show it in the timeline", () => {
    const [start, end] = [gap.start ?? report.begin, gap.end ?? report.end];
    showRange(start - (end - start) * 0.2, end + (end - start) * 0.2);
    byId("timeline").scrollIntoView();
  });
  return make("div", "actions", see, button("Copy link", "", () => copyLink(gapLink(gap))), button("Copy as JSON", "", () => copyText(jsonOf(gap), "The gap as JSON")));
}

function showGap(gap) {
  const { report } = view;
  const meaning = make("p", "big", stateOf(gap.state).meaning);
  openPanel(`${stateOf(gap.state).word}: ${gap.stream}`, stateBadge(gap.state), meaning, gapActions(gap, report), noteList("gap", gapKey(gap)), gapFacts(gap, report), touched(gap));
  holdPanel(gapLink(gap), () => showGap(gap));
}

function meets(one, two) {
  return (one.start ?? -Infinity) < (two.end ?? Infinity) && (two.start ?? -Infinity) < (one.end ?? Infinity);
}

function uncoveredTable(verdict) {
  const windows = verdict.uncovered || [];
  if (!windows.length) return null;
  const rows = windows.slice(0, 500).map((window) => {
    const open = button("", "open", () => showGap(gapOf(window, window.start ?? -8e18)));
    open.append(stateBadge(window.state));
    const log = make("span", "", datum(window.stream), window.scope ? make("span", "scope", " only ", datum(window.scope)) : null);
    return row("td", [open, log, between(window.start, window.end), chance(window, view.report.as_of)]);
  });
  const more = windows.length > 500 ? make("p", "hint", `The first 500 of ${count(windows.length, "window")}.`) : null;
  return make("div", "", make("h3", "", "Where nobody could have seen it"), make("div", "scroll", sheet(["State", "Log", "Window", "Can it be fetched?"], rows, "windows")), more);
}

function said(title, value) {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) return null;
  return make("div", "", make("h3", "", title), text(typeof value === "string" ? value : JSON.stringify(value, null, 2)));
}

function prose(title, value) {
  return value ? make("div", "", make("h3", "", title), make("p", "", datum(String(value).replace(/\s*\n\s*/g, " ")))) : null;
}

/** The first events that an answer rests on, and the way to all of them. */
function evidenceList(verdict) {
  const places = verdict.events || [];
  if (!places.length) return null;
  const items = [...places.slice(0, FEW_EVENTS)].map(eventItem);
  const all = closingTo(`Show its ${count(places.length, "event")} in the list`, () => showOnly(places));
  const rest = places.length > FEW_EVENTS ? `and ${count(places.length - FEW_EVENTS, "more event")}. ` : "";
  const left = verdict.rows > places.length ? `The answer has ${count(verdict.rows, "row")}; \`timeline query ${verdict.question}\` gives them all.` : "";
  const more = rest || left ? make("p", "hint", `${rest}${left}`.trim()) : null;
  return make("div", "", make("h3", "", "What it rests on"), make("ol", "several", ...items), more, make("div", "actions", all));
}

function showVerdict(verdict) {
  const kind = verdictOf(verdict.verdict);
  const link = `verdict=${encodeURIComponent(verdictKey(verdict))}`;
  const told = { ...verdict, events: Array.from(verdict.events || [], (place) => cell(view.events, "event_id", place)) };
  openPanel(
    verdict.sentence || spoken(verdict.question), badge(verdict.verdict), make("p", "big", kind.meaning),
    facts([["Question", datum(verdict.question)], ["About", verdict.subject && datum(verdict.subject)]]),
    sightings(verdict), strengthOf(verdict), mending(verdict),
    make("div", "actions", button("Copy link", "", () => copyLink(link)), button("Copy as JSON", "", () => copyText(jsonOf(told), "The answer as JSON"))),
    noteList("verdict", verdict.question), evidenceList(verdict), uncoveredTable(verdict),
    prose("How to read it", verdict.meaning), prose("What it does not prove", verdict.limits), said("What the evidence must contain", verdict.needs), said("The query", verdict.sql),
  );
  holdPanel(link, () => showVerdict(verdict));
}
