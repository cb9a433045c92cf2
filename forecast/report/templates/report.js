"use strict";
/* Only comfort: searching, sorting and unfolding. The page is whole without it. */
for (const box of document.querySelectorAll("[data-searches]")) {
  const rows = [...document.querySelectorAll(`#${box.dataset.searches} tbody tr`)];
  const words = rows.map((row) => row.textContent.toLowerCase());
  const tally = box.querySelector("output");
  const search = () => {
    const wanted = box.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, place) => { row.hidden = !wanted.every((word) => words[place].includes(word)); });
    tally.value = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
  };
  box.hidden = false;
  box.addEventListener("input", search);
}
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.className = "sort";
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const sorted = [...body.rows].sort((a, b) => value(a, column).localeCompare(value(b, column), undefined, { numeric: true }));
      body.append(...(falling ? sorted.reverse() : sorted));
    });
  });
}
/* A fold that holds the target of a link opens for it. */
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target) { for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true; }
};
addEventListener("hashchange", reveal);
reveal();
