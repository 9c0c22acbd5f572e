// Small manners of every page; each works on without them, only with one step more.

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

// Who signs out leaves nothing typed behind on this device.
document.addEventListener("submit", (event) => {
  const person = event.target.querySelector("[data-sign-out]")?.dataset.signOut;
  if (!person || event.defaultPrevented) return;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(`draft:${person}:`)).forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing is kept where nothing may be */ }
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
const TOO_LARGE = {
  zh: "文件超过上限 {most} MB，不能上传。",
  en: "The file is larger than {most} MB and cannot be uploaded.",
};
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-most]")) return;
  const { most } = target.dataset, isHeavy = [...target.files].some(({ size }) => size > most * 1024 * 1024);
  const text = isHeavy ? TOO_LARGE[document.documentElement.lang === "en" ? "en" : "zh"].replace("{most}", most) : "";
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
