// node-ical, which Home Assistant's cards and MagicMirror read calendars with. Where it is installed is the first argument.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ical = createRequire(`${process.argv[2]}/`)("node-ical");
const read = (path) => {
  const components = Object.values(ical.sync.parseFile(path));
  return components.filter((component) => component.type === "VEVENT").map((event) => ({
    uid: event.uid,
    start: event.start.getTime() / 1000,
    end: event.end && event.end.getTime() !== event.start.getTime() ? event.end.getTime() / 1000 : null,
    title: event.summary,
    description: event.description,
    place: event.location,
    state: event.status,
    sequence: Number(event.sequence),
  }));
};
const paths = readFileSync(0, "utf8").trim().split("\n");
console.log(JSON.stringify(Object.fromEntries(paths.map((path) => [path, read(path)]))));
