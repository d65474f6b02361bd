// Checks every text/surface pair of tokens.css against WCAG 2.2 AA, and the chart palette under three kinds of
// colour-blindness. Run: node scripts/check-contrast.mjs
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
const T = {};
for (const [, k, a, b] of css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi)) T[k] = [a, b];
T["on-fill"] = ["#ffffff", "#ffffff"];

const rgb = (h) => [1, 3, 5].map((i) => parseInt(h.slice(i, i + 2), 16) / 255);
const lin = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const lum = (h) => { const [r, g, b] = rgb(h).map(lin); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };

const surfaces = ["canvas", "surface", "raised", "fill", "fill-hover"];
const pairs = [];
for (const s of surfaces) for (const t of ["ink", "ink-2", "ink-3", "blue", "green", "amber", "red"]) pairs.push([t, s, 4.5]);
for (const t of ["ink", "ink-2", "ink-3", "blue", "red"]) pairs.push([t, "fill-selected", 4.5]);
for (const c of ["blue", "green", "amber", "red"]) pairs.push([`${c}-ink`, `${c}-tint`, 4.5], ["ink", `${c}-tint`, 4.5], ["ink-2", `${c}-tint`, 4.5]);
pairs.push(["ink-inverse", "ink", 4.5], ["on-fill", "blue-fill", 4.5], ["on-fill", "red-fill", 4.5]);
for (const d of ["add", "del"]) pairs.push([`${d}-ink`, `${d}-tint`, 4.5], [`${d}-ink`, `${d}-word`, 4.5], ["ink", `${d}-tint`, 4.5], ["ink", `${d}-word`, 4.5]);
for (const t of ["t-var", "t-logic", "t-comment", "t-include"]) pairs.push([t, "surface", 4.5], [t, "fill", 4.5]);
pairs.push(["t-var", "t-var-tint", 4.5]);
for (const s of ["surface", "fill", "raised"]) pairs.push(["line-control", s, 3], ["focus", s, 3]);
pairs.push(["focus", "canvas", 3], ["amber-fill", "surface", 3], ["amber-fill", "fill", 3]);
for (const c of ["c-stable", "c-candidate", "c-1", "c-2", "c-3", "c-4", "c-5", "c-6"]) pairs.push([c, "surface", 3], [c, "fill", 3]);

let bad = 0, low = { light: [99], dark: [99] };
for (const [t, s, min] of pairs) ["light", "dark"].forEach((mode, i) => {
  const r = ratio(T[t][i], T[s][i]);
  if (min === 4.5 && r < low[mode][0]) low[mode] = [r, t, s];
  if (r < min) { bad++; console.log(`FAIL ${mode} ${t} on ${s}: ${r.toFixed(2)} < ${min}`); }
});
for (const m of ["light", "dark"]) console.log(`${m}: lowest text contrast ${low[m][0].toFixed(2)} (${low[m][1]} on ${low[m][2]})`);
console.log(`${pairs.length * 2} pairs checked, ${bad} below AA`);

// Chart palette: smallest OKLab distance between any two series, as seen with each kind of vision (Machado 2009, full).
const M = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const lab = (h, m) => {
  const c = rgb(h).map(lin), [r, g, b] = m.map((row) => Math.max(0, row[0] * c[0] + row[1] * c[1] + row[2] * c[2]));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const q = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * q - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * q + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * q - 0.808675766 * s];
};
const sets = { "series 1-4": ["c-1", "c-2", "c-3", "c-4"], "stable/candidate": ["c-stable", "c-candidate"] };
for (const [name, keys] of Object.entries(sets)) ["light", "dark"].forEach((mode, i) => {
  const out = Object.entries(M).map(([kind, m]) => {
    let min = [9];
    keys.forEach((a, x) => keys.slice(x + 1).forEach((b) => {
      const p = lab(T[a][i], m), q = lab(T[b][i], m), d = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      if (d < min[0]) min = [d, a, b];
    }));
    if (min[0] < 0.06) bad++;
    return `${kind} ${min[0].toFixed(3)}`;
  });
  console.log(`${name}, ${mode}: ${out.join(", ")} (needs 0.060)`);
});
process.exit(bad ? 1 : 0);
