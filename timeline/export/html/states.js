// Every coverage state and verdict: its word, its plain meaning, its pattern or shape. Colours stand in style.css.
"use strict";

// Patterns are filled paths in a tile of 8 × 8; the chart and the legend draw the very same ones. From best to worst.
const STATES = [
  ["covered", "Covered", "Had it happened, this log would show it.", ""],
  ["lossy", "Lossy", "Some records are known to be missing here.", "M1,2a1.4,1.4 0 1,0 2.8,0a1.4,1.4 0 1,0 -2.8,0zM5,6a1.4,1.4 0 1,0 2.8,0a1.4,1.4 0 1,0 -2.8,0z"],
  ["silent", "Silent", "Suspiciously quiet: the log may have failed.", "M3,0h1.4v8h-1.4z"],
  ["pending", "Pending", "Not delivered yet when the log was collected: collect again.", "M0,3h5v1.6h-5z"],
  ["archived", "Archived", "Kept in an archive that was not restored: restore it.", "M0,0h8v1h-8zM0,0h1v8h-1z"],
  ["not_collected", "Not collected", "The log existed but was not fetched: fetch it before it expires.", "M0,6L6,0H8L0,8zM8,6V8H6z"],
  ["unknown", "Unknown", "Nobody has stated whether this log was kept: declare it.", "M2,1L4,3L6,1L7,2L5,4L7,6L6,7L4,5L2,7L1,6L3,4L1,2z"],
  ["disabled", "Switched off", "Logging was switched off: possibly by the intruder.", "M0,0h4v4h-4zM4,4h4v4h-4z"],
  ["not_enabled", "Not enabled", "The log did not exist yet, or was never switched on.", "M3,3h1.6v1.6h-1.6z"],
  ["expired", "Expired", "Deleted by its retention rule before it was collected: gone.", "M0,0H2.6L8,5.4V8zM0,5.4L2.6,8H0z"],
].map(([id, word, meaning, pattern]) => ({ id, word, meaning, pattern }));

const VERDICTS = [
  ["found", "Found", "The evidence shows it, and the logs were complete."],
  ["found_incomplete", "Found (incomplete)", "The evidence shows it; there may be more in windows that no log covers."],
  ["absent", "Absent", "Had it happened, the evidence would be here. It is not."],
  ["unknown", "Unknown", "Nobody can say: the logs that would show it are missing for some of the time."],
  ["refuted", "Ruled out", "The evidence excludes it at every time."],
].map(([id, word, meaning]) => ({ id, word, meaning }));

function short(id) {
  const words = visible(id);
  return words.length > 30 ? `${words.slice(0, 29)}…` : words;
}

// A verdict or state of a later version must never pass for a harmless one.
function stateOf(id) {
  return STATES.find((state) => state.id === id) || { ...STATES[6], word: `Unknown (${short(id)})` };
}

function verdictOf(id) {
  return VERDICTS.find((verdict) => verdict.id === id) || { ...VERDICTS[3], word: `Unknown (${short(id)})` };
}

function patternDefinitions() {
  const tiles = STATES.map((state) => {
    const back = drawn("rect", { width: 8, height: 8, class: `back-${state.id}` });
    const tile = { id: `tile-${state.id}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" };
    return drawn("pattern", tile, back, drawn("path", { d: state.pattern, class: `ink-${state.id}` }));
  });
  return drawn("svg", { width: 0, height: 0, class: "patterns", "aria-hidden": "true" }, drawn("defs", {}, ...tiles));
}

function swatch(id) {
  const box = { x: 0.5, y: 0.5, width: 31, height: 17, rx: 3, fill: `url(#tile-${stateOf(id).id})`, class: "swatch-box" };
  return drawn("svg", { viewBox: "0 0 32 18", class: "swatch", "aria-hidden": "true" }, drawn("rect", box));
}

const GLYPHS = {
  found: () => [drawn("circle", { cx: 10, cy: 10, r: 8, class: "solid" })],
  found_incomplete: () => [drawn("circle", { cx: 10, cy: 10, r: 7.5, class: "line" }), drawn("path", { d: "M10,2.5a7.5,7.5 0 0 0 0,15z", class: "solid" })],
  absent: () => [drawn("circle", { cx: 10, cy: 10, r: 7.5, class: "line" }), drawn("path", { d: "M4.7,15.3L15.3,4.7", class: "line" })],
  unknown: () => [
    drawn("rect", { x: 2, y: 2, width: 16, height: 16, rx: 3, class: "line dashed" }),
    drawn("path", { d: "M7.3,7.9a2.7,2.7 0 1 1 3.9,2.4q-1.2,.7-1.2,2M10,14.2v1", class: "line" }),
  ],
  refuted: () => [drawn("path", { d: "M4,4L16,16M16,4L4,16", class: "line" })],
};

/** Shape and word of a verdict; the colour only repeats them. */
function badge(id) {
  const verdict = verdictOf(id);
  const glyph = drawn("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" }, ...GLYPHS[verdict.id]());
  return make("span", `badge verdict-${verdict.id}`, glyph, make("span", "", verdict.word));
}

function stateBadge(id) {
  const state = stateOf(id);
  return make("span", "state", swatch(state.id), make("span", "", state.word));
}
