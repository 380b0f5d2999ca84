"use strict";
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  tools.hidden = false;

  const rows = [...document.querySelectorAll(".tree .row")];
  const own = rows.map((row) => {
    const details = row.querySelector(":scope > details");
    const parts = details ? details.querySelectorAll(":scope > summary, :scope > .body") : [row];
    return [...parts].map((part) => part.textContent).join(" ").toLowerCase();
  });
  const kinds = rows.map((row) => row.dataset.kinds.split(" "));
  const folds = [...document.querySelectorAll(".tree details")];
  const atFirst = folds.map((fold) => fold.open);
  const index = new Map(rows.map((row, number) => [row, number]));
  const parents = rows.map((row) => index.get(row.parentElement.closest(".row")));

  const search = document.getElementById("search");
  const boxes = [...tools.querySelectorAll("input[name=kind]")];
  const shown = document.getElementById("shown");
  let matches = [];

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const active = words.length > 0 || wanted.size > 0;
    const visible = new Array(rows.length).fill(!active);
    matches = [];
    rows.forEach((row, number) => {
      const hit = words.every((word) => own[number].includes(word))
        && (wanted.size === 0 || kinds[number].some((kind) => wanted.has(kind)));
      if (active ? hit : row.classList.contains("noted")) matches.push(row);
      if (active && hit) {
        for (let at = number; at !== undefined && !visible[at]; at = parents[at]) visible[at] = true;
      }
    });
    rows.forEach((row, number) => { row.hidden = !visible[number]; });
    folds.forEach((fold, number) => {
      const row = fold.closest(".row");
      if (active) { if (row.classList.contains("group") && !row.hidden) fold.open = true; } else fold.open = atFirst[number];
    });
    shown.textContent = active ? `${matches.length} of ${rows.length} rows` : "";
  };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  boxes.forEach((box) => box.addEventListener("change", filter));
  tools.addEventListener("submit", (event) => event.preventDefault());

  const reveal = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  const go = (step) => {
    if (!matches.length) return;
    const here = document.activeElement.closest(".row");
    let at = matches.indexOf(here);
    if (at < 0) {
      const after = matches.findIndex((row) => here && here.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
      at = here ? (step > 0 ? after - 1 : after) : (step > 0 ? -1 : 0);
    }
    const row = matches[(at + step + matches.length) % matches.length];
    reveal(row.parentElement);
    const target = row.querySelector("summary") || row;
    if (target === row) row.tabIndex = -1;
    target.focus({ preventScroll: true });
    row.scrollIntoView({ block: "start" });
  };
  document.getElementById("next").addEventListener("click", () => go(1));
  document.getElementById("previous").addEventListener("click", () => go(-1));
  document.getElementById("unfold").addEventListener("click", () => folds.forEach((fold) => { fold.open = true; }));
  document.getElementById("fold").addEventListener("click", () => folds.forEach((fold, number) => { fold.open = atFirst[number]; }));

  const keys = document.getElementById("keys");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target === search) { search.value = ""; filter(); return; }
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input[type=search], input[type=text], textarea, select")) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    if (event.key === "n") go(1);
    if (event.key === "p") go(-1);
  });

  const follow = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden || target.closest("[hidden]")) { search.value = ""; boxes.forEach((box) => { box.checked = false; }); filter(); }
    const fold = target.querySelector(":scope > details");
    if (fold) fold.open = true;
    reveal(target);
    target.scrollIntoView({ block: "start" });
  };
  window.addEventListener("hashchange", follow);
  filter();
  follow();
})();
