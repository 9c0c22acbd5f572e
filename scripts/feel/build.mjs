// Build the one file that workflow_server/feel runs: feelin with our corrections and its host.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import correct from "./plugin.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../../workflow_server/feel");
const packages = ["@bpmn-io/feelin", "@bpmn-io/lezer-feel", "@lezer/common", "@lezer/highlight",
  "@lezer/lr", "luxon", "min-dash"];

await esbuild.build({
  entryPoints: [join(here, "host.js")],
  outfile: join(target, "feelin.bundle.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* @bpmn-io/feelin 6.1.1 with luxon, lezer and min-dash; see feelin.licences.txt. Built by scripts/build-feel-bundle.sh */" },
  plugins: [correct()],
});

const licences = packages.map((name) => {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md"].find((f) => { try { readFileSync(join(folder, f)); return true; } catch { return false; } });
  return `==== ${name} ${version} ====\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(target, "feelin.licences.txt"), licences.join("\n"));
const digest = createHash("sha256").update(readFileSync(join(target, "feelin.bundle.js"))).digest("hex");
writeFileSync(join(target, "feelin.bundle.js.sha256"), `${digest}  feelin.bundle.js\n`);
