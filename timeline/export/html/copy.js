// Events as JSON and CSV for the clipboard or a file: safe in a spreadsheet, and free of characters that act unseen.
"use strict";

const MOST_COPIED = 100_000;

/** One event as `timeline events --format json` gives it: `time` in RFC 3339, unknowns left out. */
function exported(place) {
  const pairs = [["time", exactly(view.events.times[place])]];
  for (const [name, column] of view.events.columns) {
    const value = HIDDEN_COLUMNS.includes(name) ? null : cell(view.events, name, place);
    if (value !== null) pairs.push([name, column.kind === "time" ? exactly(value) : value]);
  }
  return Object.fromEntries(pairs);
}

function coded(text) {
  return [...text].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}${one.length > 1 ? `\\u${one.charCodeAt(1).toString(16).padStart(4, "0")}` : ""}`).join("");
}

/** JSON whose unseen characters are escapes: every value stays what it was. */
function jsonOf(value) {
  return JSON.stringify(value, null, 1).replace(UNSEEN, (one) => (one === "\n" ? one : coded(one)));
}

/** A cell that no spreadsheet takes for a formula; unseen characters are shown as signs. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const first = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? "'" : "";
  const text = first + visible(value);
  return /[",;\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvOf(rows) {
  const names = [...new Set(rows.flatMap(Object.keys))];
  const lines = [names.map(csvCell), ...rows.map((one) => names.map((name) => csvCell(Object.hasOwn(one, name) ? one[name] : null)))];
  return lines.map((line) => line.join(",")).join("\r\n") + "\r\n";
}

function writtenAs(rows, kind) {
  return kind === "csv" ? csvOf(rows) : jsonOf(rows);
}

/** The old way to the clipboard, for browsers that refuse the new one to files. */
function copyOld(text) {
  const area = make("textarea", "unseen");
  area.value = text;
  (document.querySelector("dialog[open]") || document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copyText(text, what) {
  const done = await navigator.clipboard.writeText(text).then(() => true, () => copyOld(text));
  announce(done ? `${what} copied.` : "This browser does not let the page copy; save it as a file instead.");
}

function cutTo(places) {
  return places.length > MOST_COPIED ? places.slice(0, MOST_COPIED) : places;
}

function copyEvents(places, kind) {
  const some = cutTo(places);
  const cut = some.length < places.length ? ` (the first of ${places.length.toLocaleString("en")})` : "";
  return copyText(writtenAs(some.map(exported), kind), `${count(some.length, "event")}${cut} as ${kind.toUpperCase()}`);
}

function saveText(text, name, type) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(`${name} saved.`);
}

function saveEvents(places, kind) {
  if (!places.length) return announce("There is no such event to save.");
  return saveText(writtenAs(places.map(exported), kind), `events.${kind}`, kind === "csv" ? "text/csv" : "application/json");
}

/** One event with its record, for the panel. */
async function copyOne(place, kind) {
  const raw = await rawRecord(view.events, place);
  const one = raw === null ? exported(place) : { ...exported(place), raw };
  await copyText(kind === "csv" ? csvOf([one]) : jsonOf(one), `The event as ${kind.toUpperCase()}`);
}
