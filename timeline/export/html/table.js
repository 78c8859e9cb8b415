// The list of events: search, filters, sort; only the rows in view exist.
"use strict";

const HEADS = [["time_us", "Time (UTC)"], ["stream", "Log"], ["action", "Action"], ["outcome", "Outcome"], ["actor", "Account"], ["src_ip", "Address"], ["object", "Object"]];
const ROW = 34;
const PRINTED = 300;
const HIDDEN_COLUMNS = ["block", "named"];
const list = { text: "", chips: [], places: null, ranged: true, sort: "time_us", down: false, order: [], at: -1 };

/** For each code of a column, whether its word contains the text. */
function hits(column, text) {
  const found = new Uint8Array(column.dictionary.length + 1);
  column.dictionary.forEach((word, place) => { if (word.toLowerCase().includes(text)) found[place + 1] = 1; });
  return found;
}

/** A test for one word of the search: `column:text` looks into one column, a plain word into all. */
function wordTest(word) {
  const { events } = view;
  const [name, ...rest] = word.split(":");
  const one = rest.length && events.columns.has(name) ? events.columns.get(name) : null;
  const text = (one ? rest.join(":") : word).toLowerCase();
  const columns = (one ? [one] : [...events.columns.values()]).filter((column) => column.kind === "words");
  const tests = columns.map((column) => [column.codes, hits(column, text)]).filter(([, found]) => found.includes(1));
  const other = one ? (one.kind === "words" ? null : valueTest(name, text)) : oddTest(text);
  return (place) => tests.some(([codes, found]) => found[codes[place]]) || (other !== null && other(place));
}

function valueTest(name, text) {
  return (place) => String(cell(view.events, name, place) ?? "").includes(text);
}

/** What is not kept as words: the beginning of a time, and of an event's id. */
function oddTest(text) {
  const { times, columns } = view.events;
  if (/^\d{4}-\d\d/.test(text)) return (place) => instant(times[place]).startsWith(text.replace("t", " "));
  const id = columns.get("event_id");
  return id && id.kind === "digest" && /^[0-9a-f]{8,}$/.test(text) ? (place) => hexAt(id, place).startsWith(text) : null;
}

function chipTest({ name, value }) {
  const column = view.events.columns.get(name);
  if (!column) return () => value === null;
  if (column.kind !== "words") return (place) => cell(view.events, name, place) === value;
  const code = value === null ? 0 : column.dictionary.indexOf(value) + 1;
  return (place) => column.codes[place] === code;
}

function testsNow() {
  const words = list.text.match(/\S+/g) || [];
  const tests = [...words.map(wordTest), ...list.chips.map(chipTest)];
  if (list.places) tests.push((place) => list.places.has(place));
  return tests;
}

function sorted(places) {
  const column = view.events.columns.get(list.sort);
  const keys = column && (column.codes || column.numbers);
  if (!keys || (list.sort === "time_us" && !list.down)) return places;
  const sign = list.down ? -1 : 1;
  const key = (place) => (Number.isNaN(keys[place]) ? -1 : keys[place]);
  return places.sort((one, two) => sign * (key(one) - key(two)) || one - two);
}

function refilter() {
  const { events } = view;
  const ranged = list.ranged && !isWhole();
  const from = ranged ? placeOf(events.times, view.low) : 0;
  const to = ranged ? placeOf(events.times, view.high) : events.rows;
  const tests = testsNow();
  const places = [];
  for (let place = from; place < to; place += 1) if (tests.every((test) => test(place))) places.push(place);
  list.order = sorted(places);
  list.at = Math.min(list.at, list.order.length - 1);
  tellTable(ranged);
  byId("table").scrollTop = 0;
  showRows();
}

function tellTable(ranged) {
  const all = view.events.rows;
  const cut = view.printing && list.order.length > PRINTED ? ` The first ${PRINTED} are printed.` : "";
  const rest = view.report.density.rows ? ` (${count(view.report.density.rows, "event")} more are only in the picture)` : "";
  const where = ranged ? " within the timeline's range" : "";
  byId("table-status").textContent = `${list.order.length.toLocaleString("en")} of ${count(all, "event")}${where}${rest}.${cut}`;
  const chips = list.chips.map((chip) => chipButton(chip));
  if (list.places) chips.push(button("evidence of one answer ×", "chip", () => { list.places = null; refilter(); }));
  byId("chips").replaceChildren(...chips);
  for (const head of byId("table").querySelectorAll("th")) {
    const mine = head.dataset.name === list.sort;
    head.setAttribute("aria-sort", mine ? (list.down ? "descending" : "ascending") : "none");
  }
}

