"""hash: digests, keyed digests, checksums, hashes that spread keys, and a comparison in constant time.

Input: strings of bytes. Output: digests as hexadecimal text, or as bytes by the names that end in ``_bin``; checksums
and hashes of 32 bits as numbers, XXH64 as 16 hexadecimal digits, since a double does not hold it. Refuses unknown names
of algorithms, and seeds that are no whole numbers of the hash's width.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import COPY, MODULES, PER_INSTRUCTION, SCAN, STEP, STRING, WORK, WORK_BYTES
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue
from ..stdlib.args import check_number, check_string
from .short_hashes import fnv1a_32, murmur3_32, xxhash_32, xxhash_64

if TYPE_CHECKING:
    from ..runtime.context import RunContext

DIGESTS: Final = ("md5", "sha1", "sha256", "sha512")
_PER_INSTRUCTION: Final = PER_INSTRUCTION["hash.bytes"]

_PRICES: Final = {path.partition(".")[2]: price for path, price in MODULES.items() if path.startswith("hash.")}
_DIGEST_BYTES: Final = WORK_BYTES["hash.digest"]
_LONGEST: Final = max(map(len, DIGESTS))


def _paid(run: RunContext, value: LuaValue, price: int) -> str:
    """The text to be digested, paid for."""
    text = value if value.__class__ is str else check_string(value, 1)
    run.charge(price + len(text) // _PER_INSTRUCTION, _DIGEST_BYTES + len(text))
    return text


def digest_for(run: RunContext, fuel: int, alloc: int, name: str, is_text: bool) -> Any:
    price = _PRICES[name if is_text else f"{name}_bin"]

    def digest(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> str:
        made = hashlib.new(name, _paid(run, text, price).encode("latin-1"), usedforsecurity=False)
        return made.hexdigest() if is_text else made.digest().decode("latin-1")

    return digest


def hmac_for(run: RunContext, fuel: int, alloc: int, is_text: bool) -> Any:
    price = _PRICES["hmac" if is_text else "hmac_bin"]

    def keyed(
        d: int, algorithm: LuaValue = ABSENT, key: LuaValue = ABSENT, text: LuaValue = ABSENT, *_: LuaValue
    ) -> str:
        name, key, text = check_string(algorithm, 1), check_string(key, 2), check_string(text, 3)
        size = len(key) + len(text)
        run.charge(price + size // _PER_INSTRUCTION, _DIGEST_BYTES + size)
        if len(name) > _LONGEST or name not in DIGESTS:
            raise argument_error(1, f"one of {', '.join(DIGESTS)} expected")
        made = hmac.digest(key.encode("latin-1"), text.encode("latin-1"), name)
        return made.hex() if is_text else made.decode("latin-1")

    return keyed


def crc32_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def crc32(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> float:
        return float(zlib.crc32(_paid(run, text, _PRICES["crc32"]).encode("latin-1")))

    return crc32


def fnv1a32_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def fnv1a32(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> float:
        text = check_string(text, 1)
        run.charge(_PRICES["fnv1a32"] + STEP * len(text), STRING + len(text))
        return float(fnv1a_32(text))

    return fnv1a32


def _seed(run: RunContext, value: LuaValue, most: int) -> int:
    """A seed; 0 if it is left out."""
    if value is None or value is ABSENT:
        return 0
    number = value if value.__class__ is float else check_number(run, value, 2)
    if not 0.0 <= number <= most or number % 1.0:
        raise argument_error(2, f"whole number between 0 and {most} expected")
    return int(number)


def murmur_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def murmur3_32_(d: int, text: LuaValue = ABSENT, seed: LuaValue = None, *_: LuaValue) -> float:
        text = check_string(text, 1)
        run.charge(_PRICES["murmur3_32"] + WORK["hash.murmur3_byte"] * len(text), STRING + 12 * len(text))
        return float(murmur3_32(text, _seed(run, seed, 0xFFFFFFFF)))

    return murmur3_32_


def xxhash32_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def xxhash32(d: int, text: LuaValue = ABSENT, seed: LuaValue = None, *_: LuaValue) -> float:
        text = check_string(text, 1)
        run.charge(_PRICES["xxhash32"] + WORK["hash.xxhash_byte"] * len(text), STRING + 3 * len(text))
        return float(xxhash_32(text, _seed(run, seed, 0xFFFFFFFF)))

    return xxhash32


def xxhash64_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def xxhash64(d: int, text: LuaValue = ABSENT, seed: LuaValue = None, *_: LuaValue) -> str:
        text = check_string(text, 1)
        run.charge(_PRICES["xxhash64"] + WORK["hash.xxhash_byte"] * len(text), 2 * STRING + 3 * len(text))
        return f"{xxhash_64(text, _seed(run, seed, 1 << 53)):016x}"

    return xxhash64


def equal_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def equal(d: int, a: LuaValue = ABSENT, b: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        a, b = check_string(a, 1), check_string(b, 2)
        size = len(a) + len(b)
        run.charge(_PRICES["equal"] + size // COPY + len(b) // SCAN, 2 * STRING + size)
        return TRUE if hmac.compare_digest(a.encode("latin-1"), b.encode("latin-1")) else FALSE

    return equal


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``hash``."""
    return {
        **{name: digest_for(run, fuel, alloc, name, True) for name in DIGESTS},
        **{f"{name}_bin": digest_for(run, fuel, alloc, name, False) for name in DIGESTS},
        "hmac": hmac_for(run, fuel, alloc, True),
        "hmac_bin": hmac_for(run, fuel, alloc, False),
        "crc32": crc32_for(run, fuel, alloc),
        "fnv1a32": fnv1a32_for(run, fuel, alloc),
        "murmur3_32": murmur_for(run, fuel, alloc),
        "xxhash32": xxhash32_for(run, fuel, alloc),
        "xxhash64": xxhash64_for(run, fuel, alloc),
        "equal": equal_for(run, fuel, alloc),
    }
