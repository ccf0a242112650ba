// What the playground uses of CodeMirror: README.md says how codemirror.js is made of it.
export { EditorState, StateEffect, StateField, Compartment, RangeSet } from "@codemirror/state";
export {
  EditorView, GutterMarker, drawSelection, dropCursor, gutter, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export {
  HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
export { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
export { lua } from "@codemirror/legacy-modes/mode/lua";
export { python } from "@codemirror/legacy-modes/mode/python";
export { tags } from "@lezer/highlight";
