"""The cost table: what every operation and every library function costs. Data, to be argued with.

One instruction is about 15 ns of CPython 3.11 on the machine that the prices were measured on. Bytes are
upper bounds on what CPython takes for the value, never measurements of the running process, so they are
the same everywhere.

Every result carries VERSION. Once a version is released, whatever changes the counts of a program that ran before needs
a new one: a number below, a charge more or less, a charge that moves across something that a script can observe. A new
library function needs none: no recorded run has called it and gone on.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = "3"

RELEASED: Final = {
    "1": "5b1bbcda11e8744649acca4dfc69774e85df7e21dd2c18c3f9b345ff50f07859",
    "2": "1f45a2c02f7fd7b5ae8188bd3e415a3f4fa32f50147adfd1e13266e2272c138b",
}
"""Hashes of the released tables (tests/test_lists.py): a table that stands here can change no more."""

# Bytes. Each is what the object takes in CPython 3.11-3.13, rounded up, its parts and growth included.
STRING: Final = 49  # plus its length
TABLE: Final = 120
ENTRY: Final = 140  # a new key with its slot in the dict, its boxed key and its boxed value
CLOSURE: Final = 256
CAPTURE: Final = 48  # a local that a closure takes, beyond FREE_CAPTURES: its cell, and its place in the closure
UPVALUE: Final = 48  # a variable that closures take and that lives once per loop iteration
BOX: Final = 80  # one that changes besides: a list of one, 56 bytes and 8 as the allocator rounds them
RESULTS: Final = 56  # several results, or a vararg: plus 8 per value
VALUE: Final = 8
NOTE: Final = 32  # where a run of number keys may start
NOTES: Final = 240  # the first of them in a table
REBUILT: Final = 64  # an entry, while a table's dict is made anew
COROUTINE: Final = 390  # with its first frame, less the slots
HELD_FRAME: Final = 1000  # FRAME of a coroutine, whose frames are kept while it waits
HELD_PIECE: Final = 320  # a piece of a function that is evaluated apart, there
TWIN: Final = 320  # once for each function that is called in coroutines
FRAME: Final = 400  # once for each depth reached, not for each call: frames are reused
RUN: Final = 4096  # what a run takes before its first statement

# Instructions: the operations of the language. Constants, locals and parentheses are free; an operand of
# `and` and `or` is charged whether it is reached or not, an elseif's condition when it is.
ARITHMETIC: Final = 1
POWER: Final = 6
COMPARE: Final = 1
NOT: Final = 1
LOGIC: Final = 1  # each operand of and, or
CONCAT: Final = 4  # each operand
NUMERAL: Final = 12  # an operand of it that is a number, unless whole and below 1e14: its digits take 1 µs at worst
LENGTH: Final = 4
INDEX: Final = 2
GLOBAL: Final = 2
ASSIGN: Final = 1  # each local
ASSIGN_INDEX: Final = 4
CALL: Final = 6
ARGUMENT: Final = 1
FUNCTION: Final = 2  # entering a function
TABLE_OP: Final = 6
FIELD: Final = 3  # each field of a constructor
KEYED: Final = 8  # one whose key is computed and no short text, on top: it is stored as an assignment does
HOLED: Final = 24  # a constructor with such keys and nils between its positions, on top: both its sizes are kept
CLOSURE_OP: Final = 10
SPREAD: Final = 3  # `...` or a call as the last of several
SELECT: Final = 6  # select over `...`, where nothing is spread
RETURN: Final = 1
LOOP: Final = 2  # each round of a loop, each goto
ROUNDS: Final = 1024  # rounds that a counting for loop without a way out pays ahead, at most
FEW_ROUNDS: Final = 16  # rounds of a for with constant bounds that are paid with the statements before it
NUMERIC_FOR: Final = 5
GENERIC_FOR: Final = 20
METAMETHOD: Final = 12  # finding and calling a handler
HOP: Final = 5  # one step along an __index or __newindex chain; the first of __index is in INDEX

COROUTINE_CALL: Final = 40  # a call of a function of the script in a coroutine, on top; an error may leave it

SCATTERED: Final = 12  # a number key of a table whose number keys lie scattered
SETTLING: Final = 4  # an entry, when a table's number keys are looked over
REBUILDING: Final = 2  # an entry, when a table's dict is made anew

FREE_SLOTS: Final = 96  # of a frame, that the price of a call covers
SLOTS: Final = 8  # of the others, that one instruction clears at a call
SLOT: Final = 8  # bytes
FREE_CAPTURES: Final = 4  # of a closure, that its price covers
FREE_NAMES: Final = 8  # global names in a function and those in it, that its price covers
CAPTURES: Final = 8  # of these and those, that one instruction puts into a closure
FREE_VALUES: Final = 8  # values that the static price of a spread covers

# Work that depends on length: how much one instruction pays for.
COPY: Final = 64  # bytes copied, compared or searched by C code
SCAN: Final = 16  # bytes translated, formatted or parsed one by one by C code
STEP: Final = 4  # instructions for one step of a pure-Python inner loop (a pattern matcher's, a sort's)

# Instructions: the base price of a library function, its result and argument checks included.
LIBRARY: Final[dict[str, int]] = {
    "assert": 10, "collectgarbage": 20, "constant": 10, "(constant)": 8, "error": 100, "getmetatable": 14, "ipairs": 20,
    "(ipairs)": 14, "(header)": 20,
    "log": 20, "next": 20, "pairs": 20, "pcall": 30, "print": 30, "rawequal": 12, "rawget": 14, "rawset": 16,
    "require": 20, "select": 14, "setmetatable": 14, "tonumber": 24, "tostring": 16, "type": 8, "unpack": 50,
    "xpcall": 40,
    "bit.arshift": 36, "bit.band": 28, "bit.bnot": 24, "bit.bor": 28, "bit.bswap": 38, "bit.bxor": 28,
    "bit.lshift": 30, "bit.rol": 36, "bit.ror": 36, "bit.rshift": 34, "bit.tobit": 24, "bit.tohex": 76,
    "coroutine.create": 140, "coroutine.resume": 60, "coroutine.running": 10, "coroutine.status": 10,
    "coroutine.wrap": 160, "coroutine.yield": 30,
    "debug.getinfo": 300, "debug.traceback": 200,
    "math.abs": 9, "math.acos": 10, "math.asin": 10, "math.atan": 10, "math.atan2": 12, "math.ceil": 11, "math.cos": 10,
    "math.cosh": 10, "math.deg": 11, "math.exp": 10, "math.floor": 10, "math.fmod": 12, "math.frexp": 28,
    "math.ldexp": 40, "math.log": 13, "math.log10": 10, "math.max": 10, "math.min": 10, "math.mod": 12, "math.modf": 22,
    "math.pow": 13, "math.rad": 11, "math.random": 30, "math.randomseed": 70, "math.sin": 10, "math.sinh": 10,
    "math.sqrt": 10, "math.tan": 10, "math.tanh": 10,
    "os.clock": 12, "os.date": 140, "os.difftime": 38, "os.time": 16,
    "string.byte": 12, "string.char": 10, "string.find": 28, "string.format": 40, "string.gfind": 70,
    "string.gmatch": 70, "string.gsub": 50, "string.len": 6, "string.lower": 12, "string.match": 34, "string.rep": 16,
    "string.reverse": 12, "string.sub": 20, "string.upper": 12,
    "table.concat": 70, "table.foreach": 50, "table.foreachi": 50, "table.getn": 24, "table.insert": 20,
    "table.maxn": 22, "table.pack": 36, "table.remove": 28, "table.setn": 20, "table.sort": 90, "table.unpack": 40,
}  # fmt: skip

MODULE_MEMBER: Final = 16  # each member of a module of the routing library, when a run requires it
MODULE_MEMBER_BYTES: Final = ENTRY + CLOSURE

# The same of the routing library (`require`), by the file in interpreter/modules and the name there.
MODULES: Final[dict[str, int]] = {
    "accept.encoding": 60, "accept.language": 60, "accept.type": 60,
    "base64.decode": 60, "base64.decode_url": 70, "base64.encode": 40, "base64.encode_url": 50,
    "bucket.flagd": 120, "bucket.growthbook": 240, "bucket.jump": 60, "bucket.of": 80, "bucket.pick": 60,
    "bucket.random": 40, "bucket.ring": 100, "bucket.ring:find": 70, "bucket.unleash": 120,
    "hash.crc32": 40, "hash.equal": 60, "hash.fnv1a32": 40, "hash.hmac": 160, "hash.hmac_bin": 160, "hash.md5": 90,
    "hash.md5_bin": 90, "hash.murmur3_32": 120, "hash.sha1": 90, "hash.sha1_bin": 90, "hash.sha256": 90,
    "hash.sha256_bin": 90, "hash.sha512": 100, "hash.sha512_bin": 100, "hash.xxhash32": 120, "hash.xxhash64": 140,
    "ip.in_cidr": 200, "ip.matcher": 60, "ip.matcher:match": 110, "ip.new": 60, "ip.parse": 160,
    "ngx.cookie_time": 130, "ngx.crc32_long": 30, "ngx.crc32_short": 30, "ngx.decode_args": 60, "ngx.decode_base64": 60,
    "ngx.encode_args": 40, "ngx.encode_base64": 40, "ngx.escape_uri": 40, "ngx.exec": 20, "ngx.exit": 20,
    "ngx.hmac_sha1": 140, "ngx.http_time": 120, "ngx.log": 20, "ngx.md5": 60, "ngx.md5_bin": 60, "ngx.now": 16,
    "ngx.parse_http_time": 260, "ngx.print": 20, "ngx.redirect": 20, "ngx.say": 20, "ngx.sha1_bin": 60, "ngx.sleep": 20,
    "ngx.time": 16, "ngx.unescape_uri": 50,
    "re.find": 60, "re.gmatch": 90, "re.gsub": 80, "re.match": 60, "re.sub": 80,
    "text.contains": 16, "text.ends_with": 16, "text.join": 30, "text.lines": 30, "text.lower": 14, "text.split": 40,
    "text.starts_with": 16, "text.trim": 16,
    "json.array": 30, "json.decode": 120, "json.decode_array_with_array_mt": 30, "json.decode_safe": 120,
    "json.encode": 120, "json.encode_empty_table_as_object": 30, "json.encode_number_precision": 30,
    "json.encode_safe": 120, "json.get": 120,
    "time.between": 160, "time.format": 160, "time.http": 120, "time.in_zone": 240, "time.now": 16, "time.parse": 260,
    "time.weekday": 100,
    "jwt.decode": 400, "jwt.verify": 700,
    "cookie.parse": 40, "cookie.serialize": 500,
    "url.build": 200, "url.build_query": 40, "url.escape": 30, "url.join": 240, "url.parse": 240, "url.parse_query": 50,
    "url.unescape": 30,
}  # fmt: skip
