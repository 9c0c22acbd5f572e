// Small pieces of page that islands share: elements, questions, downloads.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  });
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// Ask for one of several ways; the answer is its key. Escape changes nothing, so it is asked again.
export function choose(title, text, ways) {
  return new Promise((resolve) => {
    const dialog = make("dialog", { class: "choice", "aria-label": title }, make("h2", {}, title), make("p", {}, text));
    const answer = (key) => { dialog.close(); dialog.remove(); resolve(key); };
    dialog.append(make("div", { class: "choice-ways" }, ...ways.map(([key, label], index) => make("button",
      { type: "button", class: index ? "btn" : "btn btn-primary", "data-way": key, onclick: () => answer(key) }, label))));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
}
