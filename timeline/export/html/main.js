// Puts the page together: what a manager needs first, then the list, then the chart.
"use strict";

function watchKeys(event) {
  const typing = event.target.closest("input, select, textarea, dialog[open]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  byId("search").focus();
}

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
    refilter();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  addEventListener("keydown", watchKeys);
}

function showFirst(report) {
  view.report = report;
  document.body.prepend(patternDefinitions());
  showMast(report);
  showAnswers(report);
  showChain(report);
  showKept(report);
  showLegend();
  showPath(report);
  showMissing(report);
  showFiles(report);
  watchPanel();
}

async function begin() {
  const report = JSON.parse(byId("data-case").textContent);
  showFirst(report);
  const events = await readEvents();
  view.events = events;
  [view.low, view.high] = wholeRange();
  showTable();
  await showChart(report, events);
  watchPage();
  document.body.dataset.ready = "yes";
}

begin().catch((error) => {
  const words = `This report could not be drawn completely by this browser: ${visible(error.message)}. A browser of 2023 or later is needed.`;
  document.body.prepend(make("p", "note failure", words));
  document.body.dataset.ready = "failed";
  throw error;
});
