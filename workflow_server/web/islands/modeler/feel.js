// Checks expressions by the server's own FEEL, and shows its findings in the reader's language.
import { check } from "@bpmn-io/feelin";
import { language, say } from "./texts.js";

const PARTS = { IfExpression: "if … then … else …", ForExpression: "for … in … return …", QuantifiedExpression: "some … in … satisfies …",
  FunctionInvocation: "函数的右括号", PositionalParameters: "函数的右括号", NamedParameters: "函数的右括号", List: "列表的 ]", Context: "上下文的 }",
  PathExpression: "“.”之后的名称", ArithmeticExpression: "算式的后一半", Comparison: "比较的另一边", Conjunction: "and 的另一边",
  Disjunction: "or 的另一边", FilterExpression: "筛选的 ]", Between: "between … and …", ParenthesizedExpression: "右括号" };

function reason({ hint, message, input }) {
  if (language === "en") return hint ? `${message} (${hint})` : message;
  if (hint) return hint;
  const [, part] = /Incomplete <(\w+)>|in <(\w+)>/.exec(message)?.filter((each, index) => index === 0 || each) ?? [];
  if (/^Incomplete/.test(message)) return PARTS[part] ? `没有写完，缺少${PARTS[part]}` : "没有写完";
  return input ? `这里看不懂“${String(input).slice(0, 20)}”` : `没有写完，缺少${PARTS[part] ?? "后面的内容"}`;
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
