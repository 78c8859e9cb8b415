// The list of events: only the rows in view exist, however many there are.
"use strict";

const ROW = 34;
const PRINTED = 300;
const TALLEST = 8e6; // no browser draws a box of a million rows: beyond this height one pixel of scrolling is more than one of rows

const rowsNow = new Map(); // position → row, of the rows that exist

function cellText(name, place) {
  if (name === "notes") return noteMarks("event", cell(view.events, "event_id", place));
  if (name === "time_us") return make("time", "", whenOf(view.events, place));
  const value = cell(view.events, name, place);
  if (value === null) return "";
  const column = view.events.columns.get(name);
  return column.kind === "time" ? make("time", "", instant(value)) : datum(value);
}

function pinButton(place) {
  const on = pins.places.has(place);
  const made = button("", "pin", (event) => { event.stopPropagation(); togglePin(place); });
  made.append(drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn("path", { d: "M5,1.5h6l-1,5l3,3v1.5h-4.3v4h-1.4v-4H3V9.500l3,-3z" })));
  made.setAttribute("aria-pressed", String(on));
  made.setAttribute("aria-label", on ? "Unpin this event" : "Pin this event");
  made.tabIndex = -1;
  return made;
}

function eventRow(position) {
  const place = list.order[position];
  const names = shownColumns();
  const cells = names.map((name) => make("td", `col-${name}`, cellText(name, place)));
  const line = make("tr", "", make("td", "col-pin", pinButton(place)), ...cells);
  line.className = [cell(view.events, "named", place) ? "named" : "", pins.places.has(place) ? "pinned" : ""].join(" ");
  line.id = `row-${position}`;
  line.setAttribute("aria-rowindex", position + 2);
  line.addEventListener("click", () => { list.at = position; showRows(); showEvent(place); });
  return line;
}

function spacer() {
  const line = make("tr", "spacer");
  line.setAttribute("aria-hidden", "true");
  return line;
}

/** The room below the head. */
function roomOf(box) {
  return Math.max(ROW, box.clientHeight - byId("grid").tHead.offsetHeight);
}

/** How far the rows move with one pixel of scrolling: 1 unless the list is very long. */
function scaleOf(box) {
  const beyond = list.order.length * ROW - roomOf(box);
  return beyond <= TALLEST ? 1 : beyond / TALLEST;
}

function showRows() {
  if (view.printing) return printRows();
  const box = byId("table");
  const total = list.order.length;
  const room = roomOf(box);
  const height = Math.min(total * ROW, TALLEST + room);
  const top = Math.min(box.scrollTop * scaleOf(box), Math.max(0, total * ROW - room));
  const first = Math.max(0, Math.floor(top / ROW) - 10);
  const last = Math.min(total, Math.ceil((top + room) / ROW) + 10);
  const rows = [];
  for (let position = first; position < last; position += 1) rows.push(rowAt(position));
  const above = Math.max(0, Math.min(box.scrollTop - (top - first * ROW), height - (last - first) * ROW));
  return fillRows(rows, above, Math.max(0, height - above - (last - first) * ROW));
}

/** A row that stands already stays the same element, so that nothing moves under a finger. */
function rowAt(position) {
  const row = rowsNow.get(position) || eventRow(position);
  row.classList.toggle("selected", position === list.at);
  row.setAttribute("aria-selected", String(position === list.at));
  return row;
}

function fillRows(rows, above, below) {
  const table = byId("grid");
  const ids = rows.map((row) => row.id).join();
  if (ids !== rowsNow.ids || !rowsNow.size) table.tBodies[0].replaceChildren(spacer(), ...rows, spacer());
  rowsNow.clear();
  rowsNow.ids = ids;
  for (const row of rows) rowsNow.set(Number(row.id.slice(4)), row);
  table.tBodies[0].firstChild.style.height = `${above}px`;
  table.tBodies[0].lastChild.style.height = `${below}px`;
  table.setAttribute("aria-rowcount", list.order.length + 1);
  table.setAttribute("aria-colcount", shownColumns().length + 1);
  if (rowsNow.has(list.at)) table.setAttribute("aria-activedescendant", `row-${list.at}`);
  else table.removeAttribute("aria-activedescendant");
}

/** After any change but that of scrolling and of the selected row. */
function redrawRows() {
  rowsNow.clear();
  showRows();
}

/** On paper: all rows, or of a long list those that matter first: findings, pins and starred events. */
function printRows() {
  let positions = [...list.order.keys()];
  if (positions.length > PRINTED) {
    const starred = new Set(starredPlaces());
    const weight = (at) => (cell(view.events, "named", list.order[at]) || starred.has(list.order[at]) ? 0 : 1);
    positions = positions.sort((one, two) => weight(one) - weight(two) || one - two).slice(0, PRINTED).sort((one, two) => one - two);
  }
  rowsNow.clear();
  fillRows(positions.map(rowAt), 0, 0);
}

