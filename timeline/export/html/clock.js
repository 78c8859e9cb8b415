// The time zone that times are shown in. Times are kept as microseconds in UTC; only their words change.
"use strict";

const QUARTER = 15 * 60e6; // every zone's offset changes at a quarter of an hour, since 1972 at least
const FAR = 8.64e18; // beyond it there is no calendar
const clock = { zone: "UTC", format: null, offsets: new Map() };

function formatOf(zone) {
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", era: "short", ...fields });
}

function readOffset(millis) {
  const part = Object.fromEntries(clock.format.formatToParts(millis).map(({ type, value }) => [type, value]));
  const date = new Date(0);
  date.setUTCFullYear(part.era === "BC" ? 1 - part.year : +part.year, part.month - 1, +part.day);
  date.setUTCHours(+part.hour, +part.minute, +part.second);
  return (date.getTime() - Math.floor(millis / 1000) * 1000) * 1000;
}

/** How far the chosen zone is ahead of UTC at an instant, in microseconds. */
function offsetAt(micros) {
  if (clock.zone === "UTC" || !(Math.abs(micros) < FAR)) return 0;
  const quarter = Math.floor(micros / QUARTER);
  if (!clock.offsets.has(quarter)) {
    if (clock.offsets.size > 20_000) clock.offsets.clear();
    clock.offsets.set(quarter, readOffset((quarter * QUARTER) / 1000));
  }
  return clock.offsets.get(quarter);
}

/** The instant as a clock on the wall of the zone shows it. */
function shifted(micros) {
  return micros + offsetAt(micros);
}

/** The instant at which the wall shows this. */
function unshifted(wall) {
  return wall - offsetAt(wall - offsetAt(wall));
}

function clockName() {
  return clock.zone;
}

/** The label of one instant: UTC, UTC+2, UTC-3:30. */
function clockLabel(micros) {
  const minutes = Math.round(offsetAt(micros) / 60e6);
  if (clock.zone === "UTC") return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** Changes the zone; false if this browser knows no such zone. */
function setClock(zone) {
  if (zone === clock.zone) return true;
  try {
    const format = formatOf(zone);
    Object.assign(clock, { zone, format, offsets: new Map() });
  } catch {
    return false;
  }
  tell("clock");
  return true;
}

const DOUBTFUL = {
  year_inferred: "year inferred",
  ambiguous: "the clock showed this hour twice",
  by_order: "told by the order of records",
  nonexistent: "the clock left this hour out",
};

/** When an event happened, no finer than its log says; a day alone has no zone and stays what the log states. */
function whenOf(events, place) {
  const precision = cell(events, "time_precision", place);
  const micros = events.times[place];
  if (precision === "day") return `${exactly(micros).slice(0, 10)} (day only)`;
  const label = clock.zone === "UTC" ? "" : ` ${clockLabel(micros)}`;
  const doubts = (precision ?? "").split(",").filter((word) => Object.hasOwn(DOUBTFUL, word));
  return `${instant(micros)}${label}${doubts.length ? ` (${doubts.map((word) => DOUBTFUL[word]).join("; ")})` : ""}`;
}

function zoneGroups() {
  const all = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
  const groups = new Map([["", ["UTC"]]]);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here && here !== "UTC") groups.set("This computer", [here]);
  for (const zone of all.filter((one) => one.includes("/"))) {
    const region = zone.split("/")[0];
    if (!groups.has(region)) groups.set(region, []);
    groups.get(region).push(zone);
  }
  return groups;
}

function zoneOption(zone) {
  const option = make("option", "", zone.replaceAll("_", " "));
  option.value = zone;
  return option;
}

function showClock() {
  const select = make("select", "");
  select.id = "zone";
  for (const [region, zones] of zoneGroups()) {
    const group = region ? make("optgroup", "") : select;
    if (region) group.label = region;
    group.append(...zones.map(zoneOption));
    if (region) select.append(group);
  }
  select.addEventListener("change", () => setClock(select.value));
  hear("clock", () => {
    if (![...select.options].some((option) => option.value === clock.zone)) select.append(zoneOption(clock.zone));
    select.value = clock.zone;
  });
  byId("clock").append(make("label", "field", make("span", "", "Times in"), select));
}
