// What the diagram says itself, in the language of the page.
const TEXTS = {
  zh: {
    tools: "流程图工具", closer: "放大", wider: "缩小", whole: "看全图", current: "到当前环节",
    legend: "图例", "is-done": "已经过", "is-open": "正在办理", "is-failed": "出现异常", ahead: "未到",
    open: "待办", completed: "已办", cancelled: "已取消", since: "自", due: "期限",
  },
  en: {
    tools: "Diagram tools", closer: "Zoom in", wider: "Zoom out", whole: "Show all", current: "Go to the current step",
    legend: "Legend", "is-done": "done", "is-open": "current", "is-failed": "failed", ahead: "not reached",
    open: "open", completed: "done", cancelled: "cancelled", since: "since", due: "due",
  },
};

export function words() {
  return TEXTS[document.documentElement.lang.startsWith("en") ? "en" : "zh"];
}
