// The lists below the answers: missing evidence, the legend, the artefact's path, the files.
"use strict";

const GAPS = 500;
const missing = { states: "", shown: GAPS };

function byUrgency(left, right) {
  const due = (gap) => (gap.mendable ? gap.deadline || 8e18 : 9e18);
  return due(left) - due(right) || (left.start ?? -9e18) - (right.start ?? -9e18);
}

function chance(gap, as_of) {
  if (!gap.mendable) return "no";
  if (!gap.deadline) return "yes";
  return `yes, ${gap.deadline > as_of ? `until ${moment(gap.deadline)}` : `expiring since ${moment(gap.deadline)}`}`;
}

function gapRow(gap, as_of) {
  const open = button("", "open", () => showGap(gap));
  open.append(stateBadge(gap.state));
  const scope = gap.scope ? make("span", "scope", " only ", datum(gap.scope)) : null;
  const log = make("span", "", datum(gap.stream), scope, " ", noteMarks("gap", gapKey(gap)));
  const line = row("td", [open, log, bare(between(gap.start, gap.end)), bare(chance(gap, as_of)), gap.cause ? datum(gap.cause) : ""]);
  line.className = gap.mendable ? "mendable" : "";
  return line;
}

function gapFits(gap) {
  if (missing.states === "mendable") return gap.mendable;
  return !missing.states || stateOf(gap.state).id === missing.states;
}

function fillGaps(report) {
  const ordered = report.gaps.filter(gapFits).sort(byUrgency);
  const rows = ordered.slice(0, missing.shown).map((gap) => gapRow(gap, report.as_of));
  byId("gaps").replaceChildren(sheet(["State", "Log", `Window (${clockName()})`, "Can it be fetched?", "Cause"], rows, "windows"));
  if (ordered.length <= missing.shown) return;
  const more = button(`Show ${Math.min(GAPS, ordered.length - missing.shown)} more of ${ordered.length.toLocaleString("en")}`, "", () => {
    missing.shown += GAPS;
    fillGaps(report);
  });
  byId("gaps").append(make("p", "more-gaps", more));
}

function gapControls(report) {
  const states = STATES.filter((state) => report.gaps.some((gap) => stateOf(gap.state).id === state.id));
  const options = [["", "all"], ["mendable", "can still be fetched"], ...states.map((state) => [state.id, state.word])];
  const choose = choices("Show", options, (state) => {
    Object.assign(missing, { states: state, shown: GAPS });
    fillGaps(report);
  });
  const copy = menu("Copy or save", button("Copy as CSV", "", () => copyText(csvOf(report.gaps.filter(gapFits).map(flatGap)), "The list as CSV")),
    button("Copy as JSON", "", () => copyText(jsonOf(report.gaps.filter(gapFits).map(flatGap)), "The list as JSON")));
  byId("gap-controls").replaceChildren(choose, copy);
}

/** A gap as `timeline gaps` gives it: its times in RFC 3339. */
function flatGap(gap) {
  const times = Object.fromEntries(["start", "end", "deadline"].map((name) => [name, gap[name] === null || gap[name] === undefined ? null : exactly(gap[name])]));
  return { ...gap, ...times, evidence: Array.isArray(gap.evidence) ? gap.evidence.join(" ") : gap.evidence };
}

function showMissing(report) {
  const save = savable(report).length;
  const first = save ? `${count(save, "window")} can still be fetched; they stand first, the most urgent on top.` : "None can be fetched any more.";
  byId("missing-lead").textContent = report.gaps.length
    ? `${count(report.gaps.length, "window")} in which some log is not plainly covered. ${first}`
    : "Every log is covered over the whole period.";
  if (!report.gaps.length) return byId("gaps").remove();
  gapControls(report);
  return fillGaps(report);
}

function showLegend() {
  const states = STATES.map((state) => make("li", "", swatch(state.id), make("span", "", make("b", "", state.word), ` ${state.meaning}`)));
  const marks = [
    ["mark-event", "Event", "One event; hollow: it failed."],
    ["mark-density", "Density", "Many events: the taller, the more. Zoom in to see each."],
    ["mark-named", "Finding", "An event that an answer rests on."],
    ["mark-path", "Path", "The way of the artefact and of what was made from it, from hop to hop."],
    ["mark-session", "Session", "From first to last event of one session of the chosen account."],
    ["mark-now", "State of the evidence", "Nothing later was looked at."],
    ...(typeof chartMarks === "function" ? chartMarks() : []),
  ].map(([mark, word, meaning]) => make("li", "", make("span", `mark ${mark}`), make("span", "", make("b", "", word), ` ${meaning}`)));
  byId("legend").replaceChildren(make("h3", "", "How to read it"), make("ul", "", ...states), make("ul", "", ...marks));
}

/** Hops that only repeat the one before, as one. */
function grouped(hops) {
  const groups = [];
  for (const one of hops) {
    const last = groups[groups.length - 1];
    const same = last && ["action", "object", "object_from", "actor", "grade"].every((name) => last[name] === one[name]);
    if (same) Object.assign(last, { times: last.times + 1, until: one.time });
    else groups.push({ ...one, times: 1 });
  }
  return groups;
}

function hop(one) {
  const again = one.times > 1 ? make("span", "dates", `${one.times} times, until ${moment(one.until)}`) : null;
  const from = one.object_from ? make("span", "", " from ", datum(one.object_from)) : null;
  const who = one.actor ? make("span", "", " by ", datum(one.actor)) : null;
  const grade = one.grade ? make("span", "grade", datum(one.grade)) : null;
  const what = make("span", "", make("b", "", datum(one.action || "")), " ", datum(one.object || ""), from, who, " ", grade);
  return make("li", "", make("time", "", moment(one.time)), what, again);
}

function showPath(report) {
  if (!report.path.length) return;
  byId("path").replaceChildren(make("h3", "", "The artefact's path"), make("ol", "path", ...grouped(report.path).map(hop)));
}

function fileRow(file) {
  const numbers = ["records", "events", "rejected", "duplicates", "skipped"].map((name) => String(file[name] ?? ""));
  const line = row("td", [datum(file.file ?? ""), datum(file.source ?? ""), ...numbers, datum(file.sha256 ?? file.file_id ?? "", "hash")]);
  if (file.rejected) line.className = "mendable";
  return line;
}

function showFiles(report) {
  const heads = ["File", "Kind of log", "Records", "Events", "Rejected", "Duplicates", "Skipped", "SHA-256"];
  const table = make("div", "scroll", sheet(heads, report.files.map(fileRow)));
  table.tabIndex = 0;
  const sums = report.files.reduce((sum, file) => sum + (file.rejected || 0), 0);
  const rejected = sums ? ` ${count(sums, "record")} could not be read; they count as missing evidence.` : "";
  byId("files").append(make("p", "lead", `Every file met, and what became of each of its records.${rejected}`), table);
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  byId("foot").append(facts([["Fingerprint of the case", datum(report.fingerprint)], ["Made with", datum(versions)]]));
  byId("foot").append(make("p", "", "This file is complete in itself. It makes no request to any network."));
}
