// Events that the reader pinned. They stay in this browser, by the case's fingerprint, and can be saved as a file.
"use strict";

const pins = { ids: new Set(), places: new Set() };

function pinShelf() {
  return `timeline:pins:${view.report.fingerprint}`;
}

/** The ids pinned earlier; a browser that keeps nothing for files gives none. */
function keptPins() {
  try {
    const ids = JSON.parse(localStorage.getItem(pinShelf()) || "[]");
    return Array.isArray(ids) ? ids.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function keepPins() {
  try {
    if (pins.ids.size) localStorage.setItem(pinShelf(), JSON.stringify([...pins.ids]));
    else localStorage.removeItem(pinShelf());
    return true;
  } catch {
    return false;
  }
}

/** The place of each of these ids that the file lists, found in one pass; a large case's file keeps only beginnings of ids. */
function placesOf(ids) {
  const wanted = new Map();
  for (const id of ids) wanted.set(headOfId(id), [...(wanted.get(headOfId(id)) || []), id]);
  const found = new Map();
  for (let place = 0; ids.size > found.size && place < view.events.rows; place += 1) {
    const own = cell(view.events, "event_id", place);
    const same = own === null ? undefined : (wanted.get(headOfId(own)) || []).find((id) => id.startsWith(own) || own.startsWith(id));
    if (same !== undefined && !found.has(same)) found.set(same, place);
  }
  return found;
}

/** As much of an id as every file carries. */
function headOfId(id) {
  return id.slice(0, 10);
}

function togglePin(place) {
  const id = cell(view.events, "event_id", place);
  const on = !pins.places.has(place);
  pins.places[on ? "add" : "delete"](place);
  if (id !== null) pins.ids[on ? "add" : "delete"](id);
  const stays = keepPins() ? "" : " This browser forgets it with the page: save pinned events as a file.";
  announce(`${on ? "Pinned" : "Unpinned"}; ${count(pins.places.size, "event")} pinned.${stays}`);
  tell("pins");
}

function pinnedPlaces() {
  return [...pins.places].sort((one, two) => one - two);
}

/** Pinned here, or starred by an analyst in the case. */
function starredPlaces() {
  return [...new Set([...pins.places, ...notes.starred])].sort((one, two) => one - two);
}

function showPins() {
  pins.ids = new Set(keptPins());
  pins.places = new Set(placesOf(pins.ids).values());
}
