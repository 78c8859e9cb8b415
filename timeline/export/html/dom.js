// The only place that makes elements: text goes in as text, never as markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

function byId(id) {
  return document.getElementById(id);
}

/** An element of our own class with text and children; nothing of `text` is ever parsed. */
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content.filter((one) => one !== null && one !== undefined));
  return node;
}

/** A value from the evidence: unseen characters shown, its writing direction kept to itself. */
function datum(value, className) {
  const node = make("bdi", className ? `data ${className}` : "data");
  node.textContent = visible(value);
  return node;
}

function button(label, className, act) {
  const node = make("button", className, label);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

function drawn(tag, attributes, ...content) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}

/** Takes a section away that has nothing to say, and its entry in the contents. */
function withdraw(id) {
  byId(id).remove();
  document.querySelector(`.contents a[href="#${id}"]`).remove();
}

function row(tag, cells) {
  return make("tr", "", ...cells.map((cell) => make(tag, "", cell)));
}

/** A small whole table. */
function sheet(heads, rows, kind = "") {
  const head = row("th", heads);
  for (const cell of head.children) cell.scope = "col";
  return make("table", `sheet ${kind}`, make("thead", "", head), make("tbody", "", ...rows));
}

/** Term and description pairs; a null description leaves the pair out. */
function facts(pairs) {
  const list = make("dl", "facts");
  for (const [term, value] of pairs) {
    if (value !== null && value !== undefined && value !== "") list.append(make("dt", "", term), make("dd", "", value));
  }
  return list;
}

function choices(label, options, act) {
  const select = make("select", "");
  for (const [value, text] of options) {
    const option = make("option", "");
    option.value = value;
    option.textContent = visible(text);
    select.append(option);
  }
  select.addEventListener("change", () => act(select.value));
  return make("label", "field", make("span", "", label), select);
}
