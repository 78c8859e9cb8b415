// What retention would have done: for each question, how long its logs would have had to be kept.
"use strict";

const LENGTHS = [30, 90, 180, 365, 730, 1095, 1825, 3650];

function ofDays(days) {
  return days >= 730 && days % 365 === 0 ? `${days / 365} years` : count(days, "day");
}

/** The length at the right end: the longest that any question needs, and somewhat more. */
function longestLength(rows) {
  const needed = rows.flatMap((row) => [row.needed_days, row.survives_days]).filter((days) => days);
  const most = Math.max(60, ...needed) * 1.15;
  return LENGTHS.find((days) => days >= most) || most;
}

function lengthMark(node, from, to, whole) {
  const scale = (days) => (100 * Math.min(days, whole)) / whole;
  node.style.left = `${scale(from)}%`;
  if (to !== null) node.style.width = `${scale(to) - scale(from)}%`;
  return node;
}

function keptWords(row) {
  const stands = row.survives_days ? `Today's answer would stand from ${ofDays(row.survives_days)} on. ` : "";
  const needs = row.needed_days
    ? `Nothing that the question needs would have expired with ${ofDays(row.needed_days)}.`
    : "No retention by age would have been enough.";
  return `${stands}${needs}`;
}

function keptRow(row, whole) {
  const enough = row.needed_days || whole;
  const short = lengthMark(make("span", "window window-lost"), 0, enough, whole);
  const track = make("div", "track", short);
  if (row.needed_days) track.append(lengthMark(make("span", "window window-kept"), enough, whole, whole));
  if (row.survives_days) track.append(lengthMark(make("span", "moment"), row.survives_days, null, whole));
  for (const days of LENGTHS.filter((one) => one < whole)) track.prepend(lengthMark(make("i", "tick"), days, null, whole));
  track.setAttribute("role", "img");
  track.setAttribute("aria-label", keptWords(row));
  const head = make("div", "step-head", make("b", "", spoken(row.question)), badge(row.verdict));
  const because = row.because ? make("p", "because") : null;
  if (because) because.append(datum(row.because));
  return make("div", "step", head, make("div", "", track, make("p", "when", keptWords(row)), because));
}

function showKept(report) {
  if (!report.retention.length) return withdraw("kept");
  const whole = longestLength(report.retention);
  const axis = make("div", "track axis");
  for (const days of LENGTHS.filter((one) => one < whole * 0.93)) {
    const apart = days >= whole / 12;
    if (apart) axis.append(lengthMark(make("span", "tick-name", days < 365 ? `${days} d` : `${days / 365} y`), days, null, whole));
  }
  const top = make("div", "step step-axis", make("span", "", ""), axis);
  return byId("lengths").append(top, ...report.retention.map((row) => keptRow(row, whole)));
}
