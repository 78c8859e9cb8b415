// What analysts wrote in the case: stars, tags and comments on events and gaps, and views to come back to.
"use strict";

const notes = { byTarget: new Map(), starred: new Set() };

function notesOf(kind, target) {
  return notes.byTarget.get(`${kind} ${target}`) || [];
}

function hasNotes() {
  return [...notes.byTarget.keys()].some((key) => key.startsWith("event "));
}

/** A star by its shape and its word, each tag as a label, and a sign that somebody wrote something. */
function noteMarks(kind, target) {
  const found = notesOf(kind, target);
  if (!found.length) return "";
  const marks = [];
  if (found.some((note) => note.star)) marks.push(make("span", "star", make("span", "", "★"), make("span", "unseen", "starred")));
  for (const tag of new Set(found.map((note) => note.tag).filter(Boolean))) marks.push(datum(tag, "tag"));
  const words = found.map((note) => note.text).filter(Boolean);
  if (words.length) marks.push(datum(words.join(" · "), "remark"));
  return make("span", "note-marks", ...marks);
}

function noteItem(note, open) {
  const by = [note.author && visible(note.author), note.time && moment(note.time)].filter(Boolean).join(", ");
  const head = make("p", "note-head", note.star ? "★ starred " : "", note.tag ? datum(note.tag, "tag") : "", " ", make("span", "dates", by));
  const words = note.text ? make("p", "note-text") : null;
  if (words) words.textContent = visibleLines(note.text);
  return make("li", "", open, head, words);
}

/** All that was noted about one thing, for its panel; null if nothing was. */
function noteList(kind, target) {
  const found = notesOf(kind, target);
  return found.length ? make("div", "", make("h3", "", "Notes"), make("ul", "note-list", ...found.map((note) => noteItem(note)))) : null;
}

/** Gaps are noted by their own words: stream, scope, state and start. */
function gapKey(gap) {
  return [gap.stream, gap.scope || "", gap.state, gap.start ?? ""].join("~");
}

/** The way to what a note is about, in words that say what that is. */
function noteTarget(note, places) {
  const place = note.kind === "event" ? places.get(note.target) : undefined;
  const gap = note.kind === "gap" ? gapOfKey(note.target) : undefined;
  if (place === undefined && !gap) return make("p", "", spoken(note.kind), " ", datum(note.target), note.there === false ? " (no longer in the case)" : " (not listed one by one in this file)");
  const open = button("", "open linked", () => (gap ? showGap(gap) : showEvent(place)));
  open.append(...(gap ? [stateBadge(gap.state), " ", datum(gap.stream), " ", make("span", "dates", between(gap.start, gap.end))] : [eventLine(place)]));
  return open;
}

/** All notes on events and gaps, by time. */
function showNoted(report) {
  const own = (report.notes_made || []).filter((note) => note.kind === "event" || note.kind === "gap");
  if (!own.length) return byId("noted") && withdraw("noted");
  const places = placesOf(new Set(own.filter((note) => note.kind === "event").map((note) => String(note.target))));
  return byId("noted-list").replaceChildren(make("ul", "note-list", ...own.map((note) => noteItem(note, noteTarget(note, places)))));
}

function showViews() {
  const views = (view.report.notes_made || []).filter((note) => note.kind === "view" && String(note.target || "").includes("="));
  const buttons = views.map((note) => {
    const made = button("", "view", () => followLink(String(note.target)));
    made.append(datum(note.tag || "view"));
    made.title = visible(note.text || "");
    return made;
  });
  byId("views").replaceChildren(...(buttons.length ? [make("span", "hint", "Saved views:"), ...buttons] : []));
}

/** Sorts the notes by what they are about; before anything that shows them. */
function gatherNotes(report) {
  for (const note of report.notes_made || []) {
    const key = `${note.kind} ${note.target}`;
    if (!notes.byTarget.has(key)) notes.byTarget.set(key, []);
    notes.byTarget.get(key).push(note);
  }
}

function showNotes() {
  const starred = (view.report.notes_made || []).filter((note) => note.kind === "event" && note.star);
  notes.starred = new Set(placesOf(new Set(starred.map((note) => String(note.target)))).values());
  showViews();
  showNoted(view.report);
}
