// Where the ticks of the time axis stand and what they are called, in the chosen time zone, down to the microsecond.
"use strict";

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((one) => [one, one * 1000]).sort((one, two) => one - two);
const FINER = [...STEPS, ...[1, 2, 5, 10, 15, 30].map((one) => one * 1e6), ...[1, 2, 5, 10, 15, 30].map((one) => one * MINUTE), ...[1, 2, 3, 6, 12].map((one) => one * HOUR)];
const BY_HOURS = 4 * DAY;

function fineStep(span) {
  const most = view.size.wide ? 9 : 4;
  return FINER.find((step) => span / step <= most) || DAY;
}

/** Ticks of a range: on the calendar when it is long, on round clock times when it is short. */
function axisTicks(low, high) {
  if (high - low > BY_HOURS) return ticks(low, high).filter((_, place, all) => view.size.wide || all.length < 5 || place % 2 === 0);
  const step = fineStep(high - low);
  const found = [];
  for (let at = Math.ceil(shifted(low) / step) * step; at < shifted(high); at += step) found.push(unshifted(at));
  return found;
}

function axisName(at, low, high) {
  if (high - low > BY_HOURS) return tickName(at, low, high);
  const text = instant(Math.round(at));
  const step = fineStep(high - low);
  if (step >= MINUTE) return high - low > 18 * HOUR ? text.slice(5, 16) : text.slice(11, 16);
  return text.slice(11);
}

/** The day or second that all ticks of a short range share, and the zone: no axis without its label. */
function axisLabel(low, high) {
  const zone = clock.zone === "UTC" ? "UTC" : `${clockName().replaceAll("_", " ")} (${clockLabel((low + high) / 2)})`;
  return high - low > 18 * HOUR ? zone : `${instant(Math.floor(low)).slice(0, 10)} · ${zone}`;
}
