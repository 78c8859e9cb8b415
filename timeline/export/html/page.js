// What the parts of the page tell one another, so that none needs to know who listens.
"use strict";

const hub = new Map();

/** Topics: clock (another time zone), range, filters (the list is another one), pins (pins or notes changed). */
function hear(topic, listener) {
  if (!hub.has(topic)) hub.set(topic, []);
  hub.get(topic).push(listener);
}

function tell(topic) {
  for (const listener of hub.get(topic) || []) listener();
}

/** Calls `act` once things have been quiet for so many milliseconds. */
function calmly(act, quiet) {
  let wait = 0;
  return () => {
    clearTimeout(wait);
    wait = setTimeout(act, quiet);
  };
}

/** Says a word to people who see and to people who hear: what was copied, saved or pinned. */
function announce(words) {
  const line = byId("said");
  line.textContent = words;
  line.classList.add("shown");
  clearTimeout(announce.wait);
  announce.wait = setTimeout(() => line.classList.remove("shown"), 4000);
}
