// A sign-in that ran out while somebody typed: asked for in the page, so that nothing typed is lost.
import { t } from "./texts.js";

let asking = null;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function dialog({ login }) {
  const box = element("dialog", { className: "again" });
  const fault = element("p", { className: "text-danger mb-2" });
  fault.setAttribute("role", "alert");
  const name = element("input", { className: "form-control mb-2", id: "again-login", autocomplete: "username", value: login ?? "", required: true });
  const password = element("input", { className: "form-control mb-3", id: "again-password", type: "password", autocomplete: "current-password", required: true });
  const other = element("p", { className: "mt-3 mb-0 small", hidden: true },
    element("a", { href: "/sign-in", target: "_blank", textContent: t("sign_in_window") }), " ",
    element("button", { type: "button", className: "btn btn-sm", textContent: t("back_here") }));
  name.readOnly = Boolean(login);
  const form = element("form", { className: "p-2" }, element("h2", { textContent: t("sign_in_again") }), element("p", { textContent: t("sign_in_why") }), fault,
    element("label", { className: "form-label", htmlFor: "again-login", textContent: t("login") }), name,
    element("label", { className: "form-label", htmlFor: "again-password", textContent: t("password") }), password,
    element("button", { className: "btn btn-primary w-100", textContent: t("sign_in") }), other);
  box.append(form);
  box.setAttribute("aria-label", t("sign_in_again"));
  return { box, form, fault, name, password, other };
}

async function whoIsIn() {
  const response = await fetch("/api/me", { headers: { Accept: "application/json" }, credentials: "same-origin" });
  return response.ok ? response.json() : null;
}

// A second step of signing in leads to a page of its own: it is done in another window.
async function signIn({ name, password }) {
  const response = await fetch("/sign-in", { method: "POST", redirect: "manual", credentials: "same-origin",
    body: new URLSearchParams({ login: name.value, password: password.value }) });
  return response.type === "opaqueredirect" || response.ok;
}

function ask(whose) {
  const parts = dialog(whose);
  const { box, form, fault, password, other } = parts, before = document.activeElement;
  return new Promise((done) => {
    const finish = async (hint) => {
      const me = await whoIsIn();
      if (!me || me.must?.length) { fault.textContent = t(hint); other.hidden = false; return; }
      if (whose.person_id && me.person_id !== whose.person_id) { fault.textContent = t("other_person"); other.hidden = false; return; }
      box.close();
      box.remove();
      before?.focus?.();
      done();
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      fault.textContent = "";
      try {
        if (await signIn(parts)) await finish("second_factor");
        else fault.textContent = t("sign_in_failed");
      } catch { fault.textContent = t("network"); }
      password.value = "";
    });
    other.querySelector("button").addEventListener("click", () => finish("second_factor"));
    box.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(box);
    box.showModal();
    password.focus();
  });
}

// However many requests found the sign-in gone, it is asked for once.
export function signInAgain(whose) {
  asking ??= ask(whose).finally(() => { asking = null; });
  return asking;
}
