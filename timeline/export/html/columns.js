// The columns of the list: which are shown, and the dialog that filters one of them by its values.
"use strict";

const HEADS = { time_us: "Time", stream: "Log", action: "Action", outcome: "Outcome", actor: "Account", src_ip: "Address", object: "Object" };
const WIDTHS = { time_us: 14.6, stream: 13, action: 8.4, outcome: 7.9, actor: 12.6, src_ip: 9.6, notes: 7 };
const LEAST = { object: 11 }; // takes what the others leave
const VALUES = 300;
const columns = { shown: Object.keys(HEADS) };

function headOf(name) {
  if (name === "time_us") return `Time (${clockName()})`;
  if (name === "notes") return "Notes";
  const words = Object.hasOwn(HEADS, name) ? HEADS[name] : spoken(name);
  return words[0].toUpperCase() + words.slice(1);
}

/** The columns in the order in which they are drawn; that of notes only where somebody made some. */
function shownColumns() {
  const kept = columns.shown.filter((name) => view.events.columns.has(name) || name in HEADS);
  return hasNotes() ? [kept[0], "notes", ...kept.slice(1)].filter(Boolean) : kept;
}

function columnChoice(name) {
  const box = make("input", "");
  Object.assign(box, { type: "checkbox", checked: columns.shown.includes(name) });
  box.addEventListener("change", () => {
    const order = [...Object.keys(HEADS), ...view.events.columns.keys()];
    const shown = box.checked ? [...columns.shown, name] : columns.shown.filter((one) => one !== name);
    columns.shown = shown.sort((one, two) => order.indexOf(one) - order.indexOf(two));
    showHeads();
    redrawRows();
  });
  return make("label", "check value", box, ` ${headOf(name)}`);
}

function chooseColumns() {
  const names = searched().map(([name]) => name).filter((name) => name !== "time_us");
  openSmall("Columns of the list", make("div", "values", ...names.map(columnChoice)));
}

/** How often each code stands among the rows that pass every other filter. */
function tallied(name, column) {
  const own = list.filters.get(name);
  list.filters.delete(name);
  const passes = passing();
  if (own) list.filters.set(name, own);
  const counts = new Uint32Array(column.dictionary.length + 1);
  for (let place = 0; place < view.events.rows; place += 1) if (passes === null || passes[place]) counts[column.codes[place]] += 1;
  return counts;
}

function valueChoice(name, value, number) {
  const box = make("input", "");
  const filter = list.filters.get(name);
  Object.assign(box, { type: "checkbox", checked: Boolean(filter && filter.values && filter.values.has(value)) });
  box.addEventListener("change", () => {
    const now = list.filters.get(name) || { text: "", values: null, without: false };
    const values = new Set(now.values || []);
    if (box.checked) values.add(value);
    else values.delete(value);
    setFilter(name, { ...now, values: values.size ? values : null });
  });
  const word = value === null ? make("i", "", "not stated") : datum(value);
  return make("label", "check value", box, make("span", "", word), make("span", "number", number.toLocaleString("en")));
}

/** The commonest values that contain the text, each with its number of events. */
function valueList(name, column, counts, text) {
  const fits = (code) => counts[code] && (code ? column.dictionary[code - 1].toLowerCase().includes(text) : !text);
  const codes = [...counts.keys()].filter(fits).sort((one, two) => counts[two] - counts[one] || one - two);
  const lines = codes.slice(0, VALUES).map((code) => valueChoice(name, code ? column.dictionary[code - 1] : null, counts[code]));
  const more = codes.length > VALUES ? [make("p", "hint", `The ${VALUES} commonest of ${count(codes.length, "value")}; type to find others.`)] : [];
  return lines.length ? [...lines, ...more] : [make("p", "hint", "No event has such a value.")];
}

function filterText(name) {
  const now = list.filters.get(name);
  const input = make("input", "");
  Object.assign(input, { type: "search", value: now ? now.text : "", autocomplete: "off", spellcheck: false, id: "filter-text" });
  return input;
}

function withoutBox(name) {
  const box = make("input", "");
  const now = list.filters.get(name);
  Object.assign(box, { type: "checkbox", checked: Boolean(now && now.without), id: "filter-without" });
  box.addEventListener("change", () => setFilter(name, { text: "", values: null, ...list.filters.get(name), without: box.checked }));
  return make("label", "check", box, " leave these out instead");
}

/** Filters one column: what it contains, and which of its values. Every change shows at once. */
function openFilter(name) {
  const column = view.events.columns.get(name);
  const input = filterText(name);
  const counts = column && column.kind === "words" ? tallied(name, column) : null;
  const values = make("div", "values");
  const fill = () => { if (counts) values.replaceChildren(...valueList(name, column, counts, input.value.toLowerCase())); };
  const apply = calmly(() => { setFilter(name, { values: null, without: false, ...list.filters.get(name), text: input.value }); }, 120);
  input.addEventListener("input", () => { fill(); apply(); });
  fill();
  const clear = button("Clear", "", () => { setFilter(name, { text: "", values: null }); closeSmall(); });
  const hint = counts ? null : make("p", "hint", name === "time_us" ? "The beginning of a time, such as 2023-05-16 03." : "A number, or >10, <10, 10..20.");
  openSmall(`Filter: ${headOf(name)}`, make("label", "field", make("span", "", "Contains"), input), hint, withoutBox(name), values, make("div", "actions", clear, button("Done", "primary", closeSmall)));
  input.focus();
}
