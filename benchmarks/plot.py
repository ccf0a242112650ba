"""A bar chart of ratios as SVG, written by hand: no dependency draws it.

Input: program to peer to ratio, and the peer to plot. Output: the SVG's text: one bar a program on a logarithmic axis,
to the left of 1 where we are faster, a dashed line at the geometric mean, which no label stands on. Its colours follow
the reader's scheme, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

ROW = 17
LEFT = 130
WIDTH = 560
TOP = 44
LABEL = 26
"""Width of a bar's label."""

GAP = 4
STYLE = """\
.back { fill: #fff } text { fill: #222; stroke: #fff } .value { fill: #555 } .tick { stroke: #e3e3e3 }
.one { stroke: #999 } .mean { stroke: #444 } text.mean { fill: #444; stroke: #fff }
.faster { fill: #2f7d5b } .slower { fill: #b3572e }
@media (prefers-color-scheme: dark) {
.back { fill: #14181f } text { fill: #e4e8ef; stroke: #14181f } .value { fill: #b4bdcb } .tick { stroke: #2b323e }
.one { stroke: #6b7686 } .mean { stroke: #c3cad6 } text.mean { fill: #c3cad6; stroke: #14181f }
.faster { fill: #4aa67d } .slower { fill: #d0774c }
}"""
"""A text's stroke is a halo, so that it is readable where a line passes."""
TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def ratios(table: Mapping[str, Mapping[str, float]], peer: str, mean: float) -> str:
    """The chart of every program's ratio to ``peer``, the slowest at the top."""
    values = sorted(((row[peer], name) for name, row in table.items() if peer in row), reverse=True)
    low = min(0.4, *(value for value, _ in values), mean) / 1.1
    high = max(2.5, *(value for value, _ in values), mean) * 1.1

    def x(value: float) -> float:
        return LEFT + WIDTH * math.log(value / low) / math.log(high / low)

    bottom = TOP + ROW * len(values)
    height = bottom + 34
    size = f'width="{LEFT + WIDTH + 50}" height="{height}" viewBox="0 0 {LEFT + WIDTH + 50} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
        f"<style>\n{STYLE}\n</style>",
        '<rect width="100%" height="100%" class="back"/>',
        text(LEFT, 18, f"Our time divided by {peer}'s (logarithmic; left of 1 we are faster)", size=13),
    ]
    for tick in TICKS:
        if low < tick < high:
            parts.append(line(x(tick), TOP - 6, bottom, "one" if tick == 1.0 else "tick"))
            parts.append(text(x(tick), bottom + 14, f"{tick:g}", anchor="middle"))
    parts.append(line(x(mean), TOP - 6, bottom, "mean", dash="4 3"))
    for number, (value, name) in enumerate(values):
        y = TOP + number * ROW
        left, right = sorted((x(1.0), x(value)))
        kind = "faster" if value < 1.0 else "slower"
        box = f'width="{max(right - left, 1):.1f}" height="{ROW - 6}"'
        parts.append(f'<rect x="{left:.1f}" y="{y + 3}" {box} class="{kind}"/>')
        parts.append(text(LEFT - 8, y + 13, name, anchor="end"))
        start, anchor = beside(left, right, value >= 1.0, x(mean))
        parts.append(text(start, y + 13, f"{value:.2f}", anchor=anchor, kind="value"))
    parts.append(text(x(mean), TOP - 10, f"geometric mean {mean:.2f}", anchor="middle", kind="mean"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def beside(left: float, right: float, slower: bool, mean: float) -> tuple[float, str]:
    """Where the label of a bar is anchored and how: at its end, or past the mean's line if that would cross it."""
    start = right + GAP if slower else left - GAP - LABEL
    if start - GAP < mean < start + LABEL + GAP:
        start = mean + GAP if slower else mean - GAP - LABEL
    return (start, "start") if slower else (start + LABEL, "end")


def text(x: float, y: float, content: str, *, anchor: str = "start", size: int = 11, kind: str = "") -> str:
    """A line of text."""
    look = f'text-anchor="{anchor}" font-size="{size}"' + (f' class="{kind}"' if kind else "")
    return f'<text x="{x:.1f}" y="{y}" {look} paint-order="stroke" stroke-width="3">{escape(content)}</text>'


def line(x: float, top: float, bottom: float, kind: str, dash: str = "") -> str:
    """A vertical line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" class="{kind}"{dashes}/>'
