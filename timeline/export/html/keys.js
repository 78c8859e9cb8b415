// The keyboard: what works everywhere on the page, and the overlay that says so.
"use strict";

const keys = { single: true };
const KEYS = [
  ["j k or ↓ ↑", "next and previous event"], ["Page ↓ ↑, Home, End", "by pages, to the ends"], ["Enter", "opens the event"], ["p", "pins it"], ["c", "copies it as JSON"],
  ["/", "search"], ["f", "filters the column that is sorted"], ["?", "these keys"], ["Esc", "closes what is open"],
  ["1 … 9", "the nth answer of the first screen"], ["g then t, m, e, a", "to timeline, missing evidence, events, answers"],
  ["in an open event: j k", "the next and the previous one"], ["in the timeline: ← → + − 0", "move, zoom, the whole case"],
];
const PLACES = { t: "timeline", m: "missing", e: "events", a: "answers" };

function showHelp() {
  const rows = KEYS.map(([key, words]) => row("td", [make("kbd", "", key), words]));
  const box = make("input", "");
  Object.assign(box, { type: "checkbox", checked: keys.single, id: "single-keys" });
  box.addEventListener("change", () => { keys.single = box.checked; });
  const off = make("label", "check", box, " single letters act (switch off if you speak to your computer)");
  openSmall("Keys", sheet(["Key", "What it does"], rows, "keys"), make("p", "", off));
}

function moveBy(event) {
  const page = Math.max(1, Math.floor(byId("table").clientHeight / ROW) - 2);
  const moves = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
  const inList = event.target.closest("#table");
  if (!(event.key in moves) || (!inList && !"jk".includes(event.key))) return false;
  if (!list.order.length) return true;
  if (!inList) byId("events").scrollIntoView({ block: "nearest" });
  byId("grid").focus({ preventScroll: true });
  select(list.at + moves[event.key]);
  return true;
}

/** What a key does on the page itself; true if it did something. */
function pageKey(event) {
  const place = selected();
  const on = place >= 0 && event.target.closest("#table");
  if (moveBy(event)) return true;
  if (event.key === "Enter" && event.target.id === "grid" && place >= 0) showEvent(place);
  else if (event.key === "p" && on) togglePin(place);
  else if (event.key === "c" && on) copyOne(place, "json");
  else if (event.key === "/") byId("search").focus();
  else if (event.key === "f") openFilter(list.sort);
  else if (event.key === "?") showHelp();
  else if (/^[1-9]$/.test(event.key) && view.report.verdicts[event.key - 1]) showVerdict(view.report.verdicts[event.key - 1]);
  else return goKey(event);
  return true;
}

/** The second letter of “g t” and its like, within a second. */
function goKey(event) {
  const soon = keys.went && event.timeStamp - keys.went < 1000;
  keys.went = event.key === "g" ? event.timeStamp : 0;
  if (soon && PLACES[event.key]) byId(PLACES[event.key]).scrollIntoView();
  return event.key === "g" || Boolean(soon && PLACES[event.key]);
}

/** In an open event, its neighbours in the list. */
function panelKey(event) {
  const step = { j: 1, k: -1 }[event.key];
  if (detail.place < 0) return false;
  if (step) {
    const at = list.order.indexOf(detail.place);
    if (at < 0 || !(at + step in list.order)) return false;
    select(at + step);
    showEvent(list.order[at + step]);
  } else if (event.key === "p") togglePin(detail.place);
  else if (event.key === "c") copyOne(detail.place, "json");
  else return false;
  return true;
}

function watchKeys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key.length === 1 && !keys.single) return;
  if (event.target.closest("#chart") && !"?/".includes(event.key)) return;
  const open = document.querySelector("dialog[open]");
  const done = open ? open.id === "detail" && panelKey(event) : pageKey(event);
  if (done) event.preventDefault();
}
