"""The server: the Language Server Protocol on one side, `answers` and `problems` on the other.

Input: messages on a pipe. Output: messages on a pipe, a line on standard error for what went wrong. Documents are sent
whole (Full synchronization): how an editor counts lines is then nobody's guess. Findings come when typing has rested;
one document is checked at a time, in a thread of its own, and what has changed meanwhile is checked again instead of
shown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from ...interpreter import ENGINE_VERSION
from ..checker import Kind
from . import answers
from .knowledge import Thing
from .meaning import Place, Script
from .problems import UNNECESSARY, Problem, problems
from .workspace import Opened, Workspace

logger = logging.getLogger("keystone.lsp")

REST: Final = 0.2
"""Seconds without typing before a document is checked; twice the time of the last check, if that is longer."""

_SEVERITIES: Final = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
_ITEMS: Final = {
    "function": types.CompletionItemKind.Function,
    "method": types.CompletionItemKind.Method,
    "field": types.CompletionItemKind.Field,
    "constant": types.CompletionItemKind.Constant,
    "module": types.CompletionItemKind.Module,
    "library": types.CompletionItemKind.Module,
    "keyword": types.CompletionItemKind.Keyword,
    "variable": types.CompletionItemKind.Variable,
}


class Server:
    """What one editor has open, and which of it waits to be checked."""

    def __init__(self, plain: bool = False, switches: tuple[bool, bool] = (False, False), rest: float = REST) -> None:
        """``switches``: whether scripts may load text, and whether they find an ``io`` that does nothing."""
        self.protocol = LanguageServer(
            "keystone-lua", ENGINE_VERSION, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.plain = plain
        self.switches = switches
        self.rest = rest
        self.open = Workspace(plain=plain)
        self.checker = ThreadPoolExecutor(1, "check")
        self.took = 0.0
        self.waiting: dict[str, None] = {}
        self.timer: asyncio.TimerHandle | None = None
        self.checking: asyncio.Task[None] | None = None
        for method, handler, options in _FEATURES:
            self.protocol.feature(method, options)(partial(handler, self))

    def script(self, uri: str) -> Script | None:
        """An open document."""
        opened = self.open.opened.get(uri)
        return opened.script if opened is not None else None

    # findings

    def check_soon(self, uris: list[str]) -> None:
        """Check documents when nothing has happened for a while."""
        self.waiting |= dict.fromkeys(uris)
        if self.timer is not None:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(max(self.rest, 2 * self.took), self._begin)

    def _begin(self) -> None:
        if self.checking is None or self.checking.done():
            self.checking = asyncio.get_running_loop().create_task(self._check())

    async def _check(self) -> None:
        while self.waiting:
            uri = next(iter(self.waiting))
            del self.waiting[uri]
            opened = self.open.opened.get(uri)
            if opened is None:
                continue
            started = time.monotonic()
            loop = asyncio.get_running_loop()
            try:
                found = await loop.run_in_executor(self.checker, self._problems, opened)
            except Exception as error:  # a fault of the checker's must not end the editor's help
                logger.exception("checking %s", uri)
                found = [Problem(0, 0, "note", "syntax", f"keystone-lua failed to check this: {type(error).__name__}")]
            self.took = time.monotonic() - started
            if self.open.opened.get(uri) is opened:
                self._publish(opened, found)

    def _problems(self, opened: Opened) -> list[Problem]:
        document, where, name, modules = opened.script.document, opened.placed, opened.script.document.uri, {}
        if opened.path is not None and where is not None:
            name = str(opened.path)
            modules = {module: each.document.source for module, each in self.open.modules(where.folder).items()}
        kind, injected = (where.kind, where.injected) if where is not None else (self._kind(), frozenset())
        return problems(document, name, modules, kind, injected, self.switches)

    def _kind(self) -> Kind:
        return Kind.PLAIN if self.plain else Kind.TENANT

    def _publish(self, opened: Opened, found: list[Problem]) -> None:
        document = opened.script.document
        shown = [
            types.Diagnostic(
                range=_range(Place(document, problem.start, problem.end)),
                message=problem.message,
                severity=_SEVERITIES[problem.severity],
                code=problem.code,
                source="keystone-lua",
                tags=[types.DiagnosticTag.Unnecessary] if problem.code in UNNECESSARY else None,
            )
            for problem in found
        ]
        self.protocol.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, shown, version=document.version)
        )


# documents


def _initialize(server: Server, _params: types.InitializeParams) -> None:
    units = str(
        getattr(server.protocol.workspace.position_encoding, "value", server.protocol.workspace.position_encoding)
    )
    server.open = Workspace(units, server.plain)


def _did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    _put(server, document.uri, document.text, document.version)


def _did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    for change in params.content_changes[-1:]:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument) and uri in server.open.opened:
            _put(server, uri, change.text, params.text_document.version)


def _put(server: Server, uri: str, text: str, version: int | None) -> None:
    opened = server.open.put(uri, text, version)
    if opened is None:
        logger.error("more than %d documents are open: %s is not looked at", len(server.open.opened), uri)
        return
    is_module = opened.placed is not None and opened.placed.kind is Kind.MODULE
    server.check_soon([uri, *(server.open.beside(uri) if is_module else ())])


def _did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.open.remove(uri)
    server.waiting.pop(uri, None)
    server.protocol.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def _saved(server: Server, _params: Any) -> None:
    """A file has changed: what requires it is checked again."""
    server.open.forget()
    server.check_soon(list(server.open.opened))


# questions


def _completion(server: Server, params: types.CompletionParams) -> types.CompletionList | None:
    script = server.script(params.text_document.uri)
    if script is None:
        return None
    opened = server.open.opened[params.text_document.uri]
    modules = sorted(server.open.modules(opened.placed.folder)) if opened.placed is not None else []
    offset = script.document.offset(params.position.line, params.position.character)
    found = answers.completions(script, offset, modules)
    items = [
        types.CompletionItem(
            label=thing.name,
            kind=_ITEMS[thing.kind],
            detail=thing.signature if thing.signature != thing.name else None,
            documentation=_markdown(answers.documentation(thing)),
            sort_text=f"{number:04}",
        )
        for number, thing in enumerate(found)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def _markdown(text: str) -> types.MarkupContent | None:
    return types.MarkupContent(types.MarkupKind.Markdown, text) if text else None


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    script = server.script(params.text_document.uri)
    if script is None:
        return None
    found = answers.hover(script, script.document.offset(params.position.line, params.position.character))
    if found is None:
        return None
    markup = types.MarkupContent(types.MarkupKind.Markdown, found.text)
    return types.Hover(markup, _range(Place(script.document, found.start, found.end)))


def _signature(server: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    script = server.script(params.text_document.uri)
    if script is None:
        return None
    found = answers.signature(script, script.document.offset(params.position.line, params.position.character))
    if found is None:
        return None
    told = types.SignatureInformation(
        label=found.thing.signature,
        documentation=_markdown(answers.documentation(found.thing)),
        parameters=_parameters(found.thing),
    )
    return types.SignatureHelp([told], active_signature=0, active_parameter=found.active)


def _parameters(thing: Thing) -> list[types.ParameterInformation]:
    """By their places in the label, which is ASCII: a name may stand in the function's, too."""
    place = thing.signature.index("(") + 1
    made = []
    for parameter in thing.parameters or ():
        made.append(types.ParameterInformation((place, place + len(parameter))))
        place += len(parameter) + 2
    return made


