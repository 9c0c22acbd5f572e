// Small manners of every page; each works on without them, only with one step more.
import htmx from "htmx.org/dist/htmx.esm.js";
import { choose, make } from "../elements.js";
import { speaker } from "../saying.js";

const say = speaker({
  zh: {
    again: "重试", busy: "服务器暂时不能办理，请稍后再试。", failed: "这一部分没有读取成功。", network: "网络不通，这一部分没有读取成功。",
    gone: "这一部分已不能查看。", leave: "删除并退出", stay: "返回", tooLarge: "文件超过上限 {most} MB，不能上传。",
    unsaved: "还有内容没有提交", unsavedWhy: "本机留有 {count} 处没有提交、也没有保存到服务器的内容，退出后将从本机删除。",
  },
  en: {
    again: "Try again", busy: "The server cannot do this just now, try again later.", failed: "This part could not be read.",
    network: "No network: this part could not be read.", gone: "This part cannot be shown any more.", leave: "Delete and sign out", stay: "Go back",
    tooLarge: "The file is larger than {most} MB and cannot be uploaded.", unsaved: "Something was not sent",
    unsavedWhy: "This device keeps {count} texts that were neither sent nor saved on the server. Signing out deletes them from it.",
  },
});

// A notice is said once: going back or reloading does not say it again.
const here = new URL(location.href);
if (here.searchParams.has("notice")) {
  here.searchParams.delete("notice");
  history.replaceState(history.state, "", here);
}

// A page that was left by signing out is not shown again from the browser's memory.
addEventListener("pageshow", async ({ persisted }) => {
  if (persisted && (await fetch("/api/me", { credentials: "same-origin" })).status === 401) location.reload();
});

// Who signs out leaves nothing typed behind on this device; what stands nowhere else is asked about first.
const LEFT = ["draft:", "sample:"];

function leftBy(person, kinds) {
  try {
    return Object.keys(localStorage).filter((key) => kinds.some((kind) => key.startsWith(`${kind}${person}:`)));
  } catch { return []; }
}

// Whose sign-in ran out has left texts behind, to be taken up again by them only. After a week nobody comes back for
// them: whoever signs out here next takes them away with their own.
const FORGOTTEN = 7 * 24 * 3600 * 1000;

function leftLongAgo() {
  const isOld = (key) => {
    try {
      return !(Date.now() - JSON.parse(localStorage.getItem(key)).at < FORGOTTEN);
    } catch { return true; }
  };
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith("draft:") && isOld(key));
  } catch { return []; }
}

document.addEventListener("submit", async (event) => {
  const form = event.target, person = form.querySelector("[data-sign-out]")?.dataset.signOut;
  if (!person || event.defaultPrevented) return;
  const count = leftBy(person, ["draft:"]).length;
  if (count && !form.dataset.agreed) {
    event.preventDefault();
    const way = await choose(say("unsaved"), say("unsavedWhy", { count }), [["stay", say("stay")], ["leave", say("leave")]]);
    if (way === "stay") return;
    form.dataset.agreed = "true";
    form.requestSubmit();
    return;
  }
  delete form.dataset.agreed;
  document.dispatchEvent(new CustomEvent("workflow:signing-out"));
  [...leftBy(person, LEFT), ...leftLongAgo()].forEach((key) => localStorage.removeItem(key));
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.island) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 5000);
});

// A file that is too large is refused before anything is sent; what else was typed stays.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-most]")) return;
  const { most } = target.dataset, isHeavy = [...target.files].some(({ size }) => size > most * 1024 * 1024);
  const text = isHeavy ? say("tooLarge", { most }) : "";
  target.setCustomValidity(text);
  target.parentElement.querySelector("[data-too-large]")?.remove();
  if (!isHeavy) return;
  const fault = Object.assign(document.createElement("div"), { className: "text-danger", textContent: text });
  fault.setAttribute("role", "alert");
  fault.dataset.tooLarge = "";
  target.after(fault);
});

// A table that is wider than its place can be scrolled by keyboard too.
function reach() {
  document.querySelectorAll(".table-responsive").forEach((each) => {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  });
}
addEventListener("load", reach);
addEventListener("resize", reach);
document.addEventListener("htmx:load", reach);

// A part of a page that could not be had says so, where it would stand, and can be asked for again.
function missed({ detail: { elt, target, xhr, requestConfig } }) {
  const status = xhr?.status ?? 0;
  if (status === 401 || !target?.isConnected) return;
  const text = say(!status ? "network" : [502, 503, 504].includes(status) ? "busy" : [403, 404].includes(status) ? "gone" : "failed");
  const ask = () => {
    told.remove();
    const { verb, path } = requestConfig;
    if (elt.isConnected) htmx.ajax(verb, path, { source: elt, target });
  };
  const told = make("div", { class: "alert alert-warning part-failed", role: "alert" }, make("span", { class: "me-2" }, text),
    make("button", { type: "button", class: "btn btn-sm", onclick: ask }, say("again")));
  target.parentElement?.querySelectorAll(":scope > .part-failed").forEach((each) => each.remove());
  if (elt === target) target.replaceChildren(told);
  else target.before(told);
}
document.addEventListener("htmx:responseError", missed);
document.addEventListener("htmx:sendError", missed);
document.addEventListener("htmx:timeout", missed);
document.addEventListener("htmx:beforeSwap", ({ detail: { target, xhr } }) => {
  if (xhr.status < 400) target?.parentElement?.querySelectorAll(":scope > .part-failed").forEach((each) => each.remove());
});
