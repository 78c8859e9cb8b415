// The first screen and the lists: the case in one paragraph, verdict cards, missing evidence, files.
"use strict";

const FLAGS = { no_later_than: "on or before ", no_earlier_than: "on or after " };

function tally(verdicts) {
  const words = VERDICTS.map((kind) => [kind, verdicts.filter((one) => verdictOf(one.verdict).id === kind.id).length]);
  return joined(words.filter(([, number]) => number).map(([kind, number]) => `${number} ${kind.word.toLowerCase()}`));
}

/** The questions that nobody can answer, in full: the most important sentence for a reader in a hurry. */
function openQuestions(verdicts) {
  const open = verdicts.filter((one) => verdictOf(one.verdict).id === "unknown");
  const named = joined(open.slice(0, 3).map((one) => `“${visible(one.sentence || spoken(one.question))}”`));
  const more = open.length > 3 ? ` and ${count(open.length - 3, "more question")}` : "";
  return open.length ? ` It cannot say: ${named}${more}.` : "";
}

function savable(report) {
  return report.gaps.filter((gap) => gap.mendable);
}

/** How soon windows that can still be fetched begin to be lost: ", the first only until …", or what is being lost already. */
function hurry(windows, as_of) {
  const deadlines = windows.map((window) => window.deadline).filter(Boolean);
  const ahead = deadlines.filter((deadline) => deadline > as_of);
  const going = deadlines.length - ahead.length;
  const first = ahead.length ? `, the first only until ${moment(ahead.reduce((one, two) => Math.min(one, two)))}` : "";
  return `${going ? `, ${going.toLocaleString("en")} of them ${going === 1 ? "is" : "are"} being lost already` : ""}${first}`;
}

function paragraph(report) {
  const span = `${between(report.begin, report.end)} (${lasting(report.end - report.begin)})`;
  const base = `It rests on ${count(report.total, "event")} from ${count(report.files.length, "file")} in ${count(report.streams.length, "log")}.`;
  const own = report.verdicts.slice(0, report.leading);
  const others = report.verdicts.length - own.length;
  const more = others ? ` ${count(others, "further question")} were asked of the whole case.` : "";
  const answers = own.length ? `Of its ${count(own.length, "question")}: ${tally(own)}.${openQuestions(own)}` : "No question was asked of it.";
  const asked = `${answers}${more}`;
  const save = savable(report);
  const mend = save.length ? ` ${count(save.length, "window")} of missing evidence can still be fetched${hurry(save, report.as_of)}.` : "";
  const none = " Nothing of the missing evidence can be fetched any more.";
  return `This case looks at ${span}. ${base} ${asked}${mend || (report.gaps.length ? none : "")}`;
}

function showMast(report) {
  const kicker = make("p", "kicker", "Forensic timeline · what the logs show, and what they could have shown");
  const title = make("h1", "", datum(report.title));
  const notes = report.notes ? make("p", "notes") : null;
  if (notes) notes.textContent = visibleLines(report.notes);
  const state = make("p", "meta", `All times are UTC. State of the evidence: ${moment(report.as_of)}.`);
  byId("mast").append(kicker, title, make("p", "summary", paragraph(report)), ...(notes ? [notes] : []), state);
}

