// What came of a run and of tests, as elements.

import { amount, at, h, percent, share, shown } from "/dom.js";

/** One sentence for the status line. */
export function sentence(outcome) {
  const { answer, error, status } = outcome;
  if (status !== "ok") return `Failed (${error.kind}): ${error.message}`;
  const [instructions, memory] = outcome.budgets;
  return `${headline(answer)}. ${amount(instructions.used)} instructions, ${amount(memory.used)} bytes.`;
}

function headline(answer) {
  if (answer.reject) return `Rejected with ${answer.reject_status ?? 403}${answer.reject_reason ? `: ${answer.reject_reason}` : ""}`;
  return answer.selected_backend ? `Routed to ${answer.selected_backend}` : "Routed to no backend";
}

/** Show a run's outcome. `go(line)` leads to a line of the script, which is called `name`. */
export function showOutcome(outcome, name, go) {
  const { status, answer, error } = outcome;
  const parts = [];
  if (status === "ok") {
    parts.push(h("p", { class: `headline ${answer.reject ? "warn" : "good"}` }, headline(answer)));
    for (const warning of outcome.warnings ?? []) parts.push(h("p", { class: "warn" }, `Warning: ${warning}`));
    parts.push(h("pre", { tabindex: "0", "aria-label": "The answer as JSON", role: "region" }, JSON.stringify(answer, null, 2)));
  } else {
    parts.push(h("p", { class: "headline bad" }, `Failed: ${error.kind}`), h("p", { class: "bad" }, error.message));
    const places = error.traceback?.length ? error.traceback : error.position ? [error.position] : [];
    parts.push(h("ul", { class: "plain mono" }, ...places.map((place) => h("li", {}, placed(place, name, go)))));
  }
  at("decision").replaceChildren(...parts);
  showBudgets(outcome.budgets ?? []);
  showLog(outcome);
}

/** A place such as "canary.lua:12: in function", with a button that leads there. */
function placed(text, name, go) {
  const line = text.startsWith(`${name}:`) ? Number(/^:(\d+)/.exec(text.slice(name.length))?.[1]) : 0;
  return line ? h("button", { type: "button", class: "place mono", onclick: () => go(line) }, text) : text;
}

function showBudgets(budgets) {
  at("budgets").replaceChildren(...budgets.map(({ name, used, limit, unit, full }) => {
    const part = limit ? used / limit : 1;
    const words = `${amount(used)} of ${amount(limit)}${unit && ` ${unit}`} (${full ? "all used up" : percent(part)})`;
    const meter = {
      class: "track", role: "meter", "aria-label": name, "aria-valuemin": "0", "aria-valuemax": limit,
      "aria-valuenow": Math.min(used, limit), "aria-valuetext": words,
    };
    return h("div", { class: full ? "gauge full" : "gauge" }, h("b", {}, name),
      h("div", meter, share(h("div", { class: "fill" }), part)), h("span", {}, words));
  }));
}

function showLog({ log = [], unshown = 0 }) {
  const lines = log.map(({ position, text }) => `${position}  ${text}`).concat(unshown ? [`and ${amount(unshown)} more lines`] : []);
  at("log").replaceChildren(lines.length
    ? h("pre", { class: "log", tabindex: "0", "aria-label": "Log", role: "region" }, lines.join("\n"))
    : h("p", { class: "soft" }, "Nothing."));
}

const HOTTEST = 10;

/** The dearest lines of all files. */
export function showHeat(heat, name, go) {
  const { total } = heat;
  const counts = (paid) => paid.instructions && 1000 * paid.instructions >= total;
  const hot = heat.lines.filter(counts).sort((a, b) => b.instructions - a.instructions).slice(0, HOTTEST);
  const rows = hot.map((paid) => h("tr", {},
    bar(paid.instructions, total),
    h("th", { scope: "row" }, placed(`${paid.file}:${paid.line}`, name, go)),
    ...[paid.instructions, paid.bytes, paid.runs].map((number) => h("td", { class: "number" }, amount(number)))));
  const functions = heat.functions.toSorted((a, b) => b.instructions - a.instructions).slice(0, HOTTEST).map((paid) => h("tr", {},
    bar(paid.instructions, total), h("th", { scope: "row" }, paid.function),
    ...[paid.instructions, paid.bytes, ""].map((number) => h("td", { class: "number" }, number === "" ? "" : amount(number)))));
  at("heat").replaceChildren(
    ...(heat.whole ? [] : [h("p", { class: "soft" }, `Of the run's first ${amount(total)} instructions.`)]),
    table("Dearest lines", "Line", rows),
    ...(functions.length ? [h("h3", {}, "Library functions"), table("Dearest functions, part of the lines that call them", "Function", functions)] : []));
}

