// Words and times for people. Whatever comes from a log passes `visible` before it is shown.
"use strict";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const PLAIN = /^[\x20-\x7e]*$/; // most words: nothing to look for
const MINUTE = 60e6;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function symbol(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Text with every control, bidirectional and other unseen character shown as a sign or its code. */
function visible(value) {
  const words = String(value);
  return PLAIN.test(words) ? words : words.replace(UNSEEN, symbol);
}

/** The same, but line breaks still break lines. */
function visibleLines(value) {
  return String(value).replace(/\r\n|\n/g, "\u0000").replace(UNSEEN, (one) => (one === "\u0000" ? "\n" : symbol(one)));
}

/** Microseconds as 2023-05-16 03:00:00.123456 on the chosen clock, as many digits of the fraction as there are. */
function instant(micros) {
  return micros === null || micros === undefined || Number.isNaN(micros) ? "not stated" : written(micros, shifted(micros));
}

function written(micros, wall) {
  const millis = Math.floor(wall / 1000);
  const date = new Date(millis);
  if (Number.isNaN(date.getTime())) return micros < 0 ? "since ever" : "without end";
  const [day, rest] = date.toISOString().split("T");
  const rest6 = rest.slice(9, 12) + String(wall - millis * 1000).padStart(3, "0");
  const fraction = rest6.replace(/0+$/, "");
  return `${day} ${rest.slice(0, 8)}${fraction ? `.${fraction}` : ""}`;
}

/** The same in UTC whatever the clock: what is compared, copied or linked. */
function exactly(micros) {
  const text = written(micros, micros);
  return /^[a-z]/.test(text) ? text : `${text.replace(" ", "T").replace(/\.\d+$/, "")}.${(text.split(".")[1] || "").padEnd(6, "0")}Z`;
}

/** An instant that is labelled, and cut to the day where it is a midnight. */
function moment(micros) {
  const text = instant(micros);
  return /^[a-z]/.test(text) ? text : `${text.replace(/ 00:00:00$/, "")} ${clockLabel(micros)}`;
}

/** To the second: for the first screen, where the digits behind it only stand in the way. */
function rough(micros) {
  return micros === null || micros === undefined ? micros : Math.round(micros / 1e6) * 1e6;
}

/** The second that an instant lies in. */
function second(micros) {
  return Math.floor(micros / 1e6) * 1e6;
}

function between(start, end) {
  if (start === null && end === null) return "at all times";
  if (start === null) return `until ${moment(end)}`;
  if (end === null) return `from ${moment(start)} on`;
  const first = clockLabel(start) === clockLabel(end) ? moment(start).replace(/ UTC\S*$/, "") : moment(start);
  return `${first} – ${moment(end)}`;
}

/** Without its label, for a column whose head carries it; a zone's offset stays, because it may change within the column. */
function bare(text) {
  return clock.zone === "UTC" ? text.replaceAll(" UTC", "") : text;
}

function lasting(micros) {
  if (!Number.isFinite(micros)) return "open";
  if (micros >= 2 * DAY) return `${Math.round(micros / DAY).toLocaleString("en")} days`;
  if (micros >= 2 * HOUR) return `${Math.round(micros / HOUR)} hours`;
  if (micros >= 2 * MINUTE) return `${Math.round(micros / MINUTE)} minutes`;
  return `${Math.round(micros / 1e4) / 100} seconds`;
}

function count(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many || `${one}s`}`;
}

function joined(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** A vendor's name in plain words: found_incomplete → found incomplete. */
function spoken(name) {
  return visible(name).replace(/[_-]+/g, " ");
}
