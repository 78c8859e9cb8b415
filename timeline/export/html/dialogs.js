// Small dialogs over the page: filters of a column, the choice of columns, the keys.
"use strict";

function openSmall(title, ...content) {
  const dialog = byId("small");
  byId("tip").hidden = true;
  byId("small-title").textContent = visible(title);
  byId("small-body").replaceChildren(...content.filter(Boolean));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function closeSmall() {
  byId("small").close();
}

/** A click beside a dialog closes it, like its own button does. */
function watchDialog(id, close) {
  byId(`${id}-close`).addEventListener("click", close);
  byId(id).addEventListener("click", (event) => { if (event.target === byId(id)) close(); });
}
