// Reads what the file carries: the case as JSON, the events as compressed columns in pieces, raw records block by block.
"use strict";

// What the first picture needs; all other columns follow while a person already looks.
const EARLY = ["time_us", "stream", "action", "outcome", "actor", "zone", "named"];

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

function kindOf(planes) {
  if (planes <= 1) return Uint8Array;
  return planes === 2 ? Uint16Array : planes <= 4 ? Uint32Array : Float64Array;
}

/** Numbers from planes of bytes: all lowest bytes, then all second bytes, … */
function numbersAt(bytes, start, rows, planes, Kind) {
  if (planes === 1 && Kind === Uint8Array) return bytes.slice(start, start + rows);
  const numbers = new Kind(rows);
  for (let plane = 0, weight = 1; plane < planes; plane += 1, weight *= 256) {
    const part = bytes.subarray(start + plane * rows, start + (plane + 1) * rows);
    for (let place = 0; place < rows; place += 1) numbers[place] += part[place] * weight;
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

/** Numbers of records from the steps within each file; they are one more than they are, and 0 is none. */
function followed(steps, files) {
  const last = new Float64Array(files.dictionary.length + 1);
  for (let place = 0; place < steps.length; place += 1) {
    const step = steps[place] % 2 ? -(steps[place] + 1) / 2 : steps[place] / 2;
    last[files.codes[place]] += step;
    steps[place] = last[files.codes[place]];
  }
  return lowered(steps);
}

/** An id in hexadecimal digits: the whole of it, or in large cases, for all but the named events, its beginning. */
function hexAt(column, place) {
  const whole = column.whole && column.whole.get(place);
  if (whole) return whole;
  let text = "";
  for (let plane = 0; plane < column.planes; plane += 1) {
    text += column.bytes[column.start + plane * column.rows + place].toString(16).padStart(2, "0");
  }
  return text;
}

/** Codes that another column tells: one for each of its words, before them one for its null if it has any. */
function codesOf(told, owner, nulls) {
  const codes = new told.constructor(owner.codes.length);
  for (let place = 0; place < codes.length; place += 1) codes[place] = told[owner.codes[place] - 1 + nulls];
  return codes;
}

function columnOf(facts, bytes, rows, columns) {
  const start = facts.told || 0;
  const told = start ? JSON.parse(new TextDecoder().decode(bytes.subarray(0, start))) : null;
  if (facts.kind === "digest") {
    const whole = told && new Map(told.places.map((place, rank) => [place, told.ids[rank]]));
    return { ...facts, bytes, start, rows, whole };
  }
  if (facts.kind === "words" && facts.of) {
    return { ...facts, dictionary: told, codes: codesOf(numbersAt(bytes, start, facts.words, facts.planes, kindOf(facts.planes)), columns.get(facts.of), facts.nulls) };
  }
  if (facts.kind === "words") {
    return { ...facts, dictionary: told, codes: numbersAt(bytes, start, rows, facts.planes, kindOf(facts.planes)) };
  }
  const numbers = numbersAt(bytes, start, rows, facts.planes, Float64Array);
  if (facts.kind === "records") return { ...facts, numbers: followed(numbers, columns.get(facts.of)) };
  return { ...facts, numbers: facts.kind === "steps" ? summed(numbers, facts.first) : lowered(numbers) };
}

async function readColumn(events, facts) {
  const bytes = await unpacked(`column-${facts.piece}`);
  events.columns.set(facts.name, columnOf(facts, bytes, events.rows, events.columns));
  byId(`data-column-${facts.piece}`).remove();
}

/** A moment in which the page can answer to what a person does. */
function breath() {
  return new Promise((done) => { setTimeout(done, 0); });
}

async function readOthers(events, others) {
  for (const facts of others) {
    await readColumn(events, facts);
    await breath();
  }
  const order = new Map(events.header.map((facts, place) => [facts.name, place]));
  events.columns = new Map([...events.columns].sort(([one], [two]) => order.get(one) - order.get(two)));
  tell("events");
}

/** The places of each verdict's events, as many as there are. */
async function readAnswers(report) {
  const bytes = await unpacked("answers");
  let start = 0;
  report.answers.forEach((facts, verdict) => {
    report.verdicts[verdict].events = summed(numbersAt(bytes, start, facts.rows, facts.planes, Uint32Array), facts.first);
    start += facts.rows * facts.planes;
  });
}

/** The counts of events that are not listed, by kind of lanes. */
async function readDensity(report) {
  const tables = {};
  for (const [mode, facts] of Object.entries(report.density.lanes || {})) {
    const bytes = await unpacked(`density-${mode}`);
    tables[mode] = { ...facts, counts: numbersAt(bytes, 0, facts.keys.length * facts.bins, facts.planes, kindOf(facts.planes)) };
    byId(`data-density-${mode}`).remove();
  }
  return tables;
}

/**
 * {rows, times, columns: Map of name → column, complete}: as soon as what the first picture needs is there. `complete` is a promise; when it is kept,
 * every column is in `columns`, in the order of the file.
 */
async function readEvents(report) {
  const { rows, columns: header } = report.store;
  const events = { rows, header, columns: new Map(), times: new Float64Array(0) };
  const early = header.filter((facts) => EARLY.includes(facts.name));
  await Promise.all([...early.map((facts) => readColumn(events, facts)), readAnswers(report)]);
  events.density = await readDensity(report);
  if (events.columns.has("time_us")) events.times = events.columns.get("time_us").numbers;
  events.finish = () => { events.complete ??= readOthers(events, header.filter((facts) => !early.includes(facts))); return events.complete; };
  return events;
}

/** The value of one cell: text, number or null; null too while its column is not unpacked yet. */
function cell(events, name, place) {
  const column = events.columns.get(name);
  if (!column) return null;
  if (column.kind === "words") return column.codes[place] ? column.dictionary[column.codes[place] - 1] : null;
  if (column.kind === "digest") return hexAt(column, place) || null;
  return Number.isNaN(column.numbers[place]) ? null : column.numbers[place];
}

const blocks = new Map();

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
