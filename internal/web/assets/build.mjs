// Fills dist/ with what the pages need from npm: latin fonts, htmx with its
// server-sent-events extension, one SVG sprite of the icons named in
// icons.txt, and the licences of all of it. Nothing third-party is committed.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { map } from "./map.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const dist = join(here, "dist");

const files = {
  "next.woff2": "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
  "mono.woff2": "@fontsource-variable/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-wght-normal.woff2",
  "serif.woff2": "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "sse.js": "htmx-ext-sse/dist/sse.min.js",
  "tus.js": "tus-js-client/dist/tus.min.js",
  // the link chart alone: who lays it out, and what that needs
  "cytoscape.js": "cytoscape/dist/cytoscape.min.js",
  "layout-base.js": "layout-base/layout-base.js",
  "cose-base.js": "cose-base/cose-base.js",
  "fcose.js": "cytoscape-fcose/cytoscape-fcose.js",
};

// symbol turns one Tabler outline into a symbol; stroke and size come from the stylesheet.
function symbol(name) {
  const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
  const body = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`;
}

function licences() {
  const owners = ["@fontsource-variable/atkinson-hyperlegible-next", "@fontsource-variable/atkinson-hyperlegible-mono",
    "@fontsource-variable/source-serif-4", "@tabler/icons", "htmx.org", "htmx-ext-sse", "tus-js-client", "cytoscape", "cytoscape-fcose", "cose-base", "layout-base", "us-atlas", "datamaps"];
  return owners.map((owner) => {
    const folder = join(modules, owner);
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    return `== ${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}`;
  }).join("\n\n");
}

for (const old of existsSync(dist) ? readdirSync(dist) : []) {
  if (old !== ".gitkeep") rmSync(join(dist, old), { recursive: true });
}
mkdirSync(dist, { recursive: true });
for (const [to, from] of Object.entries(files)) copyFileSync(join(modules, from), join(dist, to));
const icons = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((l) => l.trim()).filter((l) => l && !l.startsWith("#"));
writeFileSync(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${icons.map(symbol).join("")}</svg>\n`);
writeFileSync(join(dist, "map.json"), JSON.stringify(map(modules)));
writeFileSync(join(dist, "LICENSES.txt"), licences());
console.log(`dist: ${Object.keys(files).length} files, ${icons.length} icons`);
