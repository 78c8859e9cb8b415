// What is only counted: how much of it lies where, and the command that lists it.
"use strict";

/** How many events under a spot are only counted. */
function unlistedAt(spot) {
  const { sums } = view;
  if (!sums || !sums.rest) return 0;
  const row = sums.rest[spot.lane];
  const bin = (time) => Math.max(0, Math.min(sums.bins, (time - sums.first) / sums.step));
  return row[Math.ceil(bin(spot.time + spot.reach))] - row[Math.floor(bin(spot.time - spot.reach))];
}

function unlistedLines(spot) {
  const number = unlistedAt(spot);
  return number ? [make("p", "", make("b", "", count(number, "event")), " around here are only counted: click for the command that lists them.")] : [];
}

function commandBox(command) {
  const box = make("pre", "record");
  box.textContent = visible(command);
  return make("div", "command", box, button("Copy the command", "", () => copyText(command, "The command")));
}

function kindsTable(kinds) {
  const rows = kinds.slice(0, 200).map((one) => row("td", [datum(one.stream ?? "none"), datum(one.action ?? "none"), datum(one.outcome ?? "none"), one.listed.toLocaleString("en"), one.total.toLocaleString("en")]));
  return make("div", "scroll", sheet(["Log", "Action", "Outcome", "Listed", "All"], rows));
}

/** The range of a spot in whole bins, or that of the view. */
function rangeOf(spot) {
  if (!spot) return [view.low, view.high];
  const { first, step } = view.sums;
  const edge = (time, round) => first + round((time - first) / step) * step;
  return [edge(spot.time - spot.reach, Math.floor), edge(spot.time + spot.reach, Math.ceil)];
}

function showUnlisted(spot) {
  const { report } = view;
  const [low, high] = rangeOf(spot);
  const stream = spot && view.mode === "stream" ? view.lanes[spot.lane].key : null;
  const number = spot ? unlistedAt(spot) : view.density.unlisted;
  const meaning = "This file lists every event that an answer rests on, and all that are rare. Of the commonest kinds it carries a part and counts the others, so that the picture lacks nothing. This command lists them all, those counted and those listed:";
  openPanel(
    `${count(number, "event")} only counted${spot ? " here" : " in view"}`,
    make("p", "big", meaning), commandBox(exportCommand(low, high, stream)),
    make("h3", "", "Kinds that are not listed in full"), kindsTable(report.density.kinds || []),
    report.left_out.length ? make("p", "note", `To stay small the file also leaves out ${count(report.left_out.length, "column")}: ${report.left_out.map(spoken).join(", ")}.`) : null,
  );
}
