// Reads what the file carries: the case as JSON, the events as compressed columns, raw records block by block.
"use strict";

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < binary.length; place += 1) bytes[place] = binary.charCodeAt(place);
  return bytes;
}

async function unpacked(id) {
  const packed = new Blob([bytesOf(byId(`data-${id}`).textContent)]);
  const stream = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Numbers from planes of bytes: all lowest bytes, then all second bytes, … */
function numbersAt(bytes, start, rows, planes, Kind) {
  const numbers = new Kind(rows);
  for (let plane = 0, weight = 1; plane < planes; plane += 1, weight *= 256) {
    const offset = start + plane * rows;
    for (let place = 0; place < rows; place += 1) numbers[place] += bytes[offset + place] * weight;
  }
  return numbers;
}

function summed(steps, first) {
  for (let place = 0, sum = first; place < steps.length; place += 1) steps[place] = sum += steps[place];
  return steps;
}

function lowered(numbers) {
  for (let place = 0; place < numbers.length; place += 1) numbers[place] = numbers[place] === 0 ? NaN : numbers[place] - 1;
  return numbers;
}

function hexAt(column, place) {
  let text = "";
  for (let plane = 0; plane < column.planes; plane += 1) {
    text += column.bytes[column.start + plane * column.rows + place].toString(16).padStart(2, "0");
  }
  return text;
}

function columnOf(facts, bytes, start, rows) {
  if (facts.kind === "digest") return { ...facts, bytes, start, rows };
  if (facts.kind === "words") {
    return { ...facts, codes: numbersAt(bytes, start, rows, facts.planes, Uint32Array) };
  }
  const numbers = numbersAt(bytes, start, rows, facts.planes, Float64Array);
  return { ...facts, numbers: facts.kind === "steps" ? summed(numbers, facts.first) : lowered(numbers) };
}

/** {rows, times, columns: Map of name → column}; columns keep the order in which they were written. */
async function readEvents() {
  const bytes = await unpacked("events");
  const end = bytes.indexOf(10);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const columns = new Map();
  let start = end + 1;
  for (const one of header.columns) {
    columns.set(one.name, columnOf(one, bytes, start, header.rows));
    start += one.planes * header.rows;
  }
  const times = columns.has("time_us") ? columns.get("time_us").numbers : new Float64Array(0);
  return { rows: header.rows, columns, times };
}

/** The value of one cell: text, number or null. */
function cell(events, name, place) {
  const column = events.columns.get(name);
  if (!column) return null;
  if (column.kind === "words") return column.codes[place] ? column.dictionary[column.codes[place] - 1] : null;
  if (column.kind === "digest") return hexAt(column, place);
  return Number.isNaN(column.numbers[place]) ? null : column.numbers[place];
}

const blocks = new Map();

const DOUBTS = {
  year_inferred: "year inferred",
  ambiguous: "the clock showed this hour twice",
  by_order: "told by the order of records",
  nonexistent: "the clock left this hour out",
};

/** When an event happened, no finer than its log says. */
function whenOf(events, place) {
  const precision = cell(events, "time_precision", place);
  const text = instant(events.times[place]);
  if (precision === "day") return `${text.slice(0, 10)} (day only)`;
  const doubts = (precision ?? "").split(",").filter((word) => word in DOUBTS);
  return doubts.length ? `${text} (${doubts.map((word) => DOUBTS[word]).join("; ")})` : text;
}

/** The record's own text, or null where the file does not carry it. */
async function rawRecord(events, place) {
  const block = cell(events, "block", place);
  if (block === null) return null;
  if (!blocks.has(block)) blocks.set(block, JSON.parse(new TextDecoder().decode(await unpacked(`raw-${block}`))));
  const text = blocks.get(block)[place];
  return text === undefined ? null : text;
}

/** The first place whose time is not before `time`. */
function placeOf(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
