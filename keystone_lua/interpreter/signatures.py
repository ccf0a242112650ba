"""Signatures: names of the language's library, and what is known of its functions without having them.

The analysis and the checker ask here, so that they need not import the library itself.
"""

from __future__ import annotations

from typing import Final

LEFT_OUT: Final[dict[str, tuple[str, ...]]] = {
    "load": (),
    "loadstring": (),
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
