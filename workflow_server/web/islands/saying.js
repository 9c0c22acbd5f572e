// In which language the page speaks, and how messages of the server are read in it.
export const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

// A table {zh: {…}, en: {…}} as a function: say("key", {name: "value"}).
export const speaker = (texts) => (key, values = {}) => (texts[language][key] ?? key).replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");

// The house writes messages in both languages as one text, Chinese first.
export function spoken(message) {
  const [chinese, ...english] = (message ?? "").split(/(?<=[。！？：）”])\s+(?=[A-Z])/);
  return language === "en" ? english.join(" ") || chinese : chinese;
}
