// The first screen: the case in one paragraph, verdict cards.
"use strict";

const FLAGS = new Map([["no_later_than", "on or before "], ["no_earlier_than", "on or after "]]);

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
  const more = others ? ` ${count(others, "further question")} ${others === 1 ? "was" : "were"} asked of the whole case.` : "";
  const answers = own.length ? `Of its ${count(own.length, "question")}: ${tally(own)}.${openQuestions(own)}` : "No question was asked of it.";
  return `This case looks at ${span}. ${base} ${answers}${more}`;
}

/** What to do first: evidence that is still there today, and until when. */
function urging(report) {
  if (!report.gaps.length) return null;
  const save = savable(report);
  const words = save.length ? `${count(save.length, "window")} of missing evidence can still be fetched${hurry(save, report.as_of)}.` : "Nothing of the missing evidence can be fetched any more.";
  const act = make("p", save.length ? "act" : "meta", words, " ");
  if (save.length) act.append(make("a", "", "Show what and until when"));
  if (save.length) act.lastChild.href = "#missing";
  return act;
}

/** The questions that nobody has asked yet: nothing is known of them, neither found nor absent. */
function unasked(names, total) {
  const how = "Ask one by timeline ask NAME, or all by timeline html --every-question.";
  const list = make("details", "", make("summary", "", "Which ones"), make("p", "meta", `${joined(names.map(spoken))}.`));
  return make("li", "", `${count(names.length, "question")} about anyone ${names.length === 1 ? "was" : "were"} not asked, because the case has ${count(total, "event")}. ${how}`, list);
}

/** How the file was made, where it does not show the whole case. */
function madeWords(report) {
  const made = report.made || {};
  const words = (made.focus || []).map((one) => make("li", "", datum(one)));
  if (made.redacted) words.push(make("li", "", "People and addresses have other names here than in the evidence, the same ones everywhere."));
  if (made.raw === false) words.push(make("li", "", "The records' own texts are not in this file."));
  if ((made.unasked || []).length) words.push(unasked(made.unasked, report.total));
  return words.length ? make("ul", "made", ...words) : null;
}

function zoneWords() {
  return clock.zone === "UTC" ? "All times are UTC." : `Times are shown in ${clock.zone}, each with its distance from UTC.`;
}

function showMast(report) {
  const kicker = make("p", "kicker", "Forensic timeline · what the logs show, and what they could have shown");
  const title = make("h1", "", datum(report.title));
  const notes = report.notes ? make("p", "notes") : null;
  if (notes) notes.textContent = visibleLines(report.notes);
  const state = make("p", "meta", `${zoneWords()} State of the evidence: ${moment(report.as_of)}.`);
  const parts = [kicker, title, make("p", "summary", paragraph(report)), urging(report), notes, madeWords(report), state];
  byId("mast").replaceChildren(...parts.filter(Boolean));
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
  const first = verdict.first === null ? "" : `, first ${FLAGS.get(verdict.first_is) || ""}${bare(moment(second(verdict.first)))}`;
  const last = verdict.last === null ? "" : `, last ${FLAGS.get(verdict.last_is) || ""}${bare(moment(second(verdict.last)))}`;
  return make("p", "sightings", `${count(verdict.rows, "finding")}${first}${last}.`);
}

function mending(verdict) {
  const open = (verdict.uncovered || []).filter((window) => window.mendable);
  if (!open.length) return null;
  return make("p", "mend", `${count(open.length, "window")} can still be fetched${hurry(open, view.report.as_of)}.`);
}

const STRENGTHS = new Map([
  ["proven", "Proven: the log attests its own silence."],
  ["strong", "Strong: the log promises completeness."],
  ["weak", "Weak: the log may lose records without a trace."],
]);

function strengthOf(verdict) {
  return STRENGTHS.has(verdict.strength) ? make("p", "sightings", STRENGTHS.get(verdict.strength)) : null;
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
  byId("cards").replaceChildren(...report.verdicts.slice(0, report.leading).map(card));
  showOthers(report.verdicts.slice(report.leading));
}

/** All questions but those of the chain: found first, then incomplete, absent, unknown. */
function showOthers(verdicts) {
  if (!verdicts.length) return;
  const heads = ["Answer", "Question", "Findings", `First (${clockName()})`, `Last (${clockName()})`, "Windows that no log covers"];
  const rank = (one) => VERDICTS.findIndex((kind) => kind.id === verdictOf(one.verdict).id);
  const ordered = [...verdicts].sort((one, two) => rank(one) - rank(two));
  const table = make("div", "scroll", sheet(heads, ordered.map(verdictRow), "verdicts"));
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "Every other question");
  byId("others").replaceChildren(make("h3", "", "Every other question, asked of the whole case"), make("p", "hint", `${tally(verdicts)}.`), table);
}

function bound(flag, micros) {
  const mark = flag === "no_later_than" ? "≤ " : flag === "no_earlier_than" ? "≥ " : "";
  return micros === null || micros === undefined ? "" : `${mark}${bare(moment(second(micros)))}`;
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