function tellTable() {
  const all = view.events.rows;
  const cut = view.printing && list.order.length > PRINTED ? ` ${PRINTED} are printed: findings, pinned and starred events, then the first of the list.` : "";
  const rest = view.report.density.rows ? ` (${count(view.report.density.rows, "event")} more are only in the picture)` : "";
  const where = isRanged() ? " within the timeline's range" : "";
  byId("table-status").textContent = `${list.order.length.toLocaleString("en")} of ${count(all, "event")}${where}${rest}.${cut}`;
  byId("chips").replaceChildren(...chipsNow());
  for (const head of byId("grid").querySelectorAll("th[data-name]")) tellHead(head);
}

function tellHead(head) {
  const { name } = head.dataset;
  const mine = name === list.sort;
  if (head.querySelector(".sort")) head.setAttribute("aria-sort", mine ? (list.down ? "descending" : "ascending") : "none");
  const filter = head.querySelector(".filter");
  if (filter) filter.setAttribute("aria-pressed", String(list.filters.has(name)));
}

function chip(words, remove) {
  const made = button("", "chip", () => { remove(); refilter(); byId("grid").focus(); });
  made.append(...words, make("span", "", " ×"));
  made.title = "Remove this filter";
  return made;
}

function chipsNow() {
  const chips = [...list.filters].map(([name, filter]) => chip([`${headOf(name)}: `, datum(filterWords(filter))], () => list.filters.delete(name)));
  if (list.places) chips.push(chip(["evidence of one answer"], () => { list.places = null; }));
  if (list.mark) chips.push(chip([list.mark === "findings" ? "findings only" : "pinned and starred only"], () => { list.mark = ""; }));
  return chips;
}

function sortBy(name) {
  list.down = list.sort === name ? !list.down : false;
  list.sort = name;
  reorder();
}

function headCell(name) {
  const column = view.events.columns.get(name);
  const words = make("span", "head-words", headOf(name));
  const sorts = column && column.kind !== "digest" && !view.printing; // a printed page repeats words, not buttons
  const head = make("th", `col-${name}`, sorts ? button("", "sort", () => sortBy(name)) : words);
  if (sorts) head.firstChild.append(words);
  if (name !== "notes" && !view.printing) head.append(filterButton(name));
  head.scope = "col";
  head.dataset.name = name;
  if (!(name in LEAST)) head.style.setProperty("--wide", `${widthOf(name)}rem`);
  return head;
}

function filterButton(name) {
  const made = button("", "filter", () => openFilter(name));
  made.append(drawn("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, drawn("path", { d: "M1,2h10L7.300,6.500V11L4.700,9.500v-3z" })));
  made.setAttribute("aria-label", `Filter ${headOf(name)}`);
  made.setAttribute("aria-haspopup", "dialog");
  return made;
}

function widthOf(name) {
  const zoned = name === "time_us" && clock.zone !== "UTC" ? 3.4 : 0;
  return (LEAST[name] || WIDTHS[name] || 11) + zoned;
}

function showHeads() {
  const names = shownColumns();
  const pin = make("th", "col-pin", make("span", "unseen", "Pin"));
  pin.scope = "col";
  byId("grid").tHead.replaceChildren(make("tr", "", pin, ...names.map(headCell)));
  byId("grid").style.setProperty("--least", `${names.reduce((sum, name) => sum + widthOf(name), 2.2)}rem`);
  tellTable();
}

function select(position) {
  const box = byId("table");
  list.at = Math.max(0, Math.min(list.order.length - 1, position));
  const scale = scaleOf(box);
  const top = list.at * ROW;
  const low = top + ROW + 4 - roomOf(box);
  if (top < box.scrollTop * scale) box.scrollTop = Math.floor(top / scale);
  else if (low > box.scrollTop * scale) box.scrollTop = Math.ceil(low / scale);
  showRows();
}

function selected() {
  return list.at >= 0 && list.at < list.order.length ? list.order[list.at] : -1;
}

function showTable() {
  const table = make("table", "events", make("thead", ""), make("tbody", ""));
  table.id = "grid";
  table.tabIndex = 0;
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", "Events");
  byId("table").append(table);
  byId("table").addEventListener("scroll", () => requestAnimationFrame(showRows), { passive: true });
  tableControls();
  showHeads();
  const follow = calmly(followChart, 150);
  view.listeners.push(follow);
  hear("range", follow);
  hear("events", () => {
    showPins();
    showNotes();
    showHeads();
    refilter();
  });
  hear("clock", () => { showHeads(); redrawRows(); });
  hear("pins", () => { if (list.mark) refilter(); else redrawRows(); });
  refilter();
}
