// Asks the server in the name of the one person whose page this is; signs in again where that ran out.
import { signInAgain } from "./sign_in.js";
import { t } from "./texts.js";

let whose = {};

export function belongTo(person) {
  whose = person;
}

// crypto.randomUUID is there on https only, and offices have plain http inside.
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

export class Refused extends Error {
  constructor(status, problem, message) {
    super(message);
    Object.assign(this, { status, code: problem.code, errors: problem.errors ?? [] });
  }
}

export class Offline extends Error {
  isNetwork = true;
}

// Messages are written in both languages, Chinese first.
export function spoken(message = "") {
  const [chinese, english] = message.split(/(?<=[。！？：）”])\s+(?=[A-Z])/, 2);
  return document.documentElement.lang.startsWith("en") ? english ?? chinese : chinese;
}

function refused(status, problem) {
  if (problem.reference) return new Refused(status, problem, t("server_fault", problem));
  if (status === 503 || status === 502 || status === 504) return new Refused(status, problem, t("server"));
  return new Refused(status, problem, spoken(problem.detail) || problem.title || t("server"));
}

// Whoever signed in meanwhile under another name must not send this one's text: the server compares.
const named = (headers) => (whose.person_id ? { ...headers, Person: whose.person_id } : headers);

async function attempt(method, url, { body, key, signal, keepalive }) {
  const headers = named({ Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...(key && { "Idempotency-Key": key }) });
  try {
    return await fetch(url, { method, headers, signal, keepalive, credentials: "same-origin", body: body && JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline(t("network"));
  }
}

export async function call(method, url, options = {}) {
  let response = await attempt(method, url, options);
  while (response.status === 401 && !options.quiet) {
    await signInAgain(whose);
    response = await attempt(method, url, options);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refused(response.status, answer);
  return answer;
}

function sent(one, place, tell) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(), form = new FormData();
    Object.entries(place).forEach(([name, value]) => form.append(name, value));
    form.append("file", one.file);
    request.open("POST", "/api/attachments");
    Object.entries(named({ Accept: "application/json", "Idempotency-Key": one.key })).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => tell(Math.round((loaded / Math.max(total, 1)) * 100));
    request.onerror = () => fail(new Offline(t("upload_failed")));
    request.onabort = () => fail(new Offline(t("cancel")));
    request.onload = () => done(request);
    one.abort = () => request.abort();
    request.send(form);
  });
}

// `one` is {file, key}; it gets `abort`.
export async function upload(one, place, tell) {
  let request = await sent(one, place, tell);
  while (request.status === 401) {
    await signInAgain(whose);
    request = await sent(one, place, tell);
  }
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
  if (request.status !== 201) throw refused(request.status, answer);
  return answer;
}
