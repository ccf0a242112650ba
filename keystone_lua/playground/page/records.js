// Decisions of the log: a list to open one from, and what a change of it would have changed.

import { amount, at, h } from "/dom.js";
import { differences, showDifferences } from "/results.js";
import { call } from "/server.js";

let records = [];

/** Show the list; `open(decision)` gets the one that is chosen. */
export async function choose(open, failed) {
  const dialog = at("records");
  at("records-list").replaceChildren();
  at("records-status").textContent = "Reading…";
  at("records-words").value = "";
  dialog.showModal();
  try {
    const answer = await call("records");
    records = answer.records;
    list(open, failed);
    if (answer.error) at("records-status").textContent = answer.error;
  } catch (error) {
    at("records-status").textContent = error.message;
  }
  at("records-words").oninput = () => list(open, failed);
}

function list(open, failed) {
  const words = at("records-words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one) => `${one.id} ${when(one.time)} ${one.tenant} ${one.method} ${one.path} ${one.came}`.toLowerCase();
  const found = records.filter((one) => words.every((word) => text(one).includes(word)));
  at("records-status").textContent = records.length ? `${found.length} of the newest ${records.length}` : "The log has no decision yet.";
  at("records-list").replaceChildren(...found.map((one) => h("li", {},
    h("button", { type: "button", onclick: () => opened(one, open, failed) },
      h("span", {}, when(one.time)), h("span", {}, one.tenant), h("span", { class: "mono" }, `${one.method} ${one.path}`),
      h("span", { class: "came" }, one.came)))));
}

async function opened(one, open, failed) {
  try {
    const answer = await call("record", { file: one.file, number: one.number });
    if (answer.error) throw new Error(answer.error);
    at("records").close();
    open(answer.decision);
  } catch (error) {
    at("records-status").textContent = error.message;
    failed(error);
  }
}

const FLAGS = { load: "--allow-load", inert_io: "--inert-io" };

const when = (time) => new Date(1000 * time).toISOString().replace("T", " ").slice(0, 19);

/** What stands above the request of a recorded decision. */
export function about(recorded, request, known) {
  const box = at("recorded");
  box.hidden = !recorded;
  if (!recorded) return;
  const masked = recorded.masked.length ? `Masked in the log, so a filler stands there: ${recorded.masked.join(", ")}. ` : "";
  const veiled = recorded.veiled ? "Parts of path, query or body are masked, too. " : "";
  const switches = recorded.switches.filter((name) => !known.switches.includes(name)).map((name) => FLAGS[name]);
  const changed = request ? differences(recorded.request, request) : [];
  box.replaceChildren(
    h("p", {}, h("strong", {}, `Recorded ${when(recorded.time)}: `), `${recorded.tenant} → ${recorded.came}`),
    h("p", { class: "soft" }, `${masked}${veiled}Change a field and run: what if?`),
    ...(switches.length ? [h("p", { class: "warn" }, `The server ran it with ${switches.join(" and ")}: start the playground so, too.`)] : []),
    ...(changed.length ? [showDifferences("Changed in the request", changed, ["recorded", "here"], "")] : []));
}

/** Beside the decision: what became of the recorded one. */
export function compare(recorded, outcome, request, script, known) {
  if (!recorded) return at("compared").replaceChildren();
  const error = (failure) => failure && { kind: failure.kind, message: failure.message };
  const was = { answer: recorded.answer, error: error(recorded.error) ?? null };
  const is = { answer: outcome.answer ?? null, error: error(outcome.error) ?? null };
  const found = differences(was, is).map(([path, ...values]) => [path.replace(/^answer\./, ""), ...values]);
  const [instructions, memory] = outcome.budgets ?? [];
  const counted = recorded.costs === known.costs;
  if (counted && instructions && recorded.instructions !== instructions.used) found.push(["instructions", amount(recorded.instructions), amount(instructions.used)]);
  if (counted && memory && recorded.bytes !== memory.used) found.push(["bytes", amount(recorded.bytes), amount(memory.used)]);
  const changed = differences(recorded.request, request).length || script !== recorded.script;
  const none = changed ? "What was changed makes no difference." : counted ? "The same as recorded, to the instruction." : "The same as recorded; it was counted by another cost table.";
  at("compared").replaceChildren(h("h3", {}, "Beside the record"), showDifferences("Beside the record", found, ["recorded", "here"], none));
}

