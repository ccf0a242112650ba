"""A bar chart of ratios as SVG, written by hand: no dependency draws it.

Input: program to peer to ratio, and the peer to plot. Output: the SVG's text: one bar a program on a logarithmic axis,
to the left of 1 where we are faster, a dashed line at the geometric mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

ROW = 17
LEFT = 130
WIDTH = 560
TOP = 44
FASTER, SLOWER, MEAN = "#2f7d5b", "#b3572e", "#444"
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
        '<rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 18, f"Our time divided by {peer}'s (logarithmic; left of 1 we are faster)", size=13),
    ]
    for tick in TICKS:
        if low < tick < high:
            parts.append(line(x(tick), TOP - 6, bottom, "#999" if tick == 1.0 else "#e3e3e3"))
            parts.append(text(x(tick), bottom + 14, f"{tick:g}", anchor="middle"))
    parts.append(line(x(mean), TOP - 6, bottom, MEAN, dash="4 3"))
    for number, (value, name) in enumerate(values):
        y = TOP + number * ROW
        left, right = sorted((x(1.0), x(value)))
        colour = FASTER if value < 1.0 else SLOWER
        box = f'width="{max(right - left, 1):.1f}" height="{ROW - 6}"'
        parts.append(f'<rect x="{left:.1f}" y="{y + 3}" {box} fill="{colour}"/>')
        parts.append(text(LEFT - 8, y + 13, name, anchor="end"))
        beside = right + 4 if value >= 1.0 else left - 4
        parts.append(text(beside, y + 13, f"{value:.2f}", anchor="start" if value >= 1.0 else "end", colour="#555"))
    parts.append(text(x(mean), TOP - 10, f"geometric mean {mean:.2f}", anchor="middle", colour=MEAN))
    return "\n".join([*parts, "</svg>"]) + "\n"


def text(x: float, y: float, content: str, *, anchor: str = "start", size: int = 11, colour: str = "#222") -> str:
    """A line of text."""
    look = f'text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    halo = 'paint-order="stroke" stroke="white" stroke-width="3"'  # readable where the mean's line passes
    return f'<text x="{x:.1f}" y="{y}" {look} {halo}>{escape(content)}</text>'


def line(x: float, top: float, bottom: float, colour: str, dash: str = "") -> str:
    """A vertical line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"{dashes}/>'
