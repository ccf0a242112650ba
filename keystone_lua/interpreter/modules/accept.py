"""accept: which of the offered languages, types or encodings a request prefers, by RFC 9110's quality values.

Input: a header's text or nil, a list of offers. Output: an offer, or nil if none is acceptable. Among equals the
first offer wins. Elements that do not follow section 12.4.2 are ignored. Languages match by RFC 4647's basic
filtering: ``en`` takes ``en-GB``; the longest range that matches an offer decides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..costs import COPY, MODULES, SCAN, STEP, WORK, WORK_BYTES
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, LuaValue, type_name
from ..stdlib.args import check_string, check_table
from ..stdlib.string import ascii_lower
from .lists import items_of

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_RANGES: Final = 100
"""Elements of a header that are looked at: browsers send up to 20."""
_BLANK: Final = " \t"
_RANGE: Final = WORK["accept.range"]
_PARAMETER: Final = WORK["accept.parameter"]
_COMPARED: Final = WORK["accept.compared"]
_OFFER: Final = WORK["accept.offer"]
_ELEMENT_BYTES: Final = WORK_BYTES["accept.range"]


class Offer(NamedTuple):
    """An offer in lower case: its value and its parameters."""

    value: str
    parameters: frozenset[str]


class Range(NamedTuple):
    """An element: its value in lower case, its parameters, its quality in thousandths.

    ``stem`` is a part of the value that offers are compared with. It is made once: copies of a long value, one for each
    offer, would be paid for by nobody.
    """

    value: str
    parameters: tuple[str, ...]
    quality: int
    stem: str


def quality_of(text: str) -> int | None:
    """A qvalue in thousandths; None if it is none."""
    whole, dot, rest = text.partition(".")
    if whole not in ("0", "1") or len(rest) > 3 or (rest and not (rest.isascii() and rest.isdigit())):
        return None
    value = int(whole) * 1000 + int((rest + "000")[:3] if dot else "0")
    return value if value <= 1000 else None


def ranges_of(header: str, stem_of: Callable[[str], str]) -> list[Range]:
    """The elements of a header."""
    ranges: list[Range] = []
    for element in header.split(",", MAX_RANGES)[:MAX_RANGES]:
        value, *rest = [part.strip(_BLANK) for part in element.split(";")]
        quality: int | None = 1000
        parameters: list[str] = []
        for parameter in rest:
            name, _, content = parameter.partition("=")
            if name.strip(_BLANK) == "q":
                quality = quality_of(content.strip(_BLANK))
                break  # what follows extends Accept, and nobody ever did
            if parameter:
                parameters.append(parameter)
        if value and quality is not None:
            ranges.append(Range(value, tuple(parameters), quality, stem_of(value)))
    return ranges


def offer_of(text: str) -> Offer:
    """An offer taken apart."""
    value, *parameters = [part.strip(_BLANK) for part in text.split(";")]
    return Offer(value, frozenset(parameters))


def language_stem(value: str) -> str:
    """What the languages below one begin with."""
    return f"{value}-"


def type_stem(value: str) -> str:
    """What the types begin with that ``kind/*`` means; "" of other values."""
    kind, _, rest = value.partition("/")
    return f"{kind}/" if rest == "*" else ""


def encoding_stem(value: str) -> str:
    """The coding without the ``x-`` that old ones have."""
    return value.removeprefix("x-")


def language_rank(wanted: Range, offer: Offer) -> int:
    """How exactly a range names a language; 0 if it does not."""
    if wanted.value == "*":
        return 1
    if offer.value == wanted.value or offer.value.startswith(wanted.stem):
        return 1 + len(wanted.value)
    return 0


def type_rank(wanted: Range, offer: Offer) -> int:
    """How exactly a range names a media type."""
    if wanted.value == "*/*":
        return 1
    if wanted.value == offer.value:
        return 3 + len(wanted.parameters) if offer.parameters.issuperset(wanted.parameters) else 0
    return 2 if wanted.stem and offer.value.startswith(wanted.stem) else 0


def encoding_rank(wanted: Range, offer: Offer) -> int:
    """How exactly a range names a content coding."""
    if wanted.value == "*":
        return 1
    return 2 if wanted.stem == offer.value.removeprefix("x-") else 0


def best(ranges: list[Range], offers: list[Offer], rank: Callable[[Range, Offer], int], identity: bool) -> int | None:
    """The place of the offer with the highest quality, or None."""
    chosen, highest = None, 0
    for place, offer in enumerate(offers):
        exactness, quality = 0, 1 if identity and offer.value == "identity" else 0  # acceptable unless it is refused
        for wanted in ranges:
            found = rank(wanted, offer)
            if found > exactness:
                exactness, quality = found, wanted.quality
        if quality > highest:
            chosen, highest = place, quality
    return chosen


def chooser_for(
    run: RunContext, fuel: int, alloc: int, name: str, stem: Callable[[str], str], rank: Callable[[Range, Offer], int]
) -> Any:
    price = MODULES[f"accept.{name}"]
    identity = name == "encoding"

    def choose(d: int, header: LuaValue = ABSENT, offered: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(price)
        text = None if header is None else check_string(header, 1)
        run.charge(len(text or "") // SCAN)
        offers = items_of(run, check_table(offered, 2))
        for place, offer in enumerate(offers, 1):
            if offer.__class__ is not str:
                raise argument_error(2, f"string expected at place {place} of the list, got {type_name(offer)}")
        if text is None or (not identity and not text.strip(_BLANK)):
            return offers[0] if offers else None
        size, length = len(text), sum(map(len, offers))
        run.charge(length // SCAN, _ELEMENT_BYTES * len(offers))
        pieces = sum(offer.count(";") for offer in offers)
        elements = min(text.count(",") + 1, MAX_RANGES)
        run.charge(
            elements * _RANGE + (text.count(";") + pieces) * _PARAMETER + len(offers) * _OFFER,
            (elements + text.count(";") + pieces + len(offers)) * _ELEMENT_BYTES + 7 * size + 3 * length,
        )
        ranges = ranges_of(ascii_lower(text), stem)
        compared = len(ranges) * len(offers)
        parameters = sum(len(wanted.parameters) for wanted in ranges)
        run.charge(
            compared * _COMPARED + (parameters + len(ranges)) * length // COPY + parameters * len(offers) * STEP, length
        )
        chosen = best(ranges, [offer_of(ascii_lower(offer)) for offer in offers], rank, identity)
        return None if chosen is None else offers[chosen]

    return choose


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``accept``."""
    return {
        "encoding": chooser_for(run, fuel, alloc, "encoding", encoding_stem, encoding_rank),
        "language": chooser_for(run, fuel, alloc, "language", language_stem, language_rank),
        "type": chooser_for(run, fuel, alloc, "type", type_stem, type_rank),
    }