def _definition(server: Server, params: types.DefinitionParams) -> types.Location | None:
    script = server.script(params.text_document.uri)
    if script is None:
        return None
    found = answers.definition(script, script.document.offset(params.position.line, params.position.character))
    return types.Location(found.document.uri, _range(found)) if found is not None else None


def _symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    script = server.script(params.text_document.uri)
    if script is None:
        return None
    return [
        types.DocumentSymbol(
            name=symbol.name,
            kind=types.SymbolKind.Function,
            range=_range(Place(script.document, symbol.start, symbol.end)),
            selection_range=_range(symbol.place),
            detail=symbol.detail,
        )
        for symbol in answers.symbols(script)
    ]


def _range(place: Place) -> types.Range:
    start, end = place.document.place(place.start), place.document.place(place.end)
    return types.Range(types.Position(*start), types.Position(*end))


_FEATURES: Final[tuple[tuple[str, Callable[..., Any], Any], ...]] = (
    (types.INITIALIZE, _initialize, None),
    (types.TEXT_DOCUMENT_DID_OPEN, _did_open, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, _did_change, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, _did_close, None),
    (types.TEXT_DOCUMENT_DID_SAVE, _saved, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _saved, None),
    (types.TEXT_DOCUMENT_COMPLETION, _completion, types.CompletionOptions(trigger_characters=[".", ":", '"', "'"])),
    (types.TEXT_DOCUMENT_HOVER, _hover, None),
    (
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
        _signature,
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[","]),
    ),
    (types.TEXT_DOCUMENT_DEFINITION, _definition, None),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _symbols, None),
)
