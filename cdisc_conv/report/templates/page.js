"use strict";
(() => {
  const STEP = 200;
  const [SEVERITY, CODE, SUBJECT, WHERE, MESSAGE, HINT, COUNT] = [0, 1, 2, 3, 4, 5, 6];
  const findings = JSON.parse(document.getElementById("finding-data").textContent);
  const form = document.querySelector(".filters");
  const body = document.querySelector("#finding-table tbody");
  const more = document.getElementById("more-findings");
  let shown = STEP;

  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  if (location.hash) open();

  // What is folded is printed too, and folded again afterwards; of the lineage, hundreds of pages, only what is open.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("section:not(#lineage) details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));

  if (!form) return;

  const cell = (row, text, name, label) => {
    const made = row.insertCell();
    made.textContent = text;
    if (name) made.className = name;
    if (label) made.dataset.label = label;
    return made;
  };

  const addRow = (finding) => {
    const row = body.insertRow();
    const badge = document.createElement("span");
    badge.className = `badge ${finding[SEVERITY]}`;
    badge.textContent = finding[SEVERITY];
    cell(row, "").append(badge);
    cell(row, finding[CODE], "code");
    cell(row, finding[WHERE], "where");
    const words = cell(row, finding[MESSAGE], "words");
    if (finding[HINT]) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = finding[HINT];
      words.append(hint);
    }
    cell(row, finding[COUNT].toLocaleString("en"), "number", "Values");
  };

  const show = () => {
    const { severity, code, subject, text } = form.elements;
    const words = text.value.toLowerCase();
    const found = findings.filter((finding) =>
      (!severity.value || finding[SEVERITY] === severity.value) &&
      (!code.value || finding[CODE] === code.value) &&
      (!subject.value || finding[SUBJECT] === subject.value) &&
      (!words || [WHERE, MESSAGE, HINT].some((part) => finding[part].toLowerCase().includes(words))));
    body.replaceChildren();
    found.slice(0, shown).forEach(addRow);
    form.querySelector("output").textContent =
      `${found.length.toLocaleString("en")} of ${findings.length.toLocaleString("en")} findings`;
    more.hidden = found.length <= shown;
  };

  for (const [name, place] of [["severity", SEVERITY], ["code", CODE], ["subject", SUBJECT]]) {
    const values = [...new Set(findings.map((finding) => finding[place]))].filter(Boolean);
    if (name !== "severity") values.sort();
    for (const value of values) form.elements[name].add(new Option(value, value));
  }
  form.hidden = false;
  document.querySelectorAll(".more").forEach((note) => note.remove());
  form.addEventListener("input", () => { shown = STEP; show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { shown += STEP; show(); });
  for (const link of document.querySelectorAll("a[data-code], a[data-severity]")) {
    link.addEventListener("click", () => {
      form.elements.severity.value = link.dataset.severity || "";
      form.elements.code.value = link.dataset.code || "";
      form.elements.subject.value = "";
      shown = STEP;
      show();
    });
  }
  show();
})();
