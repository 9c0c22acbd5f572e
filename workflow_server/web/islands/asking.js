// Asks the server in the name of the one person whose page this is; signs in again where that ran out.
import { speaker, spoken } from "./saying.js";
import { signInAgain } from "./sign_in.js";

const t = speaker({
  zh: {
    network: "网络不通，请稍后再试。", server: "服务器暂时不能办理，请稍后再试。",
    server_fault: "服务器出错，编号 {reference}，请告知管理员。",
  },
  en: {
    network: "No network, try again later.", server: "The server cannot do this just now, try again later.",
    server_fault: "The server failed, reference {reference}.",
  },
});

// Whose page it is stands in its frame, at the button that signs out.
export function whose() {
  const { signOut: id, login } = document.querySelector("[data-sign-out]")?.dataset ?? {};
  return { id, login };
}

// crypto.randomUUID is there on https only, and offices have plain http inside.
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

export class Refused extends Error {
  // `after`: in how many seconds the server wants to be asked again.
  constructor(status, problem, after = 1) {
    const isBusy = [502, 503, 504].includes(status);
    super(problem.reference ? t("server_fault", problem) : (!isBusy && (spoken(problem.detail) || spoken(problem.title))) || t("server"));
    Object.assign(this, { status, after, code: problem.code ?? "", errors: (problem.errors ?? []).map((each) => ({ ...each, detail: spoken(each.detail) })) });
  }
}

export class Offline extends Error {
  isNetwork = true;

  constructor(message = t("network")) { super(message); }
}

// Whoever signed in meanwhile under another name must not send this one's text: the server compares.
function headersOf({ json, key, headers }) {
  const { id } = whose();
  return { Accept: "application/json, */*;q=0.5", ...(id && { Person: id }), ...(json !== undefined && { "Content-Type": "application/json" }),
    ...(key && { "Idempotency-Key": key }), ...headers };
}

async function attempt(method, url, options) {
  const { json, body, signal, keepalive, patience } = options;
  try {
    return await fetch(url, { method, keepalive, credentials: "same-origin", headers: headersOf(options),
      signal: patience ? AbortSignal.timeout(patience) : signal, body: json === undefined ? body : JSON.stringify(json) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline();
  }
}

// Returns the response; what the server refuses is thrown. `json` or `body`; `key` for what must happen once;
// `patience` in milliseconds; `quiet`: nobody is there to sign in.
export async function ask(method, url, options = {}) {
  let response = await attempt(method, url, options);
  while (response.status === 401 && !options.quiet) {
    await signInAgain(whose());
    response = await attempt(method, url, options);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem, Number(response.headers.get("Retry-After")) || 1);
}

export async function call(method, url, options) {
  return (await ask(method, url, options)).json().catch(() => ({}));
}

function sent(one, place, tell) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(), form = new FormData();
    Object.entries(place).forEach(([name, value]) => form.append(name, value));
    form.append("file", one.file);
    request.open("POST", "/api/attachments");
    Object.entries(headersOf({ key: one.key })).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => tell(Math.round((loaded / Math.max(total, 1)) * 100));
    request.onerror = () => fail(new Offline());
    request.onabort = () => fail(new Offline());
    request.onload = () => done(request);
    one.abort = () => request.abort();
    request.send(form);
  });
}

// `one` is {file, key}; it gets `abort`.
export async function upload(one, place, tell) {
  let request = await sent(one, place, tell);
  while (request.status === 401 && !one.cancelled) {
    await signInAgain(whose());
    request = await sent(one, place, tell);
  }
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
  if (request.status !== 201) throw new Refused(request.status, answer);
  return answer;
}
