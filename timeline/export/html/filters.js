// Which events the list shows: the words of the search, one filter a column, a set of places, and the chart's range.
"use strict";

const HIDDEN_COLUMNS = ["block", "named"];
const list = {
  text: "", filters: new Map(), places: null, mark: "", ranged: true, sort: "time_us", down: false,
  order: new Uint32Array(0), passes: null, span: "", at: -1,
};

/** For each code of a column, whether its word contains the text; code 0 is no word at all. */
function hits(column, text) {
  const found = new Uint8Array(column.dictionary.length + 1);
  column.dictionary.forEach((word, place) => { if (word.toLowerCase().includes(text)) found[place + 1] = 1; });
  return found;
}

/** Marks the rows whose code is wanted. */
function markCodes(marks, codes, wanted) {
  for (let place = 0; place < marks.length; place += 1) if (wanted[codes[place]]) marks[place] = 1;
}

function markRows(marks, test) {
  for (let place = 0; place < marks.length; place += 1) if (test(place)) marks[place] = 1;
}

function searched() {
  return [...view.events.columns].filter(([name]) => !HIDDEN_COLUMNS.includes(name));
}

/** The rows that one word of the search finds: `column:text` looks into one column, a plain word into all. */
function wordMarks(word) {
  const marks = new Uint8Array(view.events.rows);
  const [name, ...rest] = word.split(":");
  const one = rest.length && view.events.columns.has(name) && !HIDDEN_COLUMNS.includes(name);
  const text = (one ? rest.join(":") : word).toLowerCase();
  for (const [key, column] of one ? [[name, view.events.columns.get(name)]] : searched()) {
    if (column.kind !== "words") markOther(marks, key, text, one);
    else {
      const wanted = hits(column, text);
      if (wanted.includes(1)) markCodes(marks, column.codes, wanted);
    }
  }
  return marks;
}

/** What is not kept as words: the beginning of a time or of an event's id, and numbers where their column is named. */
function markOther(marks, name, text, alone) {
  const { times } = view.events;
  if (name === "time_us") {
    if (/^\d{4}-\d\d/.test(text)) markRows(marks, (place) => instant(times[place]).startsWith(text.replace("t", " ")));
  } else if (name === "event_id") {
    if (/^[0-9a-f]{8,}$/.test(text)) markRows(marks, (place) => String(cell(view.events, name, place)).startsWith(text));
  } else if (alone) markRows(marks, numberTest(name, text));
}

/** `>10`, `<10`, `10..20` or `10`. */
function numberTest(name, text) {
  const of = (place) => cell(view.events, name, place);
  const span = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(text);
  if (span) return (place) => of(place) !== null && of(place) >= +span[1] && of(place) <= +span[2];
  const bound = /^([<>])\s*(-?\d+(?:\.\d+)?)$/.exec(text);
  if (bound) return (place) => of(place) !== null && (bound[1] === "<" ? of(place) < +bound[2] : of(place) > +bound[2]);
  return (place) => of(place) !== null && String(of(place)).includes(text);
}

/** The codes that a column's filter lets through. */
function wantedCodes(column, filter) {
  const wanted = filter.text ? hits(column, filter.text.toLowerCase()) : new Uint8Array(column.dictionary.length + 1).fill(1);
  if (filter.values) {
    const own = new Uint8Array(wanted.length);
    if (filter.values.has(null)) own[0] = 1;
    column.dictionary.forEach((word, place) => { if (filter.values.has(word)) own[place + 1] = 1; });
    if (filter.values.has(null) && filter.text) wanted[0] = 1;
    own.forEach((keep, code) => { wanted[code] &= keep; });
  }
  return filter.without ? wanted.map((keep) => 1 - keep) : wanted;
}

function filterMarks(name, filter) {
  const marks = new Uint8Array(view.events.rows);
  const column = view.events.columns.get(name);
  if (!column) return marks.fill(Boolean(filter.values && filter.values.has(null)) !== Boolean(filter.without) ? 1 : 0);
  if (column.kind === "words") markCodes(marks, column.codes, wantedCodes(column, filter));
  else if (filter.text) markOtherFilter(marks, name, filter);
  else markRows(marks, (place) => (!filter.values || filter.values.has(cell(view.events, name, place))) !== Boolean(filter.without));
  return marks;
}

function markOtherFilter(marks, name, filter) {
  markOther(marks, name, filter.text.toLowerCase(), true);
  if (filter.without) for (let place = 0; place < marks.length; place += 1) marks[place] = 1 - marks[place];
}

