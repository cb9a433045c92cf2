"use strict";
/* Only comfort: hovering, choosing, picking, searching, sorting and unfolding. The page is whole without it. */
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/* Choose one outcome of several tables; the others step back. */
for (const box of all("[data-chooses]")) {
  const choices = all(":scope > .choice", box);
  if (choices.length < 2) continue;
  const chips = make("div", { className: "chips" });
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", box.dataset.chooses);
  const buttons = choices.map((choice) => {
    const button = make("button", { type: "button", className: `chip tone-${choice.dataset.tone}` }, choice.dataset.choice);
    button.addEventListener("click", () => choose(choice));
    return button;
  });
  const choose = (chosen) => choices.forEach((choice, place) => {
    choice.hidden = choice !== chosen;
    buttons[place].setAttribute("aria-pressed", String(choice === chosen));
  });
  chips.append(...buttons);
  box.before(chips);
  box.classList.add("chosen");
  choose(choices[0]);
}

/* Show and hide outcomes in a figure; the one pointed at gets its fan. */
for (const figure of all("[data-toggles]")) {
  const series = all(".series", figure);
  const chips = make("div", { className: "chips" }, make("span", {}, figure.dataset.toggles));
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", figure.dataset.toggles);
  for (const label of [...new Set(series.map((each) => each.dataset.label))].reverse()) {
    const own = series.filter((each) => each.dataset.label === label);
    const tone = own[0].querySelector(".path").getAttribute("class").match(/tone-[\w-]+/)[0];
    const chip = make("button", { type: "button", className: `chip switch ${tone}` }, label);
    chip.setAttribute("aria-pressed", "true");
    chip.addEventListener("click", () => {
      const on = chip.getAttribute("aria-pressed") === "false";
      chip.setAttribute("aria-pressed", String(on));
      own.forEach((each) => each.classList.toggle("off", !on));
    });
    const light = () => series.forEach((each) => each.classList.toggle("lit", own.includes(each)));
    for (const event of ["pointerenter", "focus"]) chip.addEventListener(event, light);
    own.forEach((each) => each.addEventListener("pointerenter", light));
    chips.append(chip);
  }
  figure.prepend(chips);
}

/* Pick a date: a line in the figure, and the numbers of that date from the table behind it. */
for (const figure of all("[data-picks]")) {
  const table = document.getElementById(figure.dataset.picks);
  if (!table) continue;
  const turned = "turned" in table.dataset;
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const count = turned ? rows.length : heads.length;
  const names = turned ? heads : rows.map((row) => row.cells[0]);
  const day = (place) => (turned ? rows[place].cells[0] : heads[place]).textContent.trim();
  const value = (place, name) => (turned ? rows[place].cells[name + 1] : rows[name].cells[place + 1]).textContent.trim().replace(/\s+/g, " ");
  const slider = make("input", { type: "range", min: 0, max: count - 1, value: count - 1, id: `${figure.dataset.picks}-pick` });
  const output = make("output", { htmlFor: slider.id });
  const label = make("label", { htmlFor: slider.id }, figure.dataset.pickWord);
  const show = () => {
    const place = Number(slider.value);
    all(".pick.on", figure).forEach((line) => line.classList.remove("on"));
    all(`.pick-${place}`, figure).forEach((line) => line.classList.add("on"));
    slider.setAttribute("aria-valuetext", day(place));
    output.replaceChildren(make("strong", {}, day(place)), ...names.map((name, number) => make("span", {}, `${name.textContent.trim()} ${value(place, number)}`)));
  };
  slider.addEventListener("input", show);
  if (count > 1) figure.append(make("div", { className: "picker" }, label, slider, output));
}

/* Draw one of the hundred futures, to feel what the chances mean. */
for (const figure of all("[data-draws]")) {
  const dots = all("circle", figure);
  const output = make("output", { className: "small" });
  const button = make("button", { type: "button", className: "chip" }, figure.dataset.draws);
  button.addEventListener("click", () => {
    const dot = dots[Math.floor(Math.random() * dots.length)];
    figure.firstElementChild.classList.add("drawn");
    dots.forEach((each) => each.classList.toggle("chosen", each === dot));
    output.value = figure.dataset.drawn + dot.textContent;
  });
  figure.append(make("p", { className: "small" }, button, " ", output));
}

/* What a mark tells, beside the pointer. */
const told = make("div", { className: "told", hidden: true });
document.body.append(told);
document.addEventListener("pointermove", (event) => {
  const title = event.target.closest?.("svg *")?.querySelector(":scope > title") ?? event.target.closest?.("g")?.querySelector(":scope > title");
  told.hidden = !title;
  if (!title) return;
  told.textContent = title.textContent;
  const { innerWidth, innerHeight } = window;
  told.style.left = `${Math.min(event.clientX + 14, innerWidth - told.offsetWidth - 8)}px`;
  told.style.top = `${Math.min(event.clientY + 14, innerHeight - told.offsetHeight - 8)}px`;
});

/* Search in a long table; of one that nobody searches the first rows, until a reader asks for all or is led to one. */
const FIRST = 20;
for (const box of all("[data-searches]")) {
  const table = document.getElementById(box.dataset.searches);
  const rows = [...table.tBodies[0].rows];
  const words = rows.map((row) => row.textContent.toLowerCase());
  const tally = box.querySelector("output");
  const field = box.querySelector("input");
  const more = make("button", { type: "button", className: "chip more" }, box.dataset.more);
  let whole = rows.length <= FIRST;
  const fold = () => {
    const short = !whole && !field.value.trim();
    table.classList.toggle("few", short);
    more.hidden = !short;
  };
  const search = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, place) => { row.hidden = !wanted.every((word) => words[place].includes(word)); });
    tally.value = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    fold();
  };
  const unfold = () => {
    whole = true;
    fold();
  };
  more.addEventListener("click", () => {
    const next = table.tBodies[0].rows[FIRST].cells[0];
    unfold();
    next.tabIndex = -1;
    next.focus();
  });
  table.addEventListener("unfold", unfold);
  table.after(more);
  box.hidden = false;
  box.addEventListener("input", search);
  fold();
}
for (const table of all("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = make("button", { className: "sort", type: "button" }, ...head.childNodes);
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
/* A fold, or a shortened table, that holds the target of a link opens for it. */
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target) { for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true; }
  const row = target && target.closest("table.few tr");
  if (row) {
    row.closest("table").dispatchEvent(new Event("unfold"));
    row.scrollIntoView();
  }
};
addEventListener("hashchange", reveal);
reveal();

/* Where on the page one is. */
const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
const seen = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) {
    const link = links.get(target.getAttribute("aria-labelledby"));
    if (link && isIntersecting) link.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}, { rootMargin: "-35% 0px -60% 0px" });
all("main > section").forEach((part) => seen.observe(part));