function chipButton(chip) {
  const made = button("", "chip", () => { list.chips = list.chips.filter((one) => one !== chip); refilter(); });
  made.append(`${spoken(chip.name)}: `, datum(chip.value === null ? "none" : chip.value), " ×");
  made.title = "Remove this filter";
  return made;
}

/** Shows only events with this value, beside the filters that are set. */
function filterBy(name, value) {
  list.chips = [...list.chips.filter((chip) => chip.name !== name), { name, value }];
  refilter();
  byId("events").scrollIntoView();
}

function showOnly(places) {
  Object.assign(list, { places: new Set(places), chips: [], text: "", ranged: false });
  byId("search").value = "";
  byId("ranged").checked = false;
  refilter();
  byId("events").scrollIntoView();
}

function cellText(name, place) {
  const value = cell(view.events, name, place);
  if (name === "time_us") return make("time", "", whenOf(view.events, place));
  return value === null ? "" : datum(value);
}

function eventRow(position) {
  const place = list.order[position];
  const line = row("td", HEADS.map(([name]) => cellText(name, place)));
  [...line.children].forEach((one, column) => { one.className = `col-${HEADS[column][0]}`; });
  line.className = [position === list.at ? "selected" : "", cell(view.events, "named", place) ? "named" : ""].join(" ");
  line.setAttribute("aria-rowindex", position + 2);
  line.addEventListener("click", () => { list.at = position; showRows(); showEvent(place); });
  return line;
}

function spacer(rows) {
  const line = make("tr", "spacer");
  line.style.height = `${rows * ROW}px`;
  return line;
}

function showRows() {
  const box = byId("table");
  const total = list.order.length;
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - 10);
  const last = Math.min(total, view.printing ? Math.min(total, PRINTED) : first + Math.ceil(box.clientHeight / ROW) + 20);
  const rows = [];
  for (let position = first; position < last; position += 1) rows.push(eventRow(position));
  const table = box.querySelector("table");
  table.setAttribute("aria-rowcount", total + 1);
  table.tBodies[0].replaceChildren(spacer(first), ...rows, spacer(view.printing ? 0 : total - last));
}

function headCell([name, label]) {
  const sort = button(label, "sort", () => {
    list.down = list.sort === name ? !list.down : false;
    list.sort = name;
    refilter();
  });
  const head = make("th", `col-${name}`, sort);
  head.scope = "col";
  head.dataset.name = name;
  return head;
}

function tableControls() {
  const search = make("input", "");
  Object.assign(search, { id: "search", type: "search", placeholder: "words, or actor:alice action:read", autocomplete: "off", spellcheck: false });
  let wait = 0;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => { list.text = search.value; refilter(); }, 120);
  });
  const ranged = make("input", "");
  Object.assign(ranged, { id: "ranged", type: "checkbox", checked: true });
  ranged.addEventListener("change", () => { list.ranged = ranged.checked; refilter(); });
  const chips = make("div", "chips");
  chips.id = "chips";
  byId("table-controls").append(make("label", "field grow", make("span", "", "Search"), search), make("label", "check", ranged, " only the timeline's range"), chips);
}

function select(position) {
  const box = byId("table");
  list.at = Math.max(0, Math.min(list.order.length - 1, position));
  const top = list.at * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  if (top + 2 * ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + 2 * ROW + 4 - box.clientHeight;
  showRows();
}

function tableKeys(event) {
  if (event.target.closest("button, input, select, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.floor(byId("table").clientHeight / ROW) - 2;
  const moves = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
  if (event.key in moves) select(list.at + moves[event.key]);
  else if (event.key === "Enter" && list.at >= 0) showEvent(list.order[list.at]);
  else return;
  event.preventDefault();
}

function showTable() {
  tableControls();
  const table = make("table", "events", make("thead", "", make("tr", "", ...HEADS.map(headCell))), make("tbody", ""));
  byId("table").append(table);
  byId("table").addEventListener("scroll", () => requestAnimationFrame(showRows), { passive: true });
  byId("table").addEventListener("keydown", tableKeys);
  view.listeners.push(() => { if (list.ranged) refilter(); });
  refilter();
}
