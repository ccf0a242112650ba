// The request's form: a request as plain data in, the same out.

import { at, h } from "/dom.js";

const TEXTS = ["method", "path", "host", "query", "body"];
const NUMBERS = ["instructions", "memory"];
const kept = {};
let count = 0;

/** Fields change line ends: what is shown, and not touched, stays what it was. */
function keep(name, text, value) {
  at(name).value = text;
  kept[name] = { text: at(name).value, value };
}

const untouched = (name) => kept[name]?.text === at(name).value;

/** A field whose text is not what it has to be. */
export class BadField extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/** Show a request with its seed, clock and budgets. */
export function show({ request, seed, now, asked }) {
  const { headers = {}, backends = [], ...others } = request;
  for (const name of TEXTS) {
    keep(name, others[name] ?? "", others[name] ?? "");
    delete others[name];
  }
  keep("headers", Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n"), headers);
  at("others").value = Object.keys(others).length ? JSON.stringify(others, null, 2) : "";
  at("backends").replaceChildren(...backends.map(backend));
  at("seed").value = seed;
  at("now").value = now;
  for (const name of NUMBERS) at(name).value = asked[name] ?? "";
  at("more").open = Boolean(at("others").value);
  complain(null);
}

/** What the form holds. Throws BadField. */
export function read() {
  const request = {};
  for (const name of TEXTS) if (name !== "query" || at(name).value) request[name] = untouched(name) ? kept[name].value : at(name).value;
  request.headers = headers();
  request.backends = [...document.querySelectorAll(".backend")].map((row) => ({
    name: row.querySelector(".name").value,
    url: row.querySelector(".url").value,
    health: row.querySelector("[type=checkbox]").checked,
    ...row.others,
  }));
  Object.assign(request, others());
  const asked = {};
  for (const name of NUMBERS) {
    const text = at(name).value.trim().replaceAll(",", "");
    if (text && !/^\d{1,15}$/.test(text)) throw new BadField(name, "expected a whole number");
    if (text) asked[name] = Number(text);
  }
  const seed = at("seed").value.trim();
  if (!/^\d{1,20}$/.test(seed)) throw new BadField("seed", "expected a whole number");
  const now = Number(at("now").value);
  if (!at("now").value.trim() || !(Math.abs(now) < 1e15)) throw new BadField("now", "expected seconds since 1970");
  return { request, seed, now, asked };
}

/** Mark the field that is wrong, and say why; null for none. `field` may be a path of the server's, as backends[0].name. */
export function complain(error) {
  for (const wrong of document.querySelectorAll("#form [aria-invalid]")) {
    wrong.removeAttribute("aria-invalid");
    wrong.removeAttribute("aria-errormessage");
  }
  at("form-error").textContent = error ? `${error.field ? `${error.field}: ` : ""}${error.message}` : "";
  if (!error?.field) return;
  const name = /^\w+/.exec(error.field)?.[0];
  const element = name === "backends" ? at("backends").querySelector("input") : at(name) ?? at("others");
  if (!element) return;
  if (element.closest("details")) element.closest("details").open = true;
  element.setAttribute("aria-invalid", "true");
  element.setAttribute("aria-errormessage", "form-error");
  element.focus();
}

export function addBackend() {
  const row = backend({ name: "", url: "", health: true });
  at("backends").append(row);
  row.querySelector(".name").focus();
}

function backend({ name, url, health, ...others }) {
  const number = ++count;
  const row = h("div", { class: "backend", role: "group", "aria-label": `Backend ${name || number}` },
    h("input", { class: "name", "aria-label": "Name", value: name, placeholder: "name", autocomplete: "off", spellcheck: "false" }),
    h("input", { class: "url", "aria-label": "URL", value: url, placeholder: "http://…", autocomplete: "off", spellcheck: "false" }),
    h("label", {}, h("input", { type: "checkbox", checked: Boolean(health) }), "healthy"),
    h("button", { type: "button", "aria-label": `Remove backend ${name || number}`, onclick: () => remove(row) }, "×"),
    Object.keys(others).length ? h("p", { class: "hint more" }, JSON.stringify(others)) : null,
  );
  row.others = others;
  return row;
}

/** The focus goes to a neighbour: it must not be lost with the button. */
function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  (next?.querySelector("button") ?? at("add-backend")).focus();
  at("form").dispatchEvent(new Event("input", { bubbles: true }));
}

function headers() {
  if (untouched("headers")) return kept.headers.value;
  const found = Object.create(null); // a header may be called __proto__
  for (const [number, line] of at("headers").value.split("\n").entries()) {
    if (!line.trim()) continue;
    const place = line.indexOf(":");
    if (place < 1) throw new BadField("headers", `line ${number + 1} is no "Name: value"`);
    found[line.slice(0, place).trim()] = line.slice(place + 1).trim();
  }
  return found;
}

function others() {
  const text = at("others").value.trim();
  if (!text) return {};
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadField("others", error.message);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new BadField("others", "expected an object");
  return value;
}
