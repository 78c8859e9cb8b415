// What stands above the list: search, ready filters, columns, and copies of what is listed.
"use strict";

function searchField() {
  const search = make("input", "");
  Object.assign(search, { id: "search", type: "search", placeholder: "words, or actor:alice action:read", autocomplete: "off", spellcheck: false });
  const find = calmly(() => { list.text = search.value; refilter(); }, 120);
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    byId("grid").focus();
    select(0);
  });
  return make("label", "field grow", make("span", "", "Search"), search);
}

function rangedBox() {
  const ranged = make("input", "");
  Object.assign(ranged, { id: "ranged", type: "checkbox", checked: true });
  ranged.addEventListener("change", () => { list.ranged = ranged.checked; refilter(); });
  return make("label", "check", ranged, " only the timeline's range");
}

function markChoice() {
  const marks = choices("Show", [["", "all events"], ["findings", "findings"], ["pins", "pinned and starred"]], (mark) => { list.mark = mark; refilter(); });
  const select = marks.querySelector("select");
  select.id = "mark";
  hear("filters", () => { select.value = list.mark; });
  return marks;
}

/** A button that opens a few others below it; Escape and a click elsewhere close them. */
function menu(label, ...items) {
  const box = make("details", "menu", make("summary", "", label), make("div", "menu-items", ...items));
  const close = (event) => { if (!box.contains(event.target)) box.open = false; };
  addEventListener("pointerdown", close);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    event.stopPropagation();
    box.open = false;
    box.firstChild.focus();
  });
  box.addEventListener("click", (event) => { if (event.target.closest("button")) box.open = false; });
  return box;
}

/** The command that writes the pins into the case, where they stay; only what is a plain id goes into a shell. */
function copyCommand() {
  const ids = pinnedPlaces().map((place) => cell(view.events, "event_id", place)).filter((id) => /^[0-9a-f]{6,64}$/.test(id));
  return ids.length ? copyText(`timeline note ${ids.join(" ")} --star`, "The command") : announce("No event is pinned.");
}

function copyMenu() {
  const places = () => [...list.order];
  return menu("Copy or save",
    button("Copy the list as CSV", "", () => copyEvents(places(), "csv")),
    button("Copy the list as JSON", "", () => copyEvents(places(), "json")),
    button("Save the list as CSV", "", () => saveEvents(places(), "csv")),
    button("Save the list as JSON", "", () => saveEvents(places(), "json")),
    button("Save pinned events as JSON", "", () => saveEvents(pinnedPlaces(), "json")),
    button("Copy the command that stars them in the case", "", copyCommand),
    button("Copy a link to this view", "", () => copyLink(viewLink())));
}

function tableControls() {
  const chips = make("div", "chips");
  chips.id = "chips";
  const clear = button("Clear all", "", () => { clearFilters(); refilter(); });
  byId("table-controls").append(searchField(), rangedBox(), markChoice(), button("Columns", "", chooseColumns), copyMenu(), clear, chips);
}
