// The door between a page and feelin: what form-js imports as @bpmn-io/feelin, with the server's answers.
import shanghai from "feel-business-zone";
import * as temporal from "feel-temporal";
import { know, oddNames, plain, tree, unary } from "./reading.js";
import { tableOf } from "./zones.js";

export { date, duration, parseExpression, parseUnaryTests, SyntaxError } from "@bpmn-io/feelin";

temporal.addZone("Asia/Shanghai", shanghai);
temporal.install(tableOf);

let ahead = 0;

// Business time may run ahead of the machine's: `now` is what the server's clock said when it wrote the page.
export function setClock(now) {
  ahead = Date.parse(now) - Date.now();
  if (Number.isNaN(ahead)) throw new Error(`no instant: ${now}`);
}

function prepare({ this: _self, parent: _parent, ...context }) {
  temporal.setNow(Date.now() + ahead);
  know(oddNames(context) ?? undefined);
}

export function evaluate(expression, context = {}) {
  prepare(context);
  return { value: plain(tree(expression, false)(context)), warnings: [] };
}

export function unaryTest(expression, context = {}) {
  prepare(context);
  return { value: unary(expression, context, context["?"] ?? null), warnings: [] };
}

// What is wrong with the syntax of an expression: {message, hint, input, from, to}, or null.
export function check(expression) {
  know(undefined);
  try {
    tree(expression, false);
    return null;
  } catch (error) {
    const { from = null, to = null } = error.position ?? {};
    return { message: String(error.message), hint: error.hint ?? null, input: error.input ?? null, from, to };
  }
}
