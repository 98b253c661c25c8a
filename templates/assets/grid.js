// The month as a grid: arrows go from day to day, Home and End along the week, Page Up and Page Down to other months.
const table = document.querySelector(".month");
const rows = [...table.tBodies[0].rows].map((row) => [...row.cells]);
const days = rows.flat().filter((cell) => cell.dataset.date);
const isRight = document.documentElement.dir === "rtl";

function mark() {
  table.setAttribute("role", "grid");
  for (const row of table.rows) row.setAttribute("role", "row");
  for (const cell of rows.flat()) cell.setAttribute("role", "gridcell");
  const zone = JSON.parse(document.getElementById("live").textContent).zone;
  const today = new Intl.DateTimeFormat("sv", { timeZone: zone }).format(Date.now());
  const cell = days.find((day) => day.dataset.date === today);
  cell?.classList.add("today");
  cell?.setAttribute("aria-current", "date");
  for (const day of days) day.tabIndex = -1;
  (cell ?? days.find((day) => day.querySelector("a")) ?? days[0]).tabIndex = 0;
}

function focus(day) {
  if (!day) return;
  for (const other of days) other.tabIndex = -1;
  day.tabIndex = 0;
  day.focus();
}

function turn(name) {
  const link = document.querySelector(`a[rel=${name}]`);
  if (link) location.assign(link.href);
}

function week(day, step) {
  const row = rows.find((cells) => cells.includes(day)).filter((cell) => cell.dataset.date);
  return step < 0 ? row[0] : row.at(-1);
}

table.addEventListener("keydown", (event) => {
  const day = event.target.closest("td");
  if (!day || event.altKey || event.ctrlKey || event.metaKey) return;
  const beside = (step) => focus(days[days.indexOf(day) + step]);
  const keys = {
    ArrowRight: () => beside(isRight ? -1 : 1),
    ArrowLeft: () => beside(isRight ? 1 : -1),
    ArrowDown: () => beside(7),
    ArrowUp: () => beside(-7),
    Home: () => focus(week(day, -1)),
    End: () => focus(week(day, 1)),
    PageUp: () => turn("prev"),
    PageDown: () => turn("next"),
    Enter: () => event.target === day && day.querySelector("a")?.focus(),
    Escape: () => focus(day),
  };
  const act = keys[event.key];
  if (!act || (event.key === "Enter" && event.target !== day)) return;
  event.preventDefault();
  act();
});

mark();
