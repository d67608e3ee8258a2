"use strict";
const { findings, rules } = JSON.parse(document.getElementById("data").textContent);
const find = id => document.getElementById(id), body = document.querySelector("#findings tbody");
const RANK = { error: 0, warning: 1, note: 2 }, PAGE = 300;
let sorted = "", down = false, visible = [], shown = 0;

function make(tag, words, kind) {
  const e = document.createElement(tag);
  if (words !== undefined) e.textContent = words;
  if (kind) e.className = kind;
  return e;
}
function options(id, values) { for (const v of values) { const o = make("option", v.words); o.value = v.value; find(id).append(o); } }
function place(f) { return f.dataset || f.file; }
for (const f of findings)
  f.haystack = [f.rule, ...f.also, place(f), f.variable, f.text, f.value, f.hint, f.source, f.explained,
    ...f.records.values.flat()].join("\n").toLowerCase();

function count(key) {
  const counts = new Map();
  for (const f of findings) counts.set(key(f), (counts.get(key(f)) || 0) + 1);
  return [...counts].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([value, n]) => ({ value, words: `${value || "(the package)"} (${n})` }));
}
options("dataset", count(place).map(o => o.value ? o : { value: "\t", words: o.words }));
options("rule", count(f => f.rule));

function filter() {
  const severity = find("severity").value, dataset = find("dataset").value, rule = find("rule").value;
  const state = find("state") ? find("state").value : "", words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  visible = findings.filter(f => (!severity || f.severity === severity) && (!dataset || (place(f) || "\t") === dataset)
    && (!rule || f.rule === rule) && (!state || f.state === state) && (find("explained").checked || !f.explained)
    && words.every(w => f.haystack.includes(w)));
  if (sorted) {
    const value = f => sorted === "severity" ? RANK[f.severity] : sorted === "dataset" ? place(f) : f[sorted];
    visible.sort((a, b) => { const x = value(a), y = value(b); return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); });
  }
  body.replaceChildren(); shown = 0; more();
}
function more() {
  for (const f of visible.slice(shown, shown + PAGE)) body.append(row(f));
  shown = Math.min(shown + PAGE, visible.length);
  find("more").hidden = shown >= visible.length;
  find("shown").textContent = `${visible.length.toLocaleString("en")} of ${findings.length.toLocaleString("en")}`;
}
function row(f) {
  const tr = make("tr", undefined, f.explained ? "row done" : "row");
  tr.tabIndex = 0;
  const level = make("td"); level.append(make("span", f.severity, `tag s-${f.severity}`));
  if (f.state) level.append(make("div", f.state, "quiet"));
  const rule = make("td", f.rule);
  if (f.also.length) rule.append(make("div", f.also.join(", "), "quiet"));
  const text = make("td", f.text);
  if (f.explained) text.append(make("div", `explained: ${f.explained}`));
  tr.append(level, rule, make("td", place(f) + (f.line ? `:${f.line}` : "")), make("td", f.variable), text,
    make("td", f.dataset && f.rows.length ? f.count.toLocaleString("en") : f.count > 1 ? f.count.toLocaleString("en") : "", "n"));
  tr.addEventListener("click", () => { if (!String(getSelection())) toggle(tr, f); });
  tr.addEventListener("keydown", e => { if (e.key === "Enter") toggle(tr, f); });
  return tr;
}
function toggle(tr, f) {
  const next = tr.nextElementSibling;
  if (next && next.classList.contains("open")) { next.remove(); return; }
  const open = make("tr", undefined, "open"), cell = make("td");
  cell.colSpan = 6;
  const facts = rules[f.rule];
  if (facts) cell.append(make("div", `${facts.title}${facts.source ? ` (${facts.source})` : ""}`));
  if (facts && facts.wording) cell.append(make("div", facts.wording, "wording"));
  if (f.hint) cell.append(make("div", `What to do: ${f.hint}`));
  if (f.records.numbers.length) cell.append(records(f));
  open.append(cell);
  tr.after(open);
}
function records(f) {
  const table = make("table"), head = make("tr");
  for (const name of ["record", ...f.records.names]) head.append(make("th", name));
  table.append(head);
  f.records.numbers.forEach((number, i) => {
    const line = make("tr");
    line.append(make("td", number.toLocaleString("en")), ...f.records.values[i].map(value => make("td", value)));
    table.append(line);
  });
  const box = make("div", undefined, "wide");
  box.append(table);
  if (f.count > f.records.numbers.length) box.append(make("div", `and ${(f.count - f.records.numbers.length).toLocaleString("en")} more`, "quiet"));
  return box;
}
for (const button of document.querySelectorAll("#findings th button"))
  button.addEventListener("click", () => {
    down = sorted === button.dataset.key ? !down : false; sorted = button.dataset.key;
    for (const other of document.querySelectorAll("#findings th button")) other.removeAttribute("aria-sort");
    button.setAttribute("aria-sort", down ? "down" : "up");
    filter();
  });
for (const id of ["severity", "dataset", "rule", "state", "explained"]) if (find(id)) find(id).addEventListener("change", filter);
find("search").addEventListener("input", filter);
find("more").addEventListener("click", more);
filter();
