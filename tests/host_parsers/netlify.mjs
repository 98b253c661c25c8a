// What Netlify's own parsers make of a site: its `_headers`, `_redirects` and netlify.toml. Where they are installed is
// the first argument, the folder of the site the second, its netlify.toml the third; paths come on standard input.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, site, netlifyConfigPath] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(`${folder}/node_modules/@netlify/${name}/lib/index.js`));
const { parseAllHeaders } = await load("headers-parser");
const { parseAllRedirects } = await load("redirect-parser");
const said = await parseAllHeaders({ headersFiles: [`${site}/_headers`], netlifyConfigPath, minimal: false });
const led = await parseAllRedirects({ redirectsFiles: [`${site}/_redirects`], netlifyConfigPath, minimal: true });
const paths = readFileSync(0, "utf8").split("\n");
const fits = (path) => said.headers.filter((rule) => rule.forRegExp.test(path)).map((rule) => rule.values);
console.log(JSON.stringify({
  errors: [...said.errors, ...led.errors].map(String),
  headers: said.headers.map((rule) => [rule.for, Object.entries(rule.values)]),
  redirects: led.redirects.map((rule) => [rule.from, rule.to, rule.status]),
  fitting: Object.fromEntries(paths.map((path) => [path, fits(path)])),
}));
