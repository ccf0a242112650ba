"""base64: RFC 4648's base 64 (section 4) and the one for addresses and file names (section 5).

Input: strings of bytes. Output: text; on decoding bytes, or nil for what is not base 64. When decoding, padding may
be missing but not wrong; white space, characters of the other alphabet and leftover bits are refused, so that no two
texts with padding mean the same bytes. ``encode_url`` writes no padding, as tokens want it.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..costs import MODULES, PER_INSTRUCTION, STRING
from ..runtime.values import ABSENT, LuaValue
from ..stdlib.args import check_string

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_PRICES: Final = {name: MODULES[f"base64.{name}"] for name in ("encode", "decode", "encode_url", "decode_url")}
_PER_INSTRUCTION: Final = PER_INSTRUCTION["base64.bytes"]

_TO_URL: Final = str.maketrans("+/", "-_")
_FROM_URL: Final = str.maketrans("-_+/", "+/!!")


def encoded(data: bytes) -> str:
    """Padded, in the usual alphabet."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def encoded_url(data: bytes) -> str:
    """Without padding, in the alphabet for addresses."""
    return encoded(data).rstrip("=").translate(_TO_URL)


def decoded(text: str) -> bytes | None:
    """The bytes, or None. Padding is optional."""
    unpadded = text.rstrip("=") if text.endswith("=") else text
    padding = -len(unpadded) % 4
    if padding == 3 or len(text) - len(unpadded) not in (0, padding):
        return None
    try:
        data = binascii.a2b_base64((unpadded + "=" * padding).encode("ascii"), strict_mode=True)
    except ValueError:  # binascii.Error and UnicodeEncodeError are
        return None
    if padding and encoded(data[-(3 - padding) :])[: 4 - padding] != unpadded[padding - 4 :]:
        return None
    return data


def decoded_url(text: str) -> bytes | None:
    """The same in the alphabet for addresses."""
    return decoded(text.translate(_FROM_URL)) if text.isascii() else None


def encoder_for(run: RunContext, fuel: int, alloc: int, name: str, make: Callable[[bytes], str]) -> Any:
    price = _PRICES[name]

    def encode(d: int, data: LuaValue = ABSENT, *_: LuaValue) -> str:
        data = data if data.__class__ is str else check_string(data, 1)
        size = len(data)
        run.charge(price + size // _PER_INSTRUCTION, STRING + 5 * size)
        return make(data.encode("latin-1"))

    return encode


def decoder_for(run: RunContext, fuel: int, alloc: int, name: str, make: Callable[[str], bytes | None]) -> Any:
    price = _PRICES[name]

    def decode(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        text = text if text.__class__ is str else check_string(text, 1)
        size = len(text)
        run.charge(price + size // _PER_INSTRUCTION, STRING + 5 * size)
        data = make(text)
        return None if data is None else data.decode("latin-1")

    return decode


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Callable[..., Any]]:
    """The functions of ``base64``."""
    return {
        "encode": encoder_for(run, fuel, alloc, "encode", encoded),
        "decode": decoder_for(run, fuel, alloc, "decode", decoded),
        "encode_url": encoder_for(run, fuel, alloc, "encode_url", encoded_url),
        "decode_url": decoder_for(run, fuel, alloc, "decode_url", decoded_url),
    }
