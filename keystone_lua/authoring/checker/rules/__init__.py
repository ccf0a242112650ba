"""The rules, one module each: ``CODE``, ``SEVERITY``, ``TEXT`` and ``places``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from ..rule import Rule
from . import (
    accidental_global,
    bad_ignore,
    bad_pattern,
    clock_dependent,
    computed_require,
    endless_loop,
    foreign_pattern,
    hidden_constant,
    lost_header,
    lost_state,
    lost_write,
    magic_pattern,
    missing_module,
    missing_return,
    no_entry_point,
    seed_dependent,
    shadowing,
    string_method,
    unavailable_library,
    unchecked_result,
    undefined_global,
    unknown_hook,
    unknown_request_field,
    unknown_result_field,
    unreachable_code,
    unused_local,
    unused_result,
    unverified_token,
    wrong_arguments,
    wrong_result,
    zero_index,
)

RULES: Final[Sequence[Rule]] = tuple(
    cast(Rule, module)
    for module in (
        no_entry_point,
        unknown_hook,
        missing_return,
        wrong_result,
        undefined_global,
        accidental_global,
        unavailable_library,
        missing_module,
        computed_require,
        unused_local,
        unused_result,
        string_method,
        lost_state,
        lost_write,
        hidden_constant,
        shadowing,
        unreachable_code,
        endless_loop,
        bad_pattern,
        foreign_pattern,
        magic_pattern,
        zero_index,
        wrong_arguments,
        unchecked_result,
        unverified_token,
        unknown_request_field,
        unknown_result_field,
        lost_header,
        seed_dependent,
        clock_dependent,
        bad_ignore,
    )
)
"""``syntax`` is no rule: a script that does not compile has no nodes to look at."""