function bar(part, total) {
  return share(h("td", { class: "share" }, h("span", {}, percent(total ? part / total : 0))), total ? part / total : 0);
}

function table(label, what, rows) {
  const heads = [["Share", ""], [what, ""], ["Instructions", "number"], ["Bytes", "number"], ["Runs", "number"]];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { "aria-label": label },
    h("thead", {}, h("tr", {}, ...heads.map(([text, kind]) => h("th", { scope: "col", class: kind }, text)))),
    h("tbody", {}, ...rows)));
}

/** Nothing is known any more, or not yet. */
export function showNothing(why) {
  at("decision").replaceChildren(h("p", { class: "bad" }, why));
  for (const name of ["compared", "budgets"]) at(name).replaceChildren();
  for (const name of ["log", "heat"]) at(name).replaceChildren(h("p", { class: "soft" }, "Nothing."));
}

const KINDS = { error: "bad", warning: "warn", note: "soft" };

export function showFindings(findings, go) {
  const rows = findings.map((one) => h("li", {},
    h("button", { type: "button", class: "place", onclick: () => go(one.line, one.start) }, `line ${one.line}`),
    h("span", { class: `kind ${KINDS[one.severity]}` }, one.severity), h("span", {}, `${one.message} [${one.rule}]`)));
  at("findings").replaceChildren(rows.length ? h("ul", { class: "plain" }, ...rows) : h("p", { class: "soft" }, "No findings."));
}

/** Show tests' outcomes, those that failed first. Returns a sentence. */
export function showTests({ tests, bad_files: odd, warnings, error, last }) {
  const failed = tests.filter((test) => !test.passed);
  const passed = tests.filter((test) => test.passed);
  at("tests").replaceChildren(
    ...(error ? [h("li", { class: "bad" }, `Ended at ${last}: ${error}`)] : []),
    ...odd.map(({ file, message }) => h("li", { class: "bad" }, file && !message.startsWith(file) ? `${file}: ${message}` : message)),
    ...failed.map((test) => h("li", {}, h("strong", { class: "bad" }, "✗ failed "), `${test.file}: ${test.name}`,
      h("pre", {}, [test.message, ...test.traceback, test.output].filter(Boolean).join("\n")))),
    ...warnings.map((text) => h("li", { class: "warn" }, `Warning: ${text}`)),
    ...(passed.length ? [h("li", {}, h("details", { open: !failed.length },
      h("summary", {}, h("strong", { class: "good" }, `✓ ${passed.length} passed`)),
      h("ul", { class: "plain" }, ...passed.map((test) => h("li", {}, `${test.file}: ${test.name}`)))))] : []));
  const parts = [failed.length && `${failed.length} failed`, passed.length && `${passed.length} passed`, odd.length && `${odd.length} not read`];
  return `${parts.filter(Boolean).join(", ") || "No tests ran"}.`;
}

/** What differs between two pieces of plain data, by path: `[["headers.X-A", "1", undefined]]`. */
export function differences(was, is, path = "") {
  if (was === is || JSON.stringify(was) === JSON.stringify(is)) return [];
  const objects = [was, is].every((value) => value !== null && typeof value === "object");
  if (!objects) return [[path || "all of it", was, is]];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  const inside = (name) => (Array.isArray(was) ? `${path}[${Number(name) + 1}]` : path ? `${path}.${name}` : name);
  return [...names].flatMap((name) => differences(was[name], is[name], inside(name)));
}

/** A table of differences, or the words for none. */
export function showDifferences(label, found, [before, after], none) {
  if (!found.length) return h("p", { class: "soft" }, none);
  const rows = found.map(([path, was, is]) => h("tr", {}, h("th", { scope: "row" }, path),
    h("td", { class: "value mono" }, shown(was)), h("td", { class: "value mono" }, shown(is))));
  const heads = ["Field", before, after].map((text) => h("th", { scope: "col" }, text));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "wrap", "aria-label": label }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
}
