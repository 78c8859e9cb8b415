// The panel that explains one thing; here an event: its fields, its file, its record as logged.
"use strict";

const detail = { place: -1, again: null };

/** Opens the panel; `link` is what stands behind # in the address while it is open. */
function openPanel(title, ...content) {
  const panel = byId("detail");
  byId("tip").hidden = true;
  detail.place = -1;
  detail.again = null;
  byId("detail-title").textContent = visible(title);
  byId("detail-body").replaceChildren(...content.filter(Boolean));
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  byId("detail-title").focus();
}

function closePanel() {
  byId("detail").close();
}

/** Keeps what the panel shows: its link stands in the address, and another time zone writes it anew. */
function holdPanel(link, again) {
  detail.again = again;
  setLink(link);
}

function closingTo(label, act) {
  return button(label, "", () => { closePanel(); act(); });
}

function text(content) {
  const pre = make("pre", "record");
  pre.textContent = visibleLines(content);
  return pre;
}

function timed(column, value) {
  return column.kind === "time" || column.kind === "steps" ? moment(value) : datum(value);
}

function valueWithFilter(name, value) {
  const column = view.events.columns.get(name);
  const shown = make("span", "", timed(column, value));
  if (column.kind !== "words" || name === "event_id") return shown;
  const only = closingTo("filter", () => filterBy(name, value));
  only.className = "tiny";
  only.setAttribute("aria-label", `show only events with this ${spoken(name)}`);
  return make("span", "", shown, " ", only);
}

function provenance(place) {
  const of = (name) => cell(view.events, name, place);
  const { files } = view.report;
  const known = of("file_id") && files.find((one) => one.file_id === of("file_id") || one.sha256 === of("file_id"));
  const file = known || (of("file_id") ? null : files.find((one) => one.file === of("file")));
  const digest = (file && file.sha256) || of("file_id");
  const name = of("file") || (file && file.file);
  return facts([["File", name && datum(name)], ["Record", of("record") === null ? null : `number ${of("record")} of the file`], ["SHA-256 of the file", digest && datum(digest, "hash")]]);
}

function fieldsOf(place) {
  const { events } = view;
  const skipped = [...HIDDEN_COLUMNS, "file", "file_id", "record"];
  const names = [...events.columns.keys()].filter((name) => !skipped.includes(name) && cell(events, name, place) !== null);
  return facts(names.map((name) => [name === "time_us" ? "time" : spoken(name), valueWithFilter(name, cell(events, name, place))]));
}

/** Fields that a large case's file does not carry must not pass for fields that the log does not state. */
function leftOut() {
  const names = view.report.left_out || [];
  return names.length ? make("p", "hint", `Not carried in this file, to keep it small: ${joined(names.map(spoken))}.`) : null;
}

function pinToggle(place) {
  const made = button("", "", () => togglePin(place));
  const tell = () => {
    const on = pins.places.has(place);
    made.setAttribute("aria-pressed", String(on));
    made.textContent = on ? "Pinned" : "Pin";
  };
  tell();
  detail.pinned = tell;
  return made;
}

function eventActions(place) {
  const { times } = view.events;
  const around = closingTo("Show the minutes around it", () => {
    showRange(times[place] - 10 * MINUTE, times[place] + 10 * MINUTE);
    byId("timeline").scrollIntoView();
  });
  const link = eventLink(place) ? button("Copy link", "", () => copyLink(eventLink(place))) : null;
  return make("div", "actions", pinToggle(place), button("Copy as JSON", "", () => copyOne(place, "json")), button("Copy as CSV", "", () => copyOne(place, "csv")), link, around);
}

function showEvent(place) {
  const { events } = view;
  const id = cell(events, "event_id", place);
  const record = make("div", "", make("p", "hint", "Unpacking the record …"));
  const title = `${cell(events, "action", place) || "Event"} · ${whenOf(events, place)}${clock.zone === "UTC" ? " UTC" : ""}`;
  openPanel(
    title, eventActions(place), noteList("event", id), fieldsOf(place), leftOut(),
    make("h3", "", "Where it stands"), provenance(place), make("h3", "", "The record as logged"), record,
  );
  detail.place = place;
  holdPanel(eventLink(place), () => showEvent(place));
  rawRecord(events, place).then((raw) => record.replaceChildren(...rawParts(raw, place)));
}

function rawParts(raw, place) {
  if (raw === null) {
    const id = cell(view.events, "event_id", place);
    const note = make("p", "note", "This file does not carry the record's own text (to stay small). Its file and number stand above; event id: ");
    note.append(datum(id ?? "none"));
    return [note];
  }
  const parts = [text(raw), make("div", "actions", button("Copy the record", "", () => copyText(raw, "The record, exactly as logged,")))];
  try {
    const pretty = JSON.stringify(JSON.parse(raw), null, 2);
    parts.unshift(make("details", "", make("summary", "", "Laid out for reading"), text(pretty)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // a record that is not JSON is shown as it is
  }
  return parts;
}

function watchPanel() {
  watchDialog("detail", closePanel);
  watchDialog("small", closeSmall);
  byId("detail").addEventListener("close", () => {
    if (byId("detail").open) return; // closed and opened anew at once
    Object.assign(detail, { place: -1, again: null });
    setLink("");
  });
  hear("clock", () => { if (byId("detail").open && detail.again) detail.again(); });
  hear("pins", () => { if (detail.place >= 0) detail.pinned(); });
}
