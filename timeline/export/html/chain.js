// The chain as a strip: found moments filled, feasible windows hatched, one row a step, one axis for all.
"use strict";

function yearsOrDays(begin, end) {
  const steps = [1 / 24, 1, 7, 14, 30.4375, 91.3125, 182.625, 365.25, 730.5].map((days) => days * DAY);
  return steps.find((step) => (end - begin) / step <= 8) || 3652.5 * DAY;
}

/** Ticks on the calendar of the chosen clock: months where the step is months, else multiples of the step. */
function ticks(begin, end) {
  const step = yearsOrDays(begin, end);
  const months = Math.round(step / (30.4375 * DAY));
  const [from, to] = [shifted(begin), shifted(end)];
  const found = [];
  if (months < 1) {
    for (let at = Math.ceil(from / step) * step; at < to; at += step) found.push(unshifted(at));
    return found;
  }
  const date = new Date(from / 1000);
  for (let month = 0; month < 2400; month += months) {
    const at = Date.UTC(date.getUTCFullYear(), Math.ceil(date.getUTCMonth() / months) * months + month) * 1000;
    if (at >= to) break;
    if (at >= from) found.push(unshifted(at));
  }
  return found;
}

function tickName(at, begin, end) {
  const text = instant(at);
  if (end - begin > 60 * DAY) return text.slice(0, 7);
  return end - begin > 4 * DAY ? text.slice(5, 10) : text.slice(5, 16);
}

function put(node, from, to, report) {
  const scale = (time) => Math.max(0, Math.min(100, (100 * (time - report.begin)) / (report.end - report.begin)));
  node.style.left = `${scale(from)}%`;
  if (to !== null) node.style.width = `${scale(to) - scale(from)}%`;
  return node;
}

function windowMark(step, window, report) {
  const start = window.start ?? report.begin;
  const end = window.end ?? report.end;
  const found = step.verdict === "found" || step.verdict === "found_incomplete";
  const instantly = found && end - start < (report.end - report.begin) / 200;
  const kind = instantly ? "moment" : `window ${found ? "window-found" : "window-feasible"}`;
  const node = put(make("span", kind), start, instantly ? null : end, report);
  node.title = `${found ? "found" : "feasible"}: ${between(start, end)}`;
  return node;
}

function stepWindows(step) {
  if (Array.isArray(step.windows)) return step.windows;
  return step.earliest === null && step.latest === null ? [] : [{ start: step.earliest, end: step.latest }];
}

/** Windows that no eye could tell apart, drawn as one: a step may have been found thousands of times. */
function merged(windows, report) {
  const near = (report.end - report.begin) / 2000;
  const found = [];
  for (const window of windows) {
    const last = found[found.length - 1];
    if (last && last.end !== null && window.start - last.end < near) last.end = window.end;
    else found.push({ ...window });
  }
  return found;
}

function stepWords(step) {
  const found = step.verdict === "found" || step.verdict === "found_incomplete";
  if (step.verdict === "refuted") return "Ruled out at every time.";
  const windows = stepWindows(step);
  if (found && step.earliest !== null) return step.latest - step.earliest <= 1e6 ? moment(second(step.earliest)) : between(second(step.earliest), second(step.latest));
  if (!windows.length) return "";
  const parts = windows.length > 1 ? `, in ${count(windows.length, "window")}` : "";
  return `Feasible ${between(rough(step.earliest), rough(step.latest))}${parts}.`;
}

function stepRow(step, report) {
  const track = make("div", "track", ...merged(stepWindows(step), report).map((window) => windowMark(step, window, report)));
  for (const at of ticks(report.begin, report.end)) track.prepend(put(make("i", "tick"), at, null, report));
  track.setAttribute("role", "img");
  track.setAttribute("aria-label", stepWords(step) || "no time left");
  const head = make("div", "step-head", make("b", "", spoken(step.step)), badge(step.verdict));
  const because = step.because ? make("p", "because") : null;
  if (because) because.append(datum(Array.isArray(step.because) ? step.because.join("; ") : step.because));
  return make("div", "step", head, make("div", "", track, make("p", "when", stepWords(step)), because));
}

function showChain(report) {
  if (!byId("order")) return;
  if (!report.chain.length) return withdraw("order");
  const axis = make("div", "track axis");
  const edge = report.end - (report.end - report.begin) / 14; // a name would not fit behind it
  for (const at of ticks(report.begin, report.end).filter((one) => one < edge)) {
    axis.append(put(make("span", "tick-name", tickName(at, report.begin, report.end)), at, null, report));
  }
  const top = make("div", "step step-axis", make("span", "", ""), axis);
  byId("chain").replaceChildren(top, ...report.chain.map((step) => stepRow(step, report)));
}
