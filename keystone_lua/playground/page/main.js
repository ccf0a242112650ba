// The page: what is on it, and what happens when.

import { at, h } from "/dom.js";
import { Editor, python } from "/editor.js";
import * as form from "/form.js";
import { pack, unpack } from "/link.js";
import * as records from "/records.js";
import { sentence, showFindings, showHeat, showNothing, showOutcome, showTests } from "/results.js";
import { WrongKey, call, keepKey } from "/server.js";

/** Milliseconds without a key pressed until the script is checked. */
const IDLE = 350;

const DRAFT = "keystone-playground-draft";

let state = null;
let script, test, pythonText;
let findings = [];
let failedAt = [];
let checking = 0;
let timer = 0;

const file = () => `${state.name}.lua`;
const sources = () => ({ name: state.name, script: script.text, modules: state.modules });
const say = (text) => (at("status").textContent = text);
const go = (line, column) => {
  choose(at("tab-script"));
  script.go(line, column);
};

// beginning

async function begin() {
  if (keepKey(location.hash)) history.replaceState(null, "", location.pathname + rest(location.hash));
  try {
    await start();
  } catch (error) {
    if (error instanceof WrongKey) ask();
    else say(error.message);
  }
}

/** The address's state without the key, which no shared link should have. */
function rest(hash) {
  const packed = /[#&]s=([\w-]+)/.exec(hash);
  return packed ? `#s=${packed[1]}` : "";
}

function ask() {
  document.body.classList.add("locked");
  at("key-form").hidden = false;
  at("key-why").textContent = "This window has no key for the playground, or an old one.";
  at("key").focus();
}

async function start() {
  const known = await call("start");
  at("key-form").hidden = true;
  document.body.classList.remove("locked");
  if (!script) editors();
  at("what-if").hidden = !known.log;
  at("tenant-label").hidden = !known.tenants.length;
  at("tenant").replaceChildren(h("option", { value: "" }, "a script…"), ...known.tenants.map((name) => h("option", {}, name)));
  at("instructions").placeholder = known.limits.instructions;
  at("memory").placeholder = known.limits.memory;
  const begun = { seed: "0", now: Math.floor(Date.now() / 1000), asked: {}, modules: null, recorded: null };
  known.switches = ["load", "inert_io"].filter((name) => known.limits[name]);
  start.known = known;
  start.beginning = { ...begun, ...known.starter };
  await follow();
}

/** Show what the address holds, or the beginning. */
async function follow() {
  const packed = /[#&]s=([\w-]+)/.exec(location.hash);
  try {
    show({ ...start.beginning, ...(packed ? await unpack(packed[1]) : draft()) });
    if (packed) say("Opened from a link. Nothing has been run.");
  } catch (error) {
    show(start.beginning);
    say(packed ? `This link cannot be read: ${error.message}` : "");
  }
}

/** What this window showed last, for a page that is loaded again. */
function draft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
}

function keepDraft() {
  if (!script) return;
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(all()));
  } catch {
    // a field that is wrong, or a state that is too large for the browser
  }
}

/** Everything on the page. Throws BadField. */
function all() {
  const given = form.read();
  return { ...state, ...given, asked: { ...unseen(), ...given.asked }, script: script.text, test: test.text };
}

function editors() {
  const ran = () => run();
  script = new Editor(at("script"), {
    label: "Lua script", describedBy: "editor-hint", run: ran, changed: () => ((failedAt = []), touched()), tallest: "var(--tall)",
  });
  test = new Editor(at("test"), {
    label: "Tests", describedBy: "editor-hint", run: runTests, changed: touched, tallest: "var(--tall)",
  });
  pythonText = new Editor(at("python"), { label: "Generated Python", language: python, readOnly: true, tallest: "var(--tall)" });
}

function show(given) {
  state = given;
  script.text = state.script;
  test.text = state.test;
  at("test-file").textContent = `Runs ${state.test_file}, and all tests of the folder.`;
  at("tenant").value = "";
  form.show(state);
  records.about(state.recorded, null, start.known);
  at("compared").replaceChildren();
  at("tests").replaceChildren();
  at("tests-status").textContent = "";
  showNothing("");
  at("decision").replaceChildren(h("p", { class: "soft" }, "Not run yet."));
  failedAt = [];
  check();
}

// the script is checked while it is written

function touched() {
  clearTimeout(timer);
  timer = setTimeout(check, IDLE);
}

async function check() {
  const turn = ++checking;
  try {
    const answer = await call("check", sources());
    if (turn !== checking) return;
    findings = answer.findings;
    if (answer.error) say(answer.error);
  } catch (error) {
    return failed(error);
  }
  mark();
  checkTests();
}

/** Findings of the tests stand in their editor alone. */
async function checkTests() {
  if (!state.test_file.endsWith(".lua")) return test.mark([]);
  const turn = checking;
  const given = { name: state.name, script: test.text, modules: state.modules, tests: true, test_file: state.test_file };
  const { findings: found } = await call("check", given).catch(() => ({ findings: [] }));
  if (turn === checking) test.mark(found);
}

