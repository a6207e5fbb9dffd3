// Comfort for the reader: search, and what lies behind a number. Texts reach the page as text, never as markup.
(function () {
  "use strict";
  const behind = JSON.parse(document.getElementById("behind").textContent);
  const panel = document.getElementById("panel"), panelTitle = document.getElementById("panel-title");
  const panelBody = document.getElementById("panel-body");
  let opened = null;

  function make(name, text, parent, kind) {
    const element = document.createElement(name);
    if (text !== undefined && text !== null) element.textContent = text;
    if (kind) element.className = kind;
    if (parent) parent.append(element);
    return element;
  }

  function plural(count, noun) {
    return count + " " + noun + (count === 1 ? "" : "s");
  }

  // Drill-down

  function pairs(record, indexes, parent, kind) {
    const list = make("dl", null, parent, kind), names = behind.fields[record[0]];
    for (const i of indexes) {
      const pair = make("div", null, list);
      make("dt", names[i], pair);
      make("dd", record[2][i] === "" ? "(blank)" : record[2][i], pair);
    }
  }

  function recordRow(record, used, body) {
    const row = make("tr", null, body);
    make("td", behind.files[record[0]], row, "left");
    make("td", record[1], row, "right");
    const cell = make("td", null, row, "left");
    pairs(record, used, cell);
    const rest = record[2].map((_, i) => i).filter((i) => !used.includes(i) && record[2][i] !== "");
    if (rest.length) {
      const more = make("details", null, cell);
      make("summary", "Other fields of the record", more);
      pairs(record, rest, more, "whole");
    }
  }

  function records(counted, parent) {
    if (!counted[2].length) return make("p", "No CRF record: the row says that something was not recorded.", parent);
    const table = make("table", null, parent), head = make("tr", null, make("thead", null, table));
    for (const text of ["CRF file", "Row", "Fields and values as recorded"]) make("th", text, head, "left").scope = "col";
    const body = make("tbody", null, table), places = counted[2];
    for (let i = 0; i < places.length; i += 2) recordRow(behind.records[places[i]], behind.sets[places[i + 1]], body);
  }

  function participant(counted, open) {
    const details = make("details", null, panelBody);
    const count = plural(counted[2].length / 2, "CRF record");
    make("b", counted[0], make("summary", null, details));
    details.firstChild.append("  " + counted[1] + " (" + count + ")");
    const fill = () => details.childElementCount > 1 || records(counted, details);
    details.addEventListener("toggle", fill);
    if (open) {
      fill();
      details.open = true;
    }
  }

  function labels(row) {
    const found = [];
    let level = Infinity;
    for (let at = row; at && level > 0; at = at.previousElementSibling) {
      if (at.dataset.l !== undefined && Number(at.dataset.l) < level) {
        level = Number(at.dataset.l);
        found.unshift(at.cells[0].textContent);
      }
    }
    return found.join(" > ");
  }

  function show(link) {
    const cell = link.closest("td"), table = link.closest("table");
    const heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
    const rows = behind.groups[Number(link.dataset.g)].map((i) => behind.counted[i]);
    const people = new Set(rows.map((row) => row[0])).size;
    const column = heads[cell.cellIndex].innerText.replace(/\s+/g, " ");
    const name = link.closest("section").querySelector("h2 span").textContent;
    panelTitle.textContent = name + ": " + labels(cell.parentElement) + " | " + column + " | " + link.textContent;
    panelBody.replaceChildren();
    const count = plural(people, "participant") + (rows.length === people ? "" : ", " + plural(rows.length, "row"));
    make("p", "Behind this number: " + count, panelBody);
    rows.forEach((row) => participant(row, rows.length === 1));
    if (opened) opened.classList.remove("open");
    opened = link;
    link.classList.add("open");
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
  }

  function close() {
    panel.hidden = true;
    if (opened) {
      opened.classList.remove("open");
      opened.focus({ preventScroll: true });
    }
    opened = null;
  }

  for (const link of document.querySelectorAll("a.n")) link.href = "#panel";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.n");
    if (!link) return;
    event.preventDefault();
    show(link);
  });
  document.getElementById("close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });

  // Search

  const query = document.getElementById("query"), found = document.getElementById("found");
  const sections = [...document.querySelectorAll("main section")];
  const entries = new Map([...document.querySelectorAll("nav li")].map((li) => [li.firstChild.hash.slice(1), li]));

  // A row that is found shows the rows above it that it belongs to.
  function filterRows(section, words) {
    let count = 0;
    for (const body of section.querySelectorAll("tbody")) {
      let level = -1;
      for (let i = body.rows.length - 1; i >= 0; i--) {
        const row = body.rows[i], own = Number(row.dataset.l || 0);
        const hit = row.textContent.toLowerCase().includes(words);
        if (hit) count++;
        const above = own < level;
        row.hidden = !hit && !above;
        level = hit ? own : above ? own : own < level ? -1 : level;
      }
    }
    return count;
  }

  function search() {
    const words = query.value.trim().toLowerCase();
    let displays = 0, rows = 0;
    for (const section of sections) {
      const title = section.querySelector("h2").textContent.toLowerCase();
      const whole = !words || title.includes(words);
      const hits = filterRows(section, whole ? "" : words);
      section.hidden = !whole && !hits;
      entries.get(section.id).hidden = section.hidden;
      if (words && !section.hidden) displays++;
      if (words && !whole) rows += hits;
    }
    for (const heading of document.querySelectorAll("nav h2")) {
      heading.hidden = [...heading.nextElementSibling.children].every((entry) => entry.hidden);
    }
    document.querySelector("main > header").hidden = words !== "";
    found.textContent = words ? plural(rows, "row") + " and titles in " + plural(displays, "place") : "";
  }

  let waiting = 0;
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  for (const element of document.querySelectorAll(".search, .hint")) element.hidden = false;
})();
