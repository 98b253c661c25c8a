export default function (config) {
  config.addPassthroughCopy("src/site.css");
  config.setNunjucksEnvironmentOptions({ trimBlocks: true, lstripBlocks: true });
  return { dir: { input: "src", output: "_site" } };
}