function placesMarks(places) {
  const marks = new Uint8Array(view.events.rows);
  for (const place of places) marks[place] = 1;
  return marks;
}

/** One byte a row: whether it passes all filters but the range; null where none is set. */
function passing() {
  const layers = [...(list.text.match(/\S+/g) || []).map(wordMarks), ...[...list.filters].map(([name, filter]) => filterMarks(name, filter))];
  if (list.places) layers.push(placesMarks(list.places));
  if (list.mark) layers.push(placesMarks(markedPlaces(list.mark)));
  if (!layers.length) return null;
  const [first, ...others] = layers;
  for (const layer of others) for (let place = 0; place < first.length; place += 1) first[place] &= layer[place];
  return first;
}

function markedPlaces(mark) {
  return mark === "findings" ? view.named : starredPlaces();
}

/** The places of the rows in [from, to) that pass, in order of time. */
function kept(passes, from, to) {
  const found = new Uint32Array(to - from);
  let number = 0;
  for (let place = from; place < to; place += 1) if (passes === null || passes[place]) found[number++] = place;
  return found.subarray(0, number);
}

/** Sorted by a column of words without comparing any two: as many heaps as there are words. */
function heaped(places, codes, size) {
  const starts = new Uint32Array(size + 1);
  for (const place of places) starts[codes[place] + 1] += 1;
  for (let code = 0; code < size; code += 1) starts[code + 1] += starts[code];
  const found = new Uint32Array(places.length);
  for (const place of places) found[starts[codes[place]]++] = place;
  return found;
}

function sorted(places) {
  const column = view.events.columns.get(list.sort);
  if (!column || list.sort === "time_us" || column.kind === "digest") return list.down && list.sort === "time_us" ? places.reverse() : places;
  if (column.codes) {
    const up = heaped(places, column.codes, column.dictionary.length + 1);
    return list.down ? up.reverse() : up;
  }
  const key = (place) => (Number.isNaN(column.numbers[place]) ? -1 : column.numbers[place]);
  const sign = list.down ? -1 : 1;
  return places.sort((one, two) => sign * (key(one) - key(two)) || one - two);
}

function rangeNow() {
  return view.brush || [view.low, view.high];
}

function isRanged() {
  return list.ranged && (Boolean(view.brush) || !isWhole());
}

/** The places that the chart's range holds, if the list follows it. */
function span() {
  const [low, high] = rangeNow();
  return isRanged() ? [placeOf(view.events.times, low), placeOf(view.events.times, high), true] : [0, view.events.rows, false];
}

/** Follows the chart; a redraw that shows the same range changes nothing. */
function followChart() {
  if (String(span()) !== list.span) reorder();
}

/** Lists anew after a change of the range alone: what passes is known already. */
function reorder() {
  const [from, to] = span();
  list.span = String(span());
  const selected = list.at >= 0 ? list.order[list.at] : undefined;
  list.order = sorted(kept(list.passes, from, to));
  list.at = selected === undefined ? -1 : list.order.indexOf(selected);
  tellTable();
  byId("table").scrollTop = 0;
  redrawRows();
}

/** Lists anew after a change of the filters. */
function refilter() {
  list.passes = passing();
  reorder();
  tell("filters");
}

function setFilter(name, filter) {
  const bare = !filter.text && !filter.values;
  if (bare) list.filters.delete(name);
  else list.filters.set(name, filter);
  refilter();
}

/** Shows only events with this value, beside the filters that are set. */
function filterBy(name, value) {
  setFilter(name, { text: "", values: new Set([value]), without: false });
  byId("events").scrollIntoView();
}

function clearFilters() {
  Object.assign(list, { text: "", filters: new Map(), places: null, mark: "" });
  byId("search").value = "";
}

function showOnly(places) {
  clearFilters();
  Object.assign(list, { places, ranged: false });
  byId("ranged").checked = false;
  refilter();
  byId("events").scrollIntoView();
}

function filterWords(filter) {
  const values = filter.values ? [...filter.values].map((one) => (one === null ? "none" : visible(one))) : [];
  const named = values.length > 3 ? `${values.slice(0, 2).join(", ")} and ${values.length - 2} more` : values.join(", ");
  const text = filter.text ? `contains ${visible(filter.text)}` : "";
  return `${filter.without ? "not " : ""}${[text, named].filter(Boolean).join("; ")}`;
}
