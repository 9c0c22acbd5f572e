// Checks expressions by the server's own FEEL, and shows its findings in the reader's language.
import { check } from "@bpmn-io/feelin";
import { language, say } from "./texts.js";

const REASONS = [
  [/Unrecognized token .*?<(.*?)>/i, "这里看不懂“$1”"], [/Statement unparseable|unparseable/i, "这里不是完整的表达式"],
  [/no.*function/i, "没有这个函数"],
];

function reason(found) {
  const plain = found.hint ?? found.message;
  if (language === "en") return plain;
  const [pattern, text] = REASONS.find(([each]) => each.test(plain)) ?? [];
  if (pattern) return plain.match(pattern)[0].replace(pattern, text);
  return found.input ? `这里看不懂“${String(found.input).slice(0, 20)}”` : `这里不是完整的表达式（${plain}）`;
}

// What is wrong with an expression: {from, to, message}, or null.
export function faultOf(expression) {
  if (!expression.trim()) return { from: 0, to: 0, message: say("emptyExpression") };
  const found = check(expression);
  if (!found) return null;
  const from = Math.min(found.from ?? 0, Math.max(expression.length - 1, 0));
  const to = Math.min(Math.max(found.to ?? from + 1, from + 1), expression.length);
  const message = found.from == null ? say("feelErrorPlain", { reason: reason(found) })
    : say("feelError", { reason: reason(found), at: from + 1 });
  return { from, to, message };
}

const SEEMS = /^(if\s|for\s|some\s|every\s|not\(|count\(|get value\()|\b(this|answers|records|documents|deadlines|actor|organisation|case)\.\w/;

// Whether a text without "=" was probably meant as an expression.
export function seemsFeel(text, facts) {
  const plain = text.trim();
  return plain !== "" && (SEEMS.test(plain) || (facts.includes(plain) && !faultOf(plain)));
}
