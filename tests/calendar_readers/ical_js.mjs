// ical.js, which Thunderbird and Nextcloud read calendars with. Where it is installed is the first argument.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ICAL = createRequire(`${process.argv[2]}/`)("ical.js");
const read = (path) => {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const end = component.hasProperty("dtend") ? event.endDate.toUnixTime() : null;
    return {
      uid: event.uid,
      start: event.startDate.toUnixTime(),
      end,
      title: event.summary,
      description: event.description,
      place: event.location,
      state: component.getFirstPropertyValue("status"),
      sequence: event.sequence,
    };
  });
};
const paths = readFileSync(0, "utf8").trim().split("\n");
console.log(JSON.stringify(Object.fromEntries(paths.map((path) => [path, read(path)]))));
