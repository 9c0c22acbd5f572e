// A sign-in that ran out while somebody typed: asked for in the page, so that nothing typed is lost.
import { make } from "./elements.js";
import { speaker } from "./saying.js";

const t = speaker({
  zh: {
    back_here: "我已登录，继续", login: "登录名", network: "网络不通，没有登录，请稍后再试。", password: "口令",
    other_person: "登录的是另一个人。为免混淆，这里的内容不会以其名义提交；请用原来的账号登录。",
    second_factor: "此账号须再验证一步，请在新窗口登录后回到这里。", sign_in: "登录", sign_in_again: "登录已过期",
    sign_in_failed: "登录名或口令不正确。", sign_in_why: "请重新登录，您填写的内容都在，登录后接着办理。", sign_in_window: "在新窗口登录",
  },
  en: {
    back_here: "I have signed in, go on", login: "Login", network: "No network, try again later.", password: "Password",
    other_person: "Somebody else has signed in. Nothing is sent in their name; please sign in as before.",
    second_factor: "This account has a second step: sign in in a new window, then come back.", sign_in: "Sign in",
    sign_in_again: "You were signed out", sign_in_failed: "Wrong login or password.",
    sign_in_why: "Sign in again. All that you typed is still here, and goes on from here.", sign_in_window: "Sign in in a new window",
  },
});

let asking = null;

function dialog({ login }) {
  const fault = make("p", { class: "text-danger mb-2", role: "alert" });
  const name = make("input", { class: "form-control mb-2", id: "again-login", autocomplete: "username", value: login, required: true, readonly: Boolean(login) });
  const password = make("input", { class: "form-control mb-3", id: "again-password", type: "password", autocomplete: "current-password", required: true });
  const other = make("p", { class: "mt-3 mb-0 small", hidden: true }, make("a", { href: "/sign-in", target: "_blank" }, t("sign_in_window")), " ",
    make("button", { type: "button", class: "btn btn-sm" }, t("back_here")));
  const form = make("form", { class: "p-2" }, make("h2", {}, t("sign_in_again")), make("p", {}, t("sign_in_why")), fault,
    make("label", { class: "form-label", for: "again-login" }, t("login")), name,
    make("label", { class: "form-label", for: "again-password" }, t("password")), password,
    make("button", { class: "btn btn-primary w-100" }, t("sign_in")), other);
  const box = make("dialog", { class: "again", "aria-label": t("sign_in_again") }, form);
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
      if (whose.id && me.person_id !== whose.id) { fault.textContent = t("other_person"); other.hidden = false; return; }
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
