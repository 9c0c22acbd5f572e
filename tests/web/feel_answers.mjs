// Answers the requests of a file with the built FEEL of the pages: node feel_answers.mjs <bundle> <requests.json>
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [bundle, requests] = process.argv.slice(2);
const { evaluate, setClock } = await import(pathToFileURL(bundle));

function answer({ expressions, variables, now }) {
  Date.now = () => now;
  setClock(new Date(now).toISOString());
  try {
    return { value: expressions.map((text) => evaluate(text, variables ?? {}).value) };
  } catch (error) {
    return { failure: String(error) };
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(requests, "utf8")).map(answer)));
