// Editors: CodeMirror with a gutter for heat, findings in place, and no trap for the keyboard.

import {
  EditorState, EditorView, GutterMarker, HighlightStyle, RangeSet, StateEffect, StateField, StreamLanguage,
  bracketMatching, defaultKeymap, drawSelection, dropCursor, gutter, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, history, historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, lineNumbers, lintGutter,
  lintKeymap, lua, python, setDiagnostics, syntaxHighlighting, tags,
} from "/vendor/codemirror.js";
import { amount, percent } from "/dom.js";

const nonce = document.querySelector("script[nonce]").nonce;

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.bool, tags.null, tags.atom], color: "var(--keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "var(--field)", color: "var(--text)", maxHeight: "var(--tallest)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", padding: ".5rem 0" },
  ".cm-content, .cm-gutter": { minHeight: "var(--least)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--soft)", border: "0", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--chosen)" },
  ".cm-selectionMatch, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--chosen)", outline: "none" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: ".35rem", maxWidth: "min(30rem, 90vw)" },
  ".cm-heat": { minWidth: "3.1rem" },
  ".cm-heat .cm-gutterElement": { position: "relative", padding: "0 .3rem", textAlign: "right", fontSize: ".75rem" },
  ".heat": { position: "relative", color: "var(--text)" },
  ".heat::before": {
    content: '""', position: "absolute", inset: "1px auto 1px -.3rem", zIndex: "-1", width: "calc(var(--share) * (100% + .6rem))",
    backgroundColor: "var(--heat)", borderRadius: "2px",
  },
  ".cm-lintRange": { backgroundImage: "none", textDecoration: "underline wavy 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--bad)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warn)" },
  ".cm-lintRange-info": { textDecorationColor: "var(--soft)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--bad)" },
  ".cm-gutter-lint": { width: "1.1rem" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 .1rem", display: "grid", placeItems: "center" },
  ".cm-lint-marker": { width: ".65rem", height: ".65rem", borderRadius: "50%", backgroundColor: "var(--soft)" },
  ".cm-lint-marker-error": { content: "normal", backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { content: "normal", backgroundColor: "var(--warn)", borderRadius: "1px", transform: "rotate(45deg) scale(.85)" },
  ".cm-lint-marker-info": { content: "normal", backgroundColor: "var(--soft)" },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)", borderColor: "var(--line)" },
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    backgroundColor: "var(--chosen)", color: "var(--text)",
  },
  ".cm-panel.cm-panel-lint button[name=close]": { color: "var(--text)", minHeight: "1.5rem" },
  ".cm-lintRange-active": { backgroundColor: "var(--chosen)" },
  ".cm-diagnostic": { padding: ".3rem .6rem", borderLeftWidth: "4px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--soft)" },
  ".heat.stale": { opacity: ".75", fontStyle: "italic" },
});

class Heat extends GutterMarker {
  constructor(paid, total, stale) {
    super();
    Object.assign(this, { paid, total, stale });
  }

  eq(other) {
    return this.paid === other.paid && this.stale === other.stale;
  }

  toDOM() {
    const share = this.total ? this.paid.instructions / this.total : 0;
    const element = document.createElement("div");
    element.className = this.stale ? "heat stale" : "heat";
    element.style.setProperty("--share", share.toFixed(4));
    element.textContent = percent(share);
    element.title = `${amount(this.paid.instructions)} instructions, ${amount(this.paid.bytes)} bytes, ${amount(this.paid.runs)} runs`;
    return element;
  }
}

const setHeat = StateEffect.define();
const heat = StateField.define({
  create: () => RangeSet.empty,
  update(marks, change) {
    for (const effect of change.effects) {
      if (effect.is(setHeat)) return marksOf(change.state.doc, effect.value);
    }
    if (!change.docChanged) return marks;
    const old = [];
    for (const at = marks.map(change.changes).iter(); at.value; at.next()) {
      old.push(new Heat(at.value.paid, at.value.total, true).range(at.from));
    }
    return RangeSet.of(old, true);
  },
});

function marksOf(doc, { lines, total }) {
  const marks = lines.filter((paid) => paid.line <= doc.lines && (paid.runs || paid.instructions || paid.bytes));
  return RangeSet.of(marks.map((paid) => new Heat(paid, total, false).range(doc.line(paid.line).from)), true);
}

const leaving = keymap.of([{ key: "Escape", run: (view) => (view.setTabFocusMode(true), false) }]);

/** Text over a selection, by CodeMirror: browsers would keep the selection's colour with a style attribute, which the
 * page's policy forbids. */
function overSelection(event, view) {
  if (event.inputType !== "insertText" || event.isComposing || !event.data || view.state.selection.main.empty || view.state.readOnly) return false;
  event.preventDefault();
  view.dispatch(view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true }));
  return true;
}

/** An editor in `parent`. `changed` is called with its text; `run` by Ctrl+Enter. */
export class Editor {
  constructor(parent, { label, describedBy = "", language = lua, readOnly = false, changed = () => {}, run = () => {}, tallest }) {
    parent.style.setProperty("--tallest", tallest);
    const attributes = { "aria-label": label, ...(describedBy ? { "aria-describedby": describedBy } : {}) };
    this.written = changed;
    this.extensions = [
      EditorView.cspNonce.of(nonce), look, syntaxHighlighting(colours), StreamLanguage.define(language),
      keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => (run(), true) }]), leaving,
      EditorView.domEventHandlers({ blur: (_, view) => void view.setTabFocusMode(false), beforeinput: overSelection }),
      EditorView.contentAttributes.of(attributes), lineNumbers(), highlightSpecialChars(), drawSelection(), dropCursor(),
      indentUnit.of("  "), EditorState.tabSize.of(4), bracketMatching(), highlightActiveLine(), highlightActiveLineGutter(),
      EditorView.updateListener.of((update) => update.docChanged && this.written(update.state.doc.toString())),
      ...(readOnly ? [EditorState.readOnly.of(true)] : [
        history(), indentOnInput(), lintGutter(), heat, gutter({ class: "cm-heat", markers: (view) => view.state.field(heat) }),
      ]),
      keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, ...(readOnly ? [] : [indentWithTab])]),
    ];
    this.view = new EditorView({ parent, state: EditorState.create({ extensions: this.extensions }) });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Another text, with a history of its own. */
  set text(text) {
    this.view.setState(EditorState.create({ doc: text, extensions: this.extensions }));
  }

  /** Findings in place: `line` from 1, `start` and `end` in its text. */
  mark(findings) {
    const doc = this.view.state.doc;
    const found = findings.filter((one) => one.line >= 1 && one.line <= doc.lines).map((one) => {
      const line = doc.line(one.line);
      const at = (column) => Math.min(line.from + column, line.to);
      return {
        from: at(one.start), to: at(one.end), severity: one.severity === "note" ? "info" : one.severity,
        message: one.message, source: one.rule,
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** What each line paid, beside it. */
  heat(lines, total) {
    this.view.dispatch({ effects: setHeat.of({ lines, total }) });
  }

  /** Put the cursor there, and the focus. */
  go(number, column = 0) {
    const doc = this.view.state.doc;
    const line = doc.line(Math.max(1, Math.min(number, doc.lines)));
    this.view.dispatch({ selection: { anchor: Math.min(line.from + column, line.to) }, scrollIntoView: true });
    this.view.focus();
    this.view.dom.scrollIntoView({ block: "nearest" });
  }
}

export { python };
