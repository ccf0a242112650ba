"""A checker for the part of JSON Schema 2020-12 that the API's description uses; pure Python, unlike jsonschema's.

Refuses keywords that it does not know, so that it never passes what it has not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
IGNORED = {"title", "description", "default"}


def problems(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "$") -> Iterator[str]:
    """Yield what is wrong with ``value``; references are looked up in ``root``."""
    for keyword, wanted in schema.items():
        if keyword == "$ref":
            target = root
            for name in wanted.removeprefix("#/").split("/"):
                target = target[name]
            yield from problems(value, target, root, where)
        elif keyword == "type":
            if not isinstance(value, TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool)):
                yield f"{where}: {value!r} is no {wanted}"
        elif keyword == "required":
            yield from (f"{where}: no {name}" for name in wanted if isinstance(value, dict) and name not in value)
        elif keyword == "properties":
            for name, inner in wanted.items():
                if isinstance(value, dict) and name in value:
                    yield from problems(value[name], inner, root, f"{where}.{name}")
        elif keyword == "additionalProperties":
            rest = value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else ()
            for name in rest if wanted is not True else ():
                yield from problems(value[name], wanted, root, f"{where}.{name}")
        elif keyword == "maxItems":
            if isinstance(value, list) and len(value) > wanted:
                yield f"{where}: more than {wanted} items"
        elif keyword == "items":
            for place, item in enumerate(value if isinstance(value, list) else ()):
                yield from problems(item, wanted, root, f"{where}[{place}]")
        elif keyword == "anyOf":
            tried = [list(problems(value, choice, root, where)) for choice in wanted]
            if all(tried):
                yield from min(tried, key=len)
        elif keyword == "enum":
            if value not in wanted:
                yield f"{where}: {value!r} is none of {wanted}"
        elif keyword not in IGNORED:
            raise NotImplementedError(f"{where}: {keyword}")
