// The gallery: one scene in a frame, as wide, as dark and at the time that is asked for. What is chosen stays in the address.
const body = document.body;
const frame = document.querySelector("iframe");
const links = [...document.querySelectorAll(".scenes a")];
const slider = document.querySelector("#clock");
const shown = document.querySelector("output");
const moments = document.querySelector(".moments");
const started = Date.parse(body.dataset.now);
const minute = 60_000;
const day = 1440 * minute;
const said = new Intl.DateTimeFormat("en-GB", { timeZone: body.dataset.zone, dateStyle: "full", timeStyle: "short" });
const chosen = { scene: links[0].getAttribute("href"), width: "", scheme: "", medium: "", now: "" };
let waiting;

function read() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (name in chosen) chosen[name] = value;
}

function choose(changes) {
  Object.assign(chosen, changes);
  const kept = Object.entries(chosen).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
  show();
}

function show() {
  const link = links.find((one) => one.getAttribute("href") === chosen.scene) ?? links[0];
  for (const one of links) one.toggleAttribute("aria-current", one === link);
  for (const button of document.querySelectorAll("fieldset button")) {
    const name = button.closest("fieldset").dataset.choice;
    button.setAttribute("aria-pressed", String(button.value === chosen[name]));
  }
  showTime(link);
  frame.style.width = chosen.width ? `${chosen.width}px` : "100%";
  const address = new URL(link.href);
  if (chosen.now) address.searchParams.set("_now", chosen.now);
  document.querySelector(".alone").href = address;
  if (frame.src !== address.href) frame.src = address;
  else dress();
}

function showTime(link) {
  const known = link.dataset.moments.split(";").filter(Boolean).map((one) => one.split("|"));
  const around = (known.length ? 2 : 90) * day;
  const times = [started, ...known.map(([, at]) => Date.parse(at))];
  slider.min = Math.floor((Math.min(...times) - around) / minute);
  slider.max = Math.ceil((Math.max(...times) + around) / minute);
  const now = chosen.now ? Date.parse(chosen.now) : started;
  slider.value = Math.floor(now / minute);
  shown.textContent = said.format(now);
  const buttons = [["now", body.dataset.now], ...known].map(([name, at]) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, title: said.format(Date.parse(at)) });
    button.setAttribute("aria-pressed", String(Date.parse(at) === now));
    button.addEventListener("click", () => choose({ now: name === "now" ? "" : new Date(at).toISOString() }));
    return button;
  });
  moments.replaceChildren(...buttons);
}

// A theme may know its colours from the visitor's system or from data-scheme, and its print from the medium: both are set.
function dress() {
  const page = frame.contentDocument;
  if (!page?.documentElement) return;
  const root = page.documentElement;
  if (chosen.scheme) root.dataset.scheme = chosen.scheme;
  else delete root.dataset.scheme;
  root.style.colorScheme = chosen.scheme;
  for (const sheet of page.styleSheets) dressRules(sheet);
}

function dressRules(sheet) {
  let rules;
  try {
    rules = sheet.cssRules;
  } catch {
    return; // another host's
  }
  if (sheet.media) dressMedia(sheet.media);
  for (const rule of rules) {
    if (rule.media) dressMedia(rule.media);
    if (rule.styleSheet) dressRules(rule.styleSheet);
    else if (rule.cssRules) dressRules(rule);
  }
}

const asWritten = new WeakMap();

function dressMedia(media) {
  if (!asWritten.has(media)) asWritten.set(media, media.mediaText);
  let text = asWritten.get(media);
  if (chosen.scheme) {
    text = text.replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/g, (_, scheme) =>
      scheme === chosen.scheme ? "(min-width: 0px)" : "(max-width: 0px)");
  }
  if (chosen.medium === "print") {
    text = text.replace(/\b(print|screen)\b/g, (_, medium) => (medium === "print" ? "all" : "not all"));
  }
  if (text !== media.mediaText) media.mediaText = text;
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose({ scene: link.getAttribute("href"), now: "" });
  });
}
for (const button of document.querySelectorAll("fieldset button")) {
  button.addEventListener("click", () => choose({ [button.closest("fieldset").dataset.choice]: button.value }));
}
slider.addEventListener("input", () => {
  shown.textContent = said.format(slider.value * minute);
  clearTimeout(waiting);
  waiting = setTimeout(() => choose({ now: new Date(slider.value * minute).toISOString() }), 120);
});
frame.addEventListener("load", dress);
addEventListener("message", (message) => message.data === "restyled" && dress());
read();
show();