/** Windows of one verdict, by log and state, the longest first. */
function windowsByCause(uncovered) {
  const groups = new Map();
  for (const window of uncovered) {
    const key = JSON.stringify([window.stream, window.state]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(window);
  }
  const extent = (group) => group.reduce((sum, one) => sum + ((one.end ?? Infinity) - (one.start ?? -Infinity)), 0);
  return [...groups.values()].sort((left, right) => extent(right) - extent(left) || 0);
}

function reason(group) {
  const [first] = group;
  const more = group.length > 1 ? ` and ${count(group.length - 1, "more window")}` : "";
  const dates = make("span", "dates", `${bare(between(rough(first.start), rough(first.end)))}${more}`);
  return make("li", "", swatch(first.state), make("span", "", make("b", "", stateOf(first.state).word), " ", datum(first.stream), " ", dates));
}

function reasons(verdict) {
  const groups = windowsByCause(verdict.uncovered || []);
  if (!groups.length) return null;
  const list = make("ul", "reasons", ...groups.slice(0, 3).map(reason));
  const rest = groups.slice(3).reduce((sum, group) => sum + group.length, 0);
  if (rest) list.append(make("li", "more", `and ${count(rest, "more window")}`));
  return list;
}

function sightings(verdict) {
  if (!verdict.rows) return null;
  const first = verdict.first === null ? "" : `, first ${FLAGS[verdict.first_is] || ""}${bare(moment(second(verdict.first)))}`;
  const last = verdict.last === null ? "" : `, last ${FLAGS[verdict.last_is] || ""}${bare(moment(second(verdict.last)))}`;
  return make("p", "sightings", `${count(verdict.rows, "finding")}${first}${last}.`);
}

function mending(verdict) {
  const open = (verdict.uncovered || []).filter((window) => window.mendable);
  if (!open.length) return null;
  return make("p", "mend", `${count(open.length, "window")} can still be fetched${hurry(open, view.report.as_of)}.`);
}

function strengthOf(verdict) {
  const words = {
    proven: "Proven: the log attests its own silence.",
    strong: "Strong: the log promises completeness.",
    weak: "Weak: the log may lose records without a trace.",
  };
  return words[verdict.strength] ? make("p", "sightings", words[verdict.strength]) : null;
}

function card(verdict) {
  const title = make("h3", "", button("", "open", () => showVerdict(verdict)));
  title.firstChild.append(datum(verdict.sentence || spoken(verdict.question)));
  const subject = verdict.subject ? make("p", "subject", datum(verdict.subject)) : null;
  const plain = make("p", "plain", verdictOf(verdict.verdict).meaning);
  const head = make("div", "card-head", badge(verdict.verdict));
  const kind = `card card-${verdictOf(verdict.verdict).id}`;
  return make("article", kind, head, title, subject, plain, sightings(verdict), strengthOf(verdict), reasons(verdict), mending(verdict));
}

function showAnswers(report) {
  byId("answers-lead").textContent = report.verdicts.length
    ? "Each question was put to the evidence together with the logs it needs. Open a card for its evidence, its needs and its query."
    : "No question was put to this case.";
  byId("cards").append(...report.verdicts.slice(0, report.leading).map(card));
  const rest = report.verdicts.slice(report.leading);
  if (!rest.length) return;
  const heads = ["Answer", "Question", "Findings", "First (UTC)", "Last (UTC)", "Windows that no log covers"];
  const table = make("div", "scroll", sheet(heads, rest.map(verdictRow), "verdicts"));
  table.tabIndex = 0;
  byId("cards").after(make("h3", "", "Every other question, asked of the whole case"), table);
}

function bound(flag, micros) {
  const marks = { no_later_than: "≤ ", no_earlier_than: "≥ " };
  return micros === null || micros === undefined ? "" : `${marks[flag] || ""}${bare(moment(second(micros)))}`;
}

function verdictRow(verdict) {
  const open = button("", "open", () => showVerdict(verdict));
  open.append(datum(verdict.sentence || spoken(verdict.question)));
  const windows = (verdict.uncovered || []).length;
  const savable = (verdict.uncovered || []).filter((window) => window.mendable).length;
  const uncovered = windows ? `${windows.toLocaleString("en")}${savable ? `, ${savable} can be fetched` : ""}` : "none";
  const found = verdict.rows ? verdict.rows.toLocaleString("en") : "";
  return row("td", [badge(verdict.verdict), open, found, bound(verdict.first_is, verdict.first), bound(verdict.last_is, verdict.last), uncovered]);
}

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
  const log = make("span", "", datum(gap.stream), scope);
  const line = row("td", [open, log, bare(between(gap.start, gap.end)), bare(chance(gap, as_of)), gap.cause ? datum(gap.cause) : ""]);
  line.className = gap.mendable ? "mendable" : "";
  return line;
}

function showMissing(report) {
  const save = savable(report).length;
  const first = save ? `${count(save, "window")} can still be fetched; they stand first, the most urgent on top.` : "None can be fetched any more.";
  byId("missing-lead").textContent = report.gaps.length
    ? `${count(report.gaps.length, "window")} in which some log is not plainly covered. ${first}`
    : "Every log is covered over the whole period.";
  if (!report.gaps.length) return byId("gaps").remove();
  const heads = ["State", "Log", "Window (UTC)", "Can it be fetched?", "Cause"];
  const ordered = [...report.gaps].sort(byUrgency);
  const shown = ordered.slice(0, 500).map((gap) => gapRow(gap, report.as_of));
  byId("gaps").append(sheet(heads, shown, "windows"));
  if (ordered.length > 500) byId("gaps").append(make("p", "hint", `The 500 most urgent of ${ordered.length} are listed; the chart shows all.`));
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
  ].map(([mark, word, meaning]) => make("li", "", make("span", `mark ${mark}`), make("span", "", make("b", "", word), ` ${meaning}`)));
  byId("legend").append(make("h3", "", "How to read it"), make("ul", "", ...states), make("ul", "", ...marks));
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
  byId("path").append(make("h3", "", "The artefact's path"), make("ol", "path", ...grouped(report.path).map(hop)));
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
