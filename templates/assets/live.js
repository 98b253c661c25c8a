// Keeps what an open page says of tickets true: states and dates from availability.json, an on-sale minute as it
// comes, and fewer claims once the news is old. Without this script the page says what was true when it was made.
const live = JSON.parse(document.getElementById("live").textContent);
const claims = new Set(["limited", "sold_out"]);
const marked = (name) => [...document.querySelectorAll(`[data-${name}]`)];
const known = { instances: {}, events: {} };
let told = 0;

async function ask(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// An entry that is large is cut by month; the months of the dates on the page are enough.
async function shards(index) {
  const times = [...document.querySelectorAll("[data-instance] time[datetime]")];
  const months = new Set(times.map((time) => time.dateTime.slice(0, 7)));
  return Promise.all([...months].filter((month) => index.shards[month]).map((month) => ask(index.shards[month].url)));
}

export async function refresh() {
  try {
    const news = await ask(live.address);
    const parts = news.shards ? await shards(news) : [];
    for (const part of [news, ...parts]) {
      Object.assign(known.instances, part.instances);
      Object.assign(known.events, part.events);
    }
    told = Date.parse(news.pulled_at ?? news.generated_at);
  } catch {
    // What the page says stays; its age tells the rest.
  }
  show();
}

function stateNow(entry, name) {
  const fact = known[`${name}s`][entry.dataset[name]];
  const state = opened(fact, fact?.state ?? entry.dataset.state);
  return isOld() && claims.has(state) ? "unknown" : state;
}

function opened(fact, state) {
  return state === "not_yet_on_sale" && fact?.on_sale_from && Date.parse(fact.on_sale_from) <= Date.now() ? "on_sale" : state;
}

const isOld = () => told > 0 && Date.now() - told > live.staleMinutes * 60_000;

// Dates and times as on the rest of the page: no browser knows every language, so the page brings patterns and words.
function say(pattern, moment) {
  const style = { timeZone: live.zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
  const parts = new Intl.DateTimeFormat("en-GB", style).formatToParts(moment);
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const half = Number(hour > 11);
  const places = { E: weekday, c: weekday, M: month - 1, L: month - 1, d: day - 1, a: half, b: half, B: hour };
  const numbers = { y: year, M: month, L: month, d: day, H: hour, h: hour % 12 || 12, K: hour % 12, k: hour || 24, m: minute };
  const fill = (_, field) => live.dates.words[field]?.[places[field[0]]] ?? String(numbers[field[0]]).padStart(field.length, "0");
  return live.dates[pattern === "clock" && !minute ? "hour" : pattern].replace(/%\((\w+)\)s/g, fill);
}

const sayBoth = (moment) => live.dates.both.replace("{1}", say("day", moment)).replace("{0}", say("clock", moment));

function show() {
  for (const name of ["event", "instance"]) for (const entry of marked(name)) showState(entry, name);
  for (const entry of marked("instance")) showMove(entry);
  const line = document.querySelector("[data-as-at]");
  if (!line || !told) return;
  const said = isOld() ? live.old : live.asAt;
  const text = said.replace("%(time)s", Date.now() - told > 86_400_000 ? sayBoth(told) : say("stamp", told));
  if (line.textContent !== text) line.textContent = text;
}

function showState(entry, name) {
  if (entry.dataset.event && entry.dataset.instance && name === "event") return;
  const state = stateNow(entry, name);
  const label = entry.querySelector(".state");
  if (!state || !label || label.classList.contains(`state-${state}`) || entry.dataset.state === "past") return;
  label.className = `state state-${state}`;
  label.textContent = live.labels[state];
  entry.dispatchEvent(new CustomEvent("state", { detail: state, bubbles: true }));
}

function showMove(entry) {
  const fact = known.instances[entry.dataset.instance];
  const start = entry.querySelector("time[datetime]");
  if (!fact || !start || Date.parse(fact.start) === Date.parse(start.dateTime)) return;
  start.dateTime = fact.start;
  start.textContent = sayBoth(Date.parse(fact.start));
  const text = live.moved.replace("%(time)s", start.textContent);
  entry.querySelector("[data-sentence]")?.replaceChildren(text);
}

refresh();
setInterval(show, 10_000);
setInterval(refresh, 5 * 60_000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
