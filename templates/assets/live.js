// Keeps what an open page says of tickets true: states and dates from availability.json, an on-sale minute as it
// comes, and fewer claims once the news is old. Without this script the page says what was true when it was made.
const live = JSON.parse(document.getElementById("live").textContent);
const claims = new Set(["limited", "sold_out"]);
const marked = (name) => [...document.querySelectorAll(`[data-${name}]`)];
let known = { instances: {}, events: {} };
let told = 0;

async function ask(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// News that is large is cut by month; the months of what is on the page are enough. Its addresses are those of the
// published site: a preview elsewhere asks its own host.
async function shards(index) {
  const times = [...document.querySelectorAll("[data-instance] time[datetime]")].map((time) => time.dateTime);
  const months = new Set([...times, ...marked("month").map((entry) => entry.dataset.month)].map((text) => text.slice(0, 7)));
  const wanted = [...months].filter((month) => index[month]);
  return Promise.all(wanted.map((month) => ask(new URL(index[month].url).pathname)));
}

export async function refresh() {
  try {
    const news = await ask(live.address);
    const parts = [news, ...(news.shards ? await shards(news.shards) : [])];
    const all = (name) => Object.assign({}, ...parts.map((part) => part[name]));
    known = { instances: all("instances"), events: all("events") };
    told = Date.parse(news.pulled_at ?? news.generated_at) || 0;
  } catch {
    // What the page says stays; its age tells the rest.
  }
  show();
}

const isOld = () => told > 0 && Date.now() - told > live.staleMinutes * 60_000;

function stateNow(entry, name) {
  const fact = known[`${name}s`][entry.dataset[name]];
  const state = fact?.state in live.labels ? fact.state : entry.dataset.state;
  const opens = fact?.on_sale_from ?? entry.querySelector("[data-opens]")?.dataset.opens;
  return state === "not_yet_on_sale" && Date.parse(opens) <= Date.now() ? "on_sale" : state;
}

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

const stamp = () => (Date.now() - told > 86_400_000 ? sayBoth(told) : say("stamp", told));

function show() {
  for (const name of ["event", "instance"]) for (const entry of marked(name)) showState(entry, name);
  for (const entry of marked("instance")) showMove(entry);
  const line = document.querySelector("[data-as-at]");
  if (!line || !told) return;
  const text = (isOld() ? live.old : live.asAt).replace("%(time)s", stamp());
  if (line.textContent !== text) line.textContent = text;
}

function showState(entry, name) {
  if (entry.dataset.event && entry.dataset.instance && name === "event") return;
  const state = stateNow(entry, name);
  const label = entry.querySelector(".state");
  if (!state || !label || entry.dataset.state === "past") return;
  const said = isOld() && claims.has(state) ? "unknown" : state;
  const isNew = state !== entry.dataset.state;
  entry.dataset.state = state;
  if (label.classList.contains(`state-${said}`)) return;
  label.className = `state state-${said}`;
  label.textContent = live.labels[said];
  const sentence = entry.querySelector("[data-sentence]");
  const old = { limited: live.sentences.on_sale, sold_out: live.old.replace("%(time)s", stamp()) };
  if (sentence) sentence.textContent = said === state ? live.sentences[state] : old[state];
  if (isNew) entry.dispatchEvent(new CustomEvent("state", { bubbles: true }));
}

function showMove(entry) {
  const moment = Date.parse(known.instances[entry.dataset.instance]?.start);
  const start = entry.querySelector("time[datetime]");
  if (!moment || !start || moment === Date.parse(start.dateTime)) return;
  start.dateTime = new Date(moment).toISOString();
  start.textContent = sayBoth(moment);
  entry.querySelector("[data-end]")?.remove();
  const note = entry.querySelector("[data-moved]");
  if (note) note.textContent = `${live.moved.replace("%(time)s", start.textContent)} `;
}

refresh();
setInterval(show, 5_000);
setInterval(refresh, 5 * 60_000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
