// What lezer-feel reads without an error node, but no designer means: refused as a syntax error.

const HINTS = [
  [/^(?:==+)$/, "比较相等用一个 ="],
  [/^(?:<>|!==+|=!=*)$/, "不等用 !="],
  [/^=>$/, "大于等于用 >="],
  [/^=<$/, "小于等于用 <="],
  [/./, "两个比较符不能连用"],
];

function refuse(from, input, hint) {
  const error = new SyntaxError(`Unexpected ${input}`);
  throw Object.assign(error, { position: { from, to: from + input.length }, input, hint });
}

// A comparison without a left side (`= 1`) is a test: the grammar takes it for any operand, so
// that `a == 1` is read as a = (= 1). Only in a list of tests and in brackets is it meant.
function checkTest(node, text) {
  if (node.firstChild?.name !== "CompareOp") return;
  const operator = node.firstChild;
  const before = node.prevSibling;
  if (before?.name === "CompareOp") {
    const both = text.slice(before.from, operator.to);
    const run = /^[=<>!\s]+/.exec(text.slice(before.from))[0].trim();
    const written = /\s/.test(run) ? both : run;
    refuse(before.from, written, HINTS.find(([shape]) => shape.test(written.replace(/\s/g, "")))[1]);
  }
  const sign = text.slice(operator.from, operator.to);
  if (node.parent?.name === "Expression" && /^!?=$/.test(sign)) {
    refuse(operator.from, sign, `${sign} 的左边没有值`);
  }
}

// `not a = 1` is read as a variable with the name `not a`.
function checkName(node, text) {
  if (/^not\s/.test(text.slice(node.from, node.to))) refuse(node.from, "not", "否定要加括号：not(...)");
}

export function checkTree(tree, text) {
  tree.iterate({
    enter({ name, node }) {
      if (name === "SimplePositiveUnaryTest") checkTest(node, text);
      if (name === "VariableName") checkName(node, text);
    },
  });
}
