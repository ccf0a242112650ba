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

FREE_HEADERS: Final = 64  # of an answer's modified_headers
RETURNED_HEADER: Final = 30  # each of the others: up to 1.5 us to check and write it

SCATTERED: Final = 12  # a number key of a table whose number keys lie scattered
SETTLING: Final = 4  # an entry, when a table's number keys are looked over
IN_ORDER: Final = 8  # keys of a table, of which one instruction finds out whether they are 1, 2, 3 and so on
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

INERT: Final = 20  # a function of the inert io, which only says that it is not available

# Instructions and bytes of compiling a text while a script runs (`load`), each before the work that it is for.
LOAD_PIECE: Final = 20  # a piece that load's function answers, beside what it takes itself
LOAD_BYTE: Final = 1  # a byte that is read
LOAD_TOKEN: Final = 300  # a token that is parsed, its scope included; again where an error has to be explained
LOAD_TOKEN_BYTES: Final = 300
LOAD_UNIT: Final = 300  # a unit of what compiling takes, see analysis.compile_cost
LOAD_UNIT_BYTES: Final = 1400
LOADED: Final = 6_000  # bytes of a chunk, however short

# Instructions: the base price of a library function, its result and argument checks included.
LIBRARY: Final[dict[str, int]] = {
    "assert": 10, "collectgarbage": 20, "constant": 10, "(constant)": 8, "error": 100, "getmetatable": 14, "ipairs": 20,
    "(ipairs)": 14, "(header)": 20,
    "load": 200, "loadstring": 160,
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

# What functions charge beyond their base price, for what their work depends on. Measured like the base prices: what the
# dearest case takes, at 15 ns an instruction.

WORK: Final[dict[str, int]] = {
    "numeral": 12,  # a text that has to be a number, up to 15 bytes: a hexadecimal one takes 2.5 us
    "bit.argument": 14,  # one more argument of band, bor and bxor
    "xpcall.handled": 60,  # an error of a handler: up to 5 us to raise and word it, where its script paid for no pcall
    "hash.murmur3_byte": 8,  # a byte of a hash that is computed in Python
    "hash.xxhash_byte": 6,
    "string.char.argument": 8,  # an argument of char
    "string.gmatch.round": 36,  # a round of gmatch
    "gsub.search": 20,  # a search of gsub's, where it cannot find all matches at once
    "gsub.match": 12,  # a match of gsub, without what finds it
    "gsub.replacement": 30,  # more if the replacement is not the same text for all
    "pattern.capture": 6,  # a capture
    "gsub.numeral": 20,  # a number as replacement
    "pattern": 200,  # reading a pattern
    "pattern.byte": 40,  # each of its bytes
    "pattern.move": 2 * STEP,  # one item tried by the backtracker
    "format.directive": 16,  # a directive of format
    "format.long_number": 300,  # more for a number of hundreds of digits
    "format.tiny_number": 60,  # more for a number that many zeros stand before: of 99 digits it takes 5 us
    "math.max.argument": 8,  # an argument of max and min, where there are many
    "os.date.directive": 50,  # a directive of date
    "os.time.field": 36,  # reading a field of a date table
    "sort.element": 12,  # an element, read and written back
    "sort.comparison": 3 * STEP,  # a comparison of the quicksort, besides the function's own instructions
    "sort.partition": 10 * STEP,  # a part that the quicksort takes apart
    "table.shifted": 9,  # an entry that insert and remove move
    "table.concat.item": 6,  # an item of concat
    "table.concat.numeral": 20,  # more for one that is a number
    "table.unpack.value": 4,  # a value of unpack
    "table.pack.value": 8,  # a value of pack
    "table.maxn.key": 3,  # a key that maxn looks at
    "table.foreach.call": 12,  # a call of foreach's function
    "traceback.level": 12 * STEP,  # a level of the stack that is looked at, those passed over included: up to 6 us
    "accept.range": 12 * STEP,  # an element of the header, with a few parameters
    "accept.parameter": 4 * STEP,  # one of many parameters
    "accept.compared": 2 * STEP,  # an offer compared with an element
    "accept.offer": 8 * STEP,  # an offer
    "bucket.entry": 12 * STEP,  # reading a name with its weight
    "bucket.draw": 40 * STEP,  # a name that draws: a hash and a logarithm
    "bucket.point": 3 * STEP,  # a point of a ring
    "bucket.word": 3 * STEP,  # four bytes of murmur3
    "bucket.byte": 2 * STEP,  # a byte of FNV-1a
    "bucket.jump": 12 * STEP,  # a jump; there are as many as the logarithm of the count, in the mean
    "constant.table": 60,  # a table of a constant, of which a frozen copy is made
    "constant.entry": 16,  # an entry of one
    "cookie.pair": 60,  # a name with its value
    "ip.six": 300,  # more for an address of IPv6
    "ip.entry": 150,  # an entry of a list
    "json.step": 10,  # a step of a pointer
    "json.value": 14,  # a value that is read
    "json.table": 60,  # more for an array or object
    "json.escape": 30,  # an escape in a text that has some by number
    "json.backslash": 2,  # an escape that is passed
    "json.bracket": 6,  # a bracket in a text that may be nested too deep
    "json.token": 40,  # a token, while the place of a mistake is looked for
    "json.member": 70,  # a member that get looks at
    "json.skipped": 20,  # a bracket that get passes
    "json.item": 24,  # a value that is written, and its key
    "json.written_table": 60,  # more for a table that is written
    "jwt.key": 60,  # a key of a set that is looked at
    "jwt.parsed": 600,  # a key that is made of text
    "jwt.entry": 20,  # an entry of a list in a rule or a claim
    "jwt.p256": 220_000,  # a signature on a curve
    "jwt.p384": 500_000,
    "jwt.hmac": 300,  # a signature by a shared secret
    "list.item": 3,  # reading an item of a list
    "ngx.argument": 10 * STEP,  # an argument of a query
    "percent.escape": 12,  # an escape that is resolved
    "re.pattern": 400,  # reading a pattern
    "re.pattern_byte": 60,  # each of its bytes
    "re.operation": 40,  # each operation that it becomes
    "re.capture": 12,  # a capture
    "re.match": 40,  # a match of many
    "re.move": 2 * STEP,  # an operation tried
    "text.piece": 6,  # a piece of a list
    "time.zone": 200,  # more where a zone is asked for
    "time.directive": 60,  # a directive of format
    "url.pair": 90,  # a name with its value
    "url.authority_byte": 3,  # a byte of user, host and port
    "url.segment": 10,  # a segment of a path
}
"""Instructions."""

WORK_BYTES: Final[dict[str, int]] = {
    "string.char.argument": 1 + 2 * VALUE,  # of its character, and of it on the way
    "gsub.match": STRING + 3 * VALUE,  # a match's share in the list of pieces, without their text
    "pattern": 1536,  # of a pattern that has been read
    "pattern.byte": 200,  # and for each of its bytes
    "format.long_number": 320,
    "jwt.signature": 8192,  # of a signature under way
    "ngx.hmac": 512,
    "ngx.text": 2 * STRING + 64,  # of a text that is translated, besides its bytes
    "re.row": 64,  # of a row of marks
    "bit.tohex": 2 * STRING + 2 * 254,  # of the most digits, and what they are cut from
    "log.line": RESULTS + 2 * STRING + VALUE + 64,  # of a line of the log, besides its text
    "format.directive": 1024,  # to take a directive of format apart
    "math.random.stream": 3072,  # of the twister, whose state is 2,500
    "os.date.directive": STRING + 48,  # the longest text, %c with a ten-digit year, and its place in a list
    "table.concat.numeral": STRING + 24,  # of its text
    "accept.range": 8 * (STRING + VALUE),  # of an element
    "constant.table": 950,  # of a frozen copy: two dicts and a list
    "constant.entry": 200,  # of its share in each, and its bytes where a number is a key
    "bucket.entry": 6 * VALUE + STRING,  # of one
    "bucket.point": 200,  # of one
    "bucket.word": 14,  # of them: a number for four, and copies
    "hash.digest": 2 * STRING + 512,  # of a digest under way, and its text
    "ip.entry": 4 * ENTRY,  # of one
    "json.escape": 110,  # of its piece, while the text is put together
    "json.value": 80,  # of a value on the way: a pair in a list
    "json.item": 2 * (STRING + 64 + VALUE),  # of its text and its key's, if they are short
    "jwt.result": TABLE + 5 * ENTRY + 2 * STRING,  # of what decode and verify answer
    "ngx.argument": 2 * ENTRY + 4 * STRING,  # of one
    "percent.escape": 256,  # of its piece
    "re.pattern": 2048,  # of a pattern that has been read
    "re.pattern_byte": 400,  # each of its bytes
    "re.operation": 160,  # each operation that it becomes
    "re.search": 512,  # of a search under way
    "re.piece": STRING + 3 * VALUE,  # of a match's share in the list of pieces
    "re.way": 40,  # of an entry of the stack of ways back
    "text.piece": STRING + ENTRY + VALUE,  # of one
    "time.directive": 2 * STRING + 96,  # of its text
    "url.pair": TABLE + 3 * ENTRY + 4 * STRING,  # of one
}
"""Bytes, of what is made and of what is taken on the way."""

PER_INSTRUCTION: Final[dict[str, int]] = {
    "find.tail_shift": 5,  # a 32nd of what is left behind a failed plain search: 4 ns a byte at most; as a shift
    "cookie.bytes": 8,  # bytes of a header that are read
    "hash.bytes": 4,  # bytes of a digest's input: SHA-256 takes 3 ns each without the processor's help
    "base64.bytes": COPY // 4,  # bytes that are translated several times, 4 ns for 16
    "json.bytes": 4,  # bytes of text: a numeral's digits are the dearest
    "json.passed": 8,  # bytes that are passed
    "jwt.bytes": 4,  # bytes that are decoded or digested
    "jwt.squaring": 310,  # bits of a modulus, squared, for a squaring modulo it: 0.21 us for 2,048
    "ngx.hashed": COPY // 8,  # bytes that MD5 and SHA-1 digest: 1.5 ns each
    "ngx.passed": 8,  # bytes of a text with escapes
    "url.bytes": 16,  # bytes of an address that are taken apart
}
"""What one instruction pays for."""
