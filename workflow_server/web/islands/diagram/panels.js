// What stands around a diagram: buttons to move in it, the signs explained, and the note on what was clicked.
import { words } from "./texts.js";

function made(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function button(sign, label, act) {
  const found = made("button", "btn btn-sm btn-icon", sign);
  found.type = "button";
  found.title = label;
  found.setAttribute("aria-label", label);
  found.addEventListener("click", act);
  return found;
}

export function toolbar({ closer, wider, whole, current }) {
  const told = words();
  const bar = made("div", "diagram-tools btn-group-vertical");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", told.tools);
  bar.append(button("＋", told.closer, closer), button("－", told.wider, wider), button("⤢", told.whole, whole));
  if (current) bar.append(button("▶", told.current, current));
  return bar;
}

export function legend() {
  const told = words(), list = made("ul", "diagram-legend");
  list.setAttribute("aria-label", told.legend);
  for (const [marker, sign] of [["is-done", "✓"], ["is-open", "▶"], ["is-failed", "!"]]) {
    const item = made("li");
    item.append(made("span", `diagram-sign ${marker.replace("is-", "sign-")}`, sign), ` ${told[marker]}`);
    list.append(item);
  }
  return list;
}

function line(told, { state, person, role, since, at, due }) {
  const item = made("li");
  item.append(made("strong", "", told[state] ?? state));
  if (person || role) {
    const who = made("span", "", ` ${person ?? role}`);
    who.lang = "zh-CN";
    item.append(who);
  }
  item.append(made("span", "text-secondary", ` ${at ?? `${told.since} ${since ?? ""}`}`));
  if (due && state === "open") item.append(made("span", "text-secondary", ` · ${told.due} ${due}`));
  return item;
}

export function note() {
  const told = words(), element = made("div", "diagram-note");
  element.setAttribute("role", "status");
  element.hidden = true;
  const tell = (chosen) => {
    element.hidden = !chosen;
    element.replaceChildren();
    if (!chosen) return;
    const name = made("strong", "", chosen.name);
    name.lang = "zh-CN";
    element.append(name, ` ${told[chosen.state] ?? told.ahead}`);
    if (chosen.notes.length) {
      const list = made("ul", "mb-0 ps-3");
      list.append(...chosen.notes.map((each) => line(told, each)));
      element.append(list);
    }
  };
  return { element, tell };
}
