// Build what the pages load into ../static/built (or the folder given): bundles with hashed names and a manifest.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import formCorrections from "./form/corrections.mjs";
import { place } from "./placing.mjs";
import correctFeel, { replaceExactly } from "../../../scripts/feel/plugin.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const feel = join(here, "../../../scripts/feel");
const target = process.argv[2] ?? join(here, "../static/built");
// Beside the target, so that files go there by renaming; of this process alone.
const fresh = `${target}.new-${process.pid}`;
process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));
const islands = ["site", "form", "form-editor", "diagram", "modeler", "paper", "text-editor"];
const allowed = new Set(["MIT", "0BSD", "ISC", "BSD-3-Clause", "Apache-2.0", "(MPL-2.0 OR Apache-2.0)",
  "SEE LICENSE IN LICENSE"]); // the last is bpmn.io's: MIT, and its mark stays visible

const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const manifest = {};

// ---- the same FEEL as the server's ----

function checkVersions() {
  const server = json(join(feel, "package-lock.json")).packages;
  const pages = json(join(here, "package-lock.json")).packages;
  for (const [path, { version, dev }] of Object.entries(server)) {
    if (path && !dev && pages[path]?.version !== version) {
      throw new Error(`${path}: ${version} in the server's FEEL, ${pages[path]?.version} in the pages`);
    }
  }
}

const correctForms = {
  name: "correct-forms",
  setup(build) {
    build.onLoad({ filter: /form-js-viewer[\\/]dist[\\/]index\.es\.js$/ }, ({ path }) => (
      { contents: replaceExactly(readFileSync(path, "utf8"), formCorrections), loader: "js" }));
  },
};

// CodeMirror writes a <style>, which the pages' policy forbids; a sheet made by script it allows.
const correctStyles = {
  name: "correct-styles",
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => ({ loader: "js", contents: replaceExactly(
      readFileSync(path, "utf8"), [["sheets by script", "if (!root.head && root.adopted", "if (root.adopted"]]) }));
  },
};

// ---- files beside the bundles ----

function hashed(name, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const [, stem, ending] = /^(.*)(\.\w+)$/.exec(name);
  manifest[name] = `${stem}-${digest}${ending}`;
  writeFileSync(join(fresh, manifest[name]), content);
  return manifest[name];
}

function sprite() {
  const symbols = json(join(here, "icons.json")).map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const drawing = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `
      + `stroke-linecap="round" stroke-linejoin="round">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  hashed("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

// Character maps, fonts and decoders that pdf.js asks for by name when a paper needs them.
function paperFiles() {
  const from = join(modules, "pdfjs-dist");
  const folder = `pdfjs-${json(join(from, "package.json")).version}`;
  for (const name of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
    cpSync(join(from, name), join(fresh, folder, name), { recursive: true, filter: (path) => !/quickjs/i.test(path) });
  }
  manifest["pdfjs"] = folder;
  return folder;
}

// ---- licences of everything that went in ----

function packageOf(input) {
  const at = input.lastIndexOf("node_modules/");
  if (at < 0) return null;
  const parts = input.slice(at + "node_modules/".length).split("/");
  return input.slice(0, at) + ["node_modules", ...parts.slice(0, parts[0].startsWith("@") ? 2 : 1)].join("/");
}

function licence(folder) {
  const { name, version, license, author } = json(join(folder, "package.json"));
  if (!allowed.has(license)) throw new Error(`${name}: licence ${license}`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim()
    : `${license}, ${typeof author === "object" ? author.name : author ?? "its authors"}`;
  return `==== ${name} ${version} (${license}) ====\n\n${text}\n`;
}

function licences(inputs) {
  const folders = new Set(inputs.map(packageOf).filter(Boolean).map((folder) => join(here, folder)));
  for (const name of ["pdfjs-dist", "@tabler/icons", "@popperjs/core"]) folders.add(join(modules, name));
  const texts = new Set([...folders].sort().map(licence));
  for (const part of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
    const folder = join(modules, "pdfjs-dist", part);
    readdirSync(folder).filter((file) => /^LICENSE/.test(file) && !/quickjs/i.test(file)).forEach((file) => texts.add(
      `==== pdfjs-dist ${part}: ${file} ====\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`));
  }
  writeFileSync(join(fresh, "licences.txt"), [...texts].join("\n"));
}

// ---- the build ----

checkVersions();
mkdirSync(fresh, { recursive: true });
sprite();
const files = paperFiles();
const worker = hashed("paper-worker.js", readFileSync(join(modules, "pdfjs-dist/build/pdf.worker.min.mjs")));

const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: [...islands.map((name) => ({ in: `${name}/index.js`, out: name })),
    { in: join(feel, "browser.js"), out: "feel" }],
  outdir: fresh,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["chrome120", "firefox121", "safari17"],
  charset: "utf8",
  legalComments: "none",
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "dataurl" },
  define: { PAPER_WORKER: JSON.stringify(`./${worker}`), PAPER_FILES: JSON.stringify(`./${files}`) },
  plugins: [correctFeel(here, "browser.js"), correctForms, correctStyles],
  nodePaths: [modules],
  metafile: true,
});

for (const [path, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint) continue;
  const file = basename(path), name = file.replace(/-[A-Z0-9]{8}\.js$/, "");
  manifest[`${name}.js`] = file;
  if (output.cssBundle) manifest[`${name}.css`] = basename(output.cssBundle);
}
licences(Object.keys(metafile.inputs).map((input) => input.replace(/^[\w-]+:/, "")));
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 1)}\n`);

// What a page that loads an entry fetches: the entry with the chunks that it imports.
function fetched(path, seen = new Set()) {
  if (!seen.has(path)) {
    seen.add(path);
    metafile.outputs[path].imports.filter((one) => one.kind === "import-statement" && metafile.outputs[one.path])
      .forEach((one) => fetched(one.path, seen));
  }
  return seen;
}
const size = (file) => gzipSync(readFileSync(join(fresh, file)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KB gz`;
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint) continue;
  const all = [...fetched(path)].map((one) => basename(one));
  console.log(`${kb(all.reduce((sum, one) => sum + size(one), 0))}  ${basename(path)} with ${all.length - 1} chunks`
    + (output.cssBundle ? `, ${kb(size(basename(output.cssBundle))).trim()} of styles` : ""));
}
console.log(`${kb(size(worker))}  ${worker}`);

place(fresh, target);
