// Puts the page together: what a manager needs first, then the list, then the chart.
"use strict";

function watchPage() {
  const fit = () => {
    if (!view.printing && byId("chart").clientWidth !== view.size.width) draw();
    showRows();
  };
  new ResizeObserver(fit).observe(byId("chart"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const print = (on) => () => {
    view.printing = on;
    document.documentElement.classList.toggle("light", on);
    draw();
    showHeads();
    redrawRows();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  addEventListener("keydown", watchKeys);
  byId("help").addEventListener("click", showHelp);
  hear("clock", () => {
    showWords(view.report);
    showNoted(view.report);
  });
}

/** All that is told in words with times in it: written anew for another time zone. */
function showWords(report) {
  showMast(report);
  showAnswers(report);
  showChain(report);
  showPath(report);
  showMissing(report);
}

function showFirst(report) {
  view.report = report;
  document.body.prepend(patternDefinitions());
  gatherNotes(report);
  showClock();
  showWords(report);
  showKept(report);
  showLegend();
  showFiles(report);
  watchPanel();
}

/** The case as the file tells it: its tables name their columns once. */
function toldReport() {
  const { tables, ...report } = JSON.parse(byId("data-case").textContent);
  for (const [table, { names, rows }] of Object.entries(tables)) report[table] = rows.map((row) => Object.fromEntries(row.map((value, place) => [names[place], value])));
  return report;
}

async function begin() {
  const report = toldReport();
  showFirst(report);
  const events = await readEvents(report);
  view.events = events;
  [view.low, view.high] = wholeRange();
  showPins();
  showNotes();
  showTable();
  showChart(report, events);
  watchPage();
  document.body.dataset.drawn = "yes"; // a person can read, search and move; what the list and the details need is still being unpacked
  await breath();
  await events.finish();
  watchLinks();
  await bringLibrary();
  document.body.dataset.ready = "yes";
}

begin().catch((error) => {
  const words = `This report could not be drawn completely by this browser: ${visible(error.message)}. A browser of 2023 or later is needed.`;
  document.body.prepend(make("p", "note failure", words));
  document.body.dataset.ready = "failed";
  throw error;
});
