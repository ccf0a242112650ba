// Elements made by hand: text is text, never markup.

/** `h("p", {class: "soft"}, "text", other)`; names that begin with "on" are listeners. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** How long a bar is: a part of 1, by style sheet. */
export function share(element, part) {
  element.style.setProperty("--share", `${(100 * Math.min(1, Math.max(0, part))).toFixed(2)}%`);
  return element;
}

export const at = (id) => document.getElementById(id);
export const amount = (number) => number.toLocaleString("en-US");
export const percent = (part) => (part >= 0.0995 ? `${Math.round(100 * part)}%` : part >= 0.0005 ? `${(100 * part).toFixed(1)}%` : "0%");
export const shown = (value) => (typeof value === "string" ? value : value === undefined ? "nothing" : JSON.stringify(value));
