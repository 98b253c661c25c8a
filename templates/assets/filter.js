// What's on, filtered where it stands: the links choose, the search field narrows, and the address says what was chosen.
const listing = document.getElementById("listing");
const field = document.getElementById("search");
const links = [...document.querySelectorAll("[data-facet]")];
const cells = [...document.querySelectorAll(".cell")];
const count = document.getElementById("count");
const [forms, formOf] = JSON.parse(count?.dataset.counted ?? "[]");
const names = [...new Set(links.map((link) => link.dataset.facet))];
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[‘’]/g, "'").toLowerCase();
const texts = new Map(cells.map((cell) => [cell, fold(cell.textContent)]));

const chosen = () => new URLSearchParams(location.search);

// A date fits month, venue and access together: "audio described in March" is one performance that is both.
function fits(cell, wanted) {
  const genre = wanted.get("genre");
  if (genre && !cell.dataset.genre.split(" ").includes(genre)) return false;
  if (!fold(wanted.get("q") ?? "").split(/\s+/).every((word) => texts.get(cell).includes(word))) return false;
  if (!["month", "venue", "access"].some((name) => wanted.get(name))) return true;
  return cell.dataset.dates.trim().split(" ").some((date) => isOn(date, wanted));
}

function isOn(date, wanted) {
  const [month, venue, access] = date.split("/");
  const same = (name, value) => !wanted.get(name) || wanted.get(name) === value;
  return same("month", month) && same("venue", venue) && (!wanted.get("access") || (access ?? "").split("+").includes(wanted.get("access")));
}

function addressWith(name, value) {
  const next = chosen();
  if (value) next.set(name, value);
  else next.delete(name);
  const query = next.toString();
  return `${location.pathname}${query ? `?${query}` : ""}`;
}

function show(isTyped = false) {
  const wanted = chosen();
  let found = 0;
  for (const cell of cells) {
    cell.hidden = !fits(cell, wanted);
    found += !cell.hidden;
  }
  for (const link of links) {
    const { facet, value } = link.dataset;
    const isChosen = wanted.get(facet) === value;
    link.href = addressWith(facet, isChosen ? "" : value);
    if (isChosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const any = [...names, "q"].some((name) => wanted.get(name));
  document.getElementById("nothing").hidden = found > 0;
  count.textContent = any && found ? forms[formOf[found]].replace("%(count)s", found) : "";
  const picked = links.filter((link) => link.hasAttribute("aria-current")).map((link) => link.textContent);
  document.getElementById("chosen").textContent = picked.length ? `: ${picked.join(", ")}` : "";
  if (!isTyped) field.value = wanted.get("q") ?? "";
}

function go(address, isTyped = false) {
  history[isTyped ? "replaceState" : "pushState"](null, "", address);
  show(isTyped);
}

if (listing && field) {
  listing.addEventListener("click", (event) => {
    const link = event.target.closest("[data-facet], [data-clear]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const isClear = "clear" in link.dataset;
    go(isClear ? location.pathname : link.href);
    if (isClear) document.getElementById("found-heading").focus({ preventScroll: true }); // the link is gone
  });
  field.addEventListener("input", () => go(addressWith("q", field.value.trim()), true));
  addEventListener("popstate", () => show());
  show();
}
