// The esbuild plugin that puts the corrections into feelin, for the server's bundle and the browser's.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import corrections from "./corrections.mjs";
import { tableOf } from "./zones.js";

const here = dirname(fileURLToPath(import.meta.url));

export function replaceExactly(source, replacements) {
  for (const [reason, find, replace] of replacements) {
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${reason}: found ${parts.length - 1} times`);
    source = parts.join(replace);
  }
  return source;
}

function corrected(source) {
  return `import * as host from "feel-temporal";\n${replaceExactly(source, corrections)}\n`
    + "export { builtins, fn, listFn, interpreter, getType, isNumber, isString, equals, Range, toString, wrapFunction };\n";
}

// `packages`: the folder whose node_modules the files of this one take their packages from.
// `door`: what everybody else gets who asks for feelin.
export default function correct(packages = here, door = null) {
  return {
    name: "correct-feelin",
    setup(build) {
      build.onLoad({ filter: /feelin[\\/]dist[\\/]index\.js$/ }, ({ path }) => (
        { contents: corrected(readFileSync(path, "utf8")), loader: "js" }));
      build.onResolve({ filter: /^feel-temporal$/ }, () => ({ path: join(here, "temporal.js") }));
      build.onResolve({ filter: /^feel-business-zone$/ }, ({ path }) => ({ path, namespace: "feel" }));
      build.onLoad({ filter: /^feel-business-zone$/, namespace: "feel" }, () => (
        { contents: JSON.stringify(tableOf("Asia/Shanghai")), loader: "json" }));
      build.onResolve({ filter: /^[@a-z]/ }, ({ path, importer, kind, pluginData }) => {
        if (pluginData === here) return null;
        if (door && path === "@bpmn-io/feelin" && dirname(importer) !== here) return { path: join(here, door) };
        if (dirname(importer) !== here) return null;
        return build.resolve(path, { resolveDir: packages, importer, kind, pluginData: here });
      });
    },
  };
}