function mark() {
  const all = [...failedAt, ...findings];
  script.mark(all);
  showFindings(all, go);
}

// run

/** Limits of a recorded run that the form does not show. */
const unseen = () => Object.fromEntries(["depth", "log"].filter((name) => name in state.asked).map((name) => [name, state.asked[name]]));

async function run() {
  let given;
  try {
    given = form.read();
    form.complain(null);
  } catch (error) {
    say(`Not run: ${error.field}: ${error.message}`);
    return form.complain(error);
  }
  say("Running…");
  at("run").disabled = true;
  at("result").setAttribute("aria-busy", "true");
  try {
    const { request, ...others } = { ...given, asked: { ...unseen(), ...given.asked } };
    ran(await call("run", { ...sources(), ...others, request: JSON.stringify(request) }), request);
  } catch (error) {
    failed(error);
  } finally {
    at("run").disabled = false;
    at("result").removeAttribute("aria-busy");
  }
}

function ran({ outcome, heat, error }, request) {
  records.about(state.recorded, request, start.known);
  if (!outcome) {
    say(error);
    return showNothing(error);
  }
  if (outcome.status === "request") {
    say(`Not run: ${outcome.error.message}`);
    return form.complain({ field: outcome.field, message: outcome.error.message.replace(`${outcome.field}: `, "") });
  }
  showOutcome(outcome, file(), go);
  records.compare(state.recorded, outcome, request, script.text, start.known);
  const shown = heat ?? { lines: [], functions: [], total: 0, whole: true };
  showHeat(shown, file(), go);
  script.heat(shown.lines.filter((paid) => paid.file === file()), shown.total);
  failedAt = placeOf(outcome);
  mark();
  at("jump").hidden = false;
  say(sentence(outcome));
}

/** Where a run failed, as a finding. */
function placeOf({ error, status }) {
  const place = error?.position ?? "";
  if (status !== "error" || !place.startsWith(`${file()}:`)) return [];
  const line = parseInt(place.slice(file().length + 1), 10);
  return [{ line, start: 0, end: 1e6, severity: "error", message: `${error.kind}: ${error.message}`, rule: "run" }];
}

function failed(error) {
  if (error instanceof WrongKey) ask();
  say(error.message);
}

// tests, Python

async function runTests() {
  at("run-tests").disabled = true;
  at("tests-status").textContent = "Running…";
  try {
    at("tests-status").textContent = showTests(await call("tests", { ...sources(), test_file: state.test_file, test: test.text }));
  } catch (error) {
    at("tests-status").textContent = error.message;
    failed(error);
  }
  at("run-tests").disabled = false;
}

async function showPython() {
  try {
    const answer = await call("python", sources());
    pythonText.text = answer.python ?? answer.error;
  } catch (error) {
    failed(error);
  }
}

// tabs: arrows move between them, as the pattern has it

function choose(tab) {
  for (const other of document.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    at(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (tab.id === "tab-python") showPython();
}

function arrows(event) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const place = tabs.indexOf(event.target);
  const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const tab = tabs.at(next % tabs.length);
  choose(tab);
  tab.focus();
}

// links, scripts, decisions

async function copyLink() {
  let given;
  try {
    given = all();
  } catch (error) {
    form.complain(error);
    return say(`No link: ${error.field}: ${error.message}`);
  }
  const packed = await pack(given);
  history.replaceState(null, "", `#s=${packed}`);
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied. It holds script, tests and request, and not the key.");
  } catch {
    say("The address now holds script, tests and request, and not the key: copy it from there.");
  }
}

async function openTenant() {
  const name = at("tenant").value;
  if (!name) return;
  try {
    const opened = await call("open", { name });
    const request = opened.request ?? start.beginning.request;
    show({ ...start.beginning, ...opened, request: { ...start.beginning.request, headers: {}, ...request } });
    say(`${name} is open. Nothing is written back to its file.`);
  } catch (error) {
    failed(error);
  }
}

function openRecord(decision) {
  const { script: text, modules, name, ...recorded } = decision;
  show({
    ...start.beginning, name: name.replace(/\.lua$/, ""), script: text, modules, test: "", request: decision.request, seed: decision.seed,
    now: decision.now, asked: decision.asked, recorded: { ...recorded, script: text },
  });
  say(`The decision for ${decision.tenant} is open. Change a field and run.`);
  at("request").focus();
}

at("run").addEventListener("click", run);
at("run-tests").addEventListener("click", runTests);
at("copy-link").addEventListener("click", copyLink);
at("tenant").addEventListener("change", openTenant);
at("what-if").addEventListener("click", () => records.choose(openRecord, failed));
at("records-close").addEventListener("click", () => at("records").close());
at("add-backend").addEventListener("click", form.addBackend);
at("form").addEventListener("submit", (event) => event.preventDefault());
at("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keepKey(at("key").value);
  begin();
});
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", arrows);
}
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) {
    event.preventDefault();
    run();
  }
});
// Links within the page change the address, too: they begin nothing.
addEventListener("hashchange", () => /[#&](key|s)=/.test(location.hash) && begin());
addEventListener("pagehide", keepDraft);
begin();
