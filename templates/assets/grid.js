// The month as a grid: arrows go from day to day, Home and End along the week, Page Up and Page Down to other months.
const table = document.querySelector(".month");
const rows = [...table.tBodies[0].rows].map((row) => [...row.cells]);
const days = () => rows.flat().filter((cell) => cell.dataset.date && cell.checkVisibility()); // a list of full days on a phone
const isList = () => getComputedStyle(table).display === "block";
const isRight = document.documentElement.dir === "rtl";

function mark() {
  table.setAttribute("role", "grid");
  for (const row of table.rows) row.setAttribute("role", "row");
  for (const cell of rows.flat()) cell.setAttribute("role", "gridcell");
  const zone = JSON.parse(document.getElementById("live").textContent).zone;
  const today = new Intl.DateTimeFormat("sv", { timeZone: zone }).format(Date.now());
  const shown = days();
  const cell = shown.find((day) => day.dataset.date === today);
  cell?.classList.add("today");
  cell?.setAttribute("aria-current", "date");
  for (const day of rows.flat()) day.tabIndex = -1;
  const first = cell ?? shown.find((day) => day.querySelector("a")) ?? shown[0];
  if (location.hash === "#focus") focus(first); // from the next month
  else if (first) first.tabIndex = 0;
}

function focus(day) {
  if (!day) return;
  for (const other of rows.flat()) other.tabIndex = -1;
  day.tabIndex = 0;
  day.focus();
}

function turn(name) {
  const link = document.querySelector(`a[rel=${name}]`);
  if (link) location.assign(`${link.href}#focus`);
}

function week(day, step) {
  const row = rows.find((cells) => cells.includes(day)).filter((cell) => days().includes(cell));
  return step < 0 ? row[0] : row.at(-1);
}

table.addEventListener("keydown", (event) => {
  const day = event.target.closest("td");
  if (!day || event.altKey || event.ctrlKey || event.metaKey) return;
  const beside = (step) => focus(days()[days().indexOf(day) + step]);
  const below = isList() ? 1 : 7;
  const keys = {
    ArrowRight: () => beside(isRight ? -1 : 1),
    ArrowLeft: () => beside(isRight ? 1 : -1),
    ArrowDown: () => beside(below),
    ArrowUp: () => beside(-below),
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
