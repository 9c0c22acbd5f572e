// Puts a finished build into the place of the one before, while servers hand that one out and browsers still load it.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const MANIFEST = "manifest.json";
// Which files are of this build, and which of the one before: pages that are open may still ask for those.
const KEPT = "kept.json";

export function place(fresh, target) {
  mkdirSync(target, { recursive: true });
  const now = filesIn(fresh), had = keptIn(target);
  for (const path of now) move(join(fresh, path), join(target, path));
  const isOther = !isSame(join(fresh, MANIFEST), join(target, MANIFEST)) || `${had.now}` !== `${now}`;
  const before = isOther ? had.now : had.before;
  writeFileSync(join(fresh, KEPT), `${JSON.stringify({ now, before }, null, 1)}\n`);
  move(join(fresh, KEPT), join(target, KEPT));
  move(join(fresh, MANIFEST), join(target, MANIFEST));
  const wanted = new Set([...now, ...before]);
  for (const path of filesIn(target)) if (!wanted.has(path)) rmSync(join(target, path));
  removeEmptyFolders(target);
  rmSync(fresh, { recursive: true, force: true });
}

// A rename within one folder's file system: whoever reads finds the old file or the new one, and never none.
function move(from, to) {
  if (isSame(from, to)) return;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function isSame(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other));
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== MANIFEST && path !== KEPT)
    .sort();
}

function keptIn(target) {
  const list = join(target, KEPT);
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : { now: filesIn(target), before: [] };
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (!readdirSync(path).length) rmSync(path, { recursive: true });
  }
}
