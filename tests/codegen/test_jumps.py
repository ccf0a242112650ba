"""Jumps: Python's own where they reach, else a code that each construct on the way passes on."""

from __future__ import annotations

from .support import body, charged


def test_break_and_a_label_at_the_end_of_a_loop_are_pythons() -> None:
    lines = body("while a do if b then break end if c then goto next end a = b ::next:: end")
    assert [line.strip() for line in lines if line.strip() in ("break", "continue")] == ["break", "continue"]
    assert not any(line.startswith("j") for line in lines)


def test_a_label_in_the_middle_makes_a_block_a_loop_over_its_parts() -> None:
    lines = body("::again:: a = b if a then goto again end return c")
    selector = lines[0].split()[0]
    assert lines[0] == f"{selector} = 0"
    assert [line.strip() for line in lines if selector in line][1:] == [
        f"if {selector} <= 0:", f"if {selector} <= 1:", f"{selector} = 1"
    ]  # fmt: skip
    assert lines[1] == "while True:"


def test_a_jump_out_of_two_loops_is_passed_on() -> None:
    lines = body("while a do while b do if c then goto out end end end ::out:: return 1")
    jump = next(line.split()[0] for line in lines if line.strip().startswith("j"))
    assert f"{jump} = 0" in lines
    assert f"{jump} = 1" in [line.strip() for line in lines]
    assert f"if {jump} == 1:" in [line.strip() for line in lines]


def test_a_jump_pays_for_the_codes_and_parts_on_its_way() -> None:
    labels = "".join(f"::l{number}:: a = b " for number in range(9))
    charges = {}
    for number in (0, 8):
        lines = charged(f"{labels} if c then goto l{number} end return 1")
        place = next(number for number, line in enumerate(lines) if line.strip() == "continue")
        charges[number] = int(lines[place - 4].split("-= ")[1])
    assert charges[8] - charges[0] == 4


def test_a_block_that_is_nested_too_deep_is_a_function() -> None:
    """CPython allows 20 nested loops and tries."""
    for depth, count in ((14, 0), (16, 1)):
        lines = body("while a do " * depth + "b = c " + "end " * depth)
        assert sum(line.strip().startswith("def b") for line in lines) == count


def test_a_return_from_such_a_function_is_a_list_of_one() -> None:
    lines = [line.strip() for line in body("while a do " * 16 + "return c " + "end " * 16)]
    assert "return [v4]" in lines
