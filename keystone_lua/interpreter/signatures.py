"""Signatures: names of the language's library, and facts about its functions that do not need the functions.

The analysis and the checker ask here, so that they need not import the library itself.
"""

from __future__ import annotations

from typing import Final

LEFT_OUT: Final[dict[str, tuple[str, ...]]] = {
    "loadfile": (),
    "dofile": (),
    "setfenv": (),
    "getfenv": (),
    "newproxy": (),
    "gcinfo": (),
    "module": (),
    "io": (),
    "debug": (
        *("debug", "getfenv", "gethook", "getlocal", "getmetatable", "getregistry", "getupvalue", "setfenv", "sethook"),
        *("setlocal", "setmetatable", "setupvalue"),
    ),
    "package": ("loaders", "loadlib", "seeall"),
    "string": ("dump",),
    "os": ("execute", "exit", "remove", "rename", "tmpname", "getenv", "setlocale"),
}
"""Names of Lua 5.1 that are nil here: globals with no fields are missing whole."""


_REQUEST: Final = "use on_route_request's request and its answer"
_NOBODY: Final = "a decision calls nobody and waits for nothing"
_SOURCE: Final = "what a script may know is in the request and in its own source"
_SETTINGS: Final = "a tenant's settings are request.config, its keys request.secrets"

OTHER_GLOBALS: Final[dict[str, str]] = {
    "bit32": "that is Lua 5.2's; use bit",
    "cjson": 'write local cjson = require "cjson"',
    "ffi": "that is LuaJIT's; what C libraries are used for is in the routing library: hash, json, re and others",
    "jit": "that is LuaJIT's",
    "json": 'write local json = require "json"',
    "kong": f"that is Kong's; {_REQUEST}",
    "ngx": f"that is OpenResty's; {_REQUEST}, or require 'ngx' for what only computes",
    "redis": _NOBODY,
    "utf8": "that is Lua 5.3's; strings are bytes here",
}
"""Globals of other hosts of Lua, and what to use here."""

OTHER_MEMBERS: Final[dict[str, str]] = {
    "math.round": "write it as math.floor(x + 0.5)",
    "os.getenv": _SETTINGS,
    "string.contains": 'write require("text").contains(s, piece)',
    "string.endswith": 'write require("text").ends_with(s, tail)',
    "string.split": 'write require("text").split(s, separator)',
    "string.startswith": 'write require("text").starts_with(s, start)',
    "string.trim": 'write require("text").trim(s)',
}
"""Members that the libraries of other hosts have, or that are left out here, and what to use."""

OTHER_MODULES: Final[dict[str, str]] = {
    **dict.fromkeys(("dkjson", "lunajson", "rapidjson", "simplejson"), "use require 'json'"),
    **dict.fromkeys(("basexx", "mime", "resty.base64"), "use require 'base64'"),
    **dict.fromkeys(("lrexlib", "rex_pcre", "rex_pcre2", "lpeg"), "use string's patterns, or require 're'"),
    **dict.fromkeys(("md5", "sha1", "sha2", "bcrypt", "openssl"), "use require 'hash'"),
    **dict.fromkeys(
        ("resty.aes", "resty.hmac", "resty.md5", "resty.sha1", "resty.sha256", "resty.string"), "use require 'hash'"
    ),
    **dict.fromkeys(("resty.jwt", "resty.openidc", "resty.openssl"), "use require 'jwt' and require 'hash'"),
    **dict.fromkeys(
        ("resty.http", "resty.redis", "resty.mysql", "resty.dns.resolver", "resty.websocket", "resty.kafka"), _NOBODY
    ),
    **dict.fromkeys(("http", "redis", "socket", "socket.http", "ssl", "ltn12", "luasql"), _NOBODY),
    **dict.fromkeys(("lfs", "posix", "io"), _SOURCE),
    "bit32": "use bit",
    "ffi": OTHER_GLOBALS["ffi"],
    "jit": OTHER_GLOBALS["jit"],
    "ngx.re": "use require 're'",
    "resty.cookie": "use require 'cookie'",
    "resty.lrucache": "nothing is kept between requests; what never changes is made once by constant(...)",
    "resty.core": "it is not needed",
    "socket.url": "use require 'url'",
    "table.new": "write {}",
}
"""Modules of other hosts, and what to use here."""

_OTHERS: Final = {
    "resty": "that is OpenResty's; docs/coming-from.md says what to use",
    "ngx": "that is OpenResty's; require 'ngx' has what only computes",
    "kong": OTHER_GLOBALS["kong"],
    "apisix": f"that is APISIX's; {_REQUEST}",
}


def instead_of(module: str) -> str:
    """What to use in place of a module that other hosts have, "" for one that nobody knows."""
    return OTHER_MODULES.get(module) or _OTHERS.get(module.partition(".")[0], "")


SWITCHED: Final = ("load", "loadstring")
"""Functions that are there only where a run's limits say so."""


INERT: Final = "io"
"""A library that is there only where a run's limits say so, and then does nothing."""


RESULT_KINDS: Final[dict[tuple[str, str], str]] = {
    ("", "tostring"): "any",  # whatever a __tostring answers
    ("", "type"): "string",
    ("", "tonumber"): "any",
    ("", "rawget"): "any",
    ("", "rawequal"): "boolean",
    ("", "setmetatable"): "any",
    ("", "getmetatable"): "any",
    ("string", "char"): "string",
    ("string", "format"): "string",
    ("string", "len"): "number",
    ("string", "lower"): "string",
    ("string", "rep"): "string",
    ("string", "reverse"): "string",
    ("string", "sub"): "string",
    ("string", "upper"): "string",
    ("coroutine", "create"): "any",
    ("coroutine", "running"): "any",
    ("coroutine", "status"): "string",
    ("coroutine", "wrap"): "any",
    ("table", "concat"): "string",
    ("table", "getn"): "number",
    ("os", "clock"): "number",
    ("os", "difftime"): "number",
    **{
        ("math", name): "number"
        for name in (
            "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod ldexp log log10 max min mod pow rad random "
            "sin sinh sqrt tan tanh"
        ).split()
    },
    **{("bit", name): "number" for name in "arshift band bnot bor bswap bxor lshift rol ror rshift tobit".split()},
}
"""Library functions that always answer exactly one value, and its kind."""


HOST_GLOBALS: Final = ("request", "backends")
"""Globals that the host sets."""


ALIASES: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("", "unpack"): ("table", "unpack"),
    ("string", "gfind"): ("string", "gmatch"),
    ("math", "mod"): ("math", "fmod"),
}
"""Members that are the same function as another one."""


TABLES: Final = ("string", "table", "math", "os", "bit", "coroutine", "debug", "package")
"""Libraries that are tables, in the order in which a run makes them: ``package.loaded`` has the others."""


HOST_CALLS: Final = ("on_route_request",)
"""Globals that the host calls, with arguments that the program does not show."""
