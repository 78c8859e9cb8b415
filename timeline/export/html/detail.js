// The panel that explains one thing: an event with its record, a gap, a verdict with its needs and its query.
"use strict";

function openPanel(title, ...content) {
  const panel = byId("detail");
  byId("tip").hidden = true;
  byId("detail-title").textContent = visible(title);
  byId("detail-body").replaceChildren(...content.filter(Boolean));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  byId("detail-title").focus();
}

function closePanel() {
  byId("detail").close();
}

function closingTo(label, act) {
  return button(label, "", () => { closePanel(); act(); });
}

function text(content) {
  const pre = make("pre", "record");
  pre.textContent = visibleLines(content);
  return pre;
}

function timed(column, value) {
  return column.kind === "time" || column.kind === "steps" ? `${instant(value)} UTC` : datum(value);
}

function valueWithFilter(name, value) {
  const column = view.events.columns.get(name);
  const shown = make("span", "", timed(column, value));
  if (column.kind !== "words" || name === "event_id") return shown;
  const only = closingTo("filter", () => filterBy(name, value));
  only.className = "tiny";
  only.setAttribute("aria-label", `show only events with this ${spoken(name)}`);
  return make("span", "", shown, " ", only);
}

function provenance(place) {
  const of = (name) => cell(view.events, name, place);
  const { files } = view.report;
  const known = of("file_id") && files.find((one) => one.file_id === of("file_id") || one.sha256 === of("file_id"));
  const file = known || (of("file_id") ? null : files.find((one) => one.file === of("file")));
  const digest = (file && file.sha256) || of("file_id");
  const name = of("file") || (file && file.file);
  return facts([["File", name && datum(name)], ["Record", of("record") === null ? null : `number ${of("record")} of the file`], ["SHA-256 of the file", digest && datum(digest, "hash")]]);
}

function showEvent(place) {
  const { events } = view;
  const skipped = [...HIDDEN_COLUMNS, "file", "file_id", "record"];
  const names = [...events.columns.keys()].filter((name) => !skipped.includes(name) && cell(events, name, place) !== null);
  const pairs = names.map((name) => [name === "time_us" ? "time" : spoken(name), valueWithFilter(name, cell(events, name, place))]);
  const record = make("div", "", make("p", "hint", "Unpacking the record …"));
  const around = closingTo("Show the minutes around it in the timeline", () => {
    showRange(events.times[place] - 10 * MINUTE, events.times[place] + 10 * MINUTE);
    byId("timeline").scrollIntoView();
  });
  const title = `${cell(events, "action", place) || "Event"} · ${whenOf(events, place)} UTC`;
  openPanel(title, facts(pairs), make("div", "actions", around), make("h3", "", "Where it stands"), provenance(place), make("h3", "", "The record as logged"), record);
  rawRecord(events, place).then((raw) => record.replaceChildren(...rawParts(raw, place)));
}

function rawParts(raw, place) {
  if (raw === null) {
    const id = cell(view.events, "event_id", place);
    const note = make("p", "note", "This file does not carry the record's own text (to stay small). Its file and number stand above; event id: ");
    note.append(datum(id ?? "none"));
    return [note];
  }
  const parts = [text(raw)];
  try {
    const pretty = JSON.stringify(JSON.parse(raw), null, 2);
    parts.unshift(make("details", "", make("summary", "", "Laid out for reading"), text(pretty)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // a record that is not JSON is shown as it is
  }
  return parts;
}

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
  const lines = [...places].sort((one, two) => one - two).slice(0, 200).map((place) => {
    const open = button("", "open", () => showEvent(place));
    open.append(eventLine(place));
    return make("li", "", open);
  });
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

function evidenceOf(gap) {
  const items = Array.isArray(gap.evidence) ? gap.evidence : gap.evidence ? [gap.evidence] : [];
  return items.length ? make("span", "", ...items.flatMap((item) => [datum(typeof item === "string" ? item : JSON.stringify(item)), " "])) : null;
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

function showGap(gap) {
  const { report } = view;
  const meaning = make("p", "big", stateOf(gap.state).meaning);
  const hit = report.verdicts.filter((verdict) => (verdict.uncovered || []).some((window) => window.stream === gap.stream && meets(window, gap)));
  const questions = hit.map((verdict) => make("li", "", button(visible(verdict.sentence || spoken(verdict.question)), "open", () => showVerdict(verdict))));
  const touched = questions.length ? make("div", "", make("h3", "", "Answers that it leaves open"), make("ul", "several", ...questions)) : null;
  const see = closingTo("Show it in the timeline", () => {
    const [start, end] = [gap.start ?? report.begin, gap.end ?? report.end];
    showRange(start - (end - start) * 0.2, end + (end - start) * 0.2);
    byId("timeline").scrollIntoView();
  });
  openPanel(`${stateOf(gap.state).word}: ${gap.stream}`, stateBadge(gap.state), meaning, gapFacts(gap, report), make("div", "actions", see), touched);
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
    return row("td", [open, log, bare(between(window.start, window.end)), bare(chance(window, view.report.as_of))]);
  });
  const more = windows.length > 500 ? make("p", "hint", `The first 500 of ${count(windows.length, "window")}.`) : null;
  return make("div", "", make("h3", "", "Where nobody could have seen it"), make("div", "scroll", sheet(["State", "Log", "Window (UTC)", "Can it be fetched?"], rows, "windows")), more);
}

function said(title, value) {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) return null;
  return make("div", "", make("h3", "", title), text(typeof value === "string" ? value : JSON.stringify(value, null, 2)));
}

function prose(title, value) {
  return value ? make("div", "", make("h3", "", title), make("p", "", datum(String(value).replace(/\s*\n\s*/g, " ")))) : null;
}

function showVerdict(verdict) {
  const kind = verdictOf(verdict.verdict);
  const places = verdict.events || [];
  const evidence = places.length ? make("div", "actions", closingTo(`Show its ${count(places.length, "event")} in the list`, () => showOnly(places))) : null;
  openPanel(
    verdict.sentence || spoken(verdict.question), badge(verdict.verdict), make("p", "big", kind.meaning),
    facts([["Question", datum(verdict.question)], ["About", verdict.subject && datum(verdict.subject)]]),
    sightings(verdict), strengthOf(verdict), evidence, prose("How to read it", verdict.meaning), prose("What it does not prove", verdict.limits),
    uncoveredTable(verdict), said("What the evidence must contain", verdict.needs), said("The query", verdict.sql),
  );
}

function watchPanel() {
  byId("detail-close").addEventListener("click", closePanel);
  byId("detail").addEventListener("click", (event) => { if (event.target === byId("detail")) closePanel(); });
}
