"""What every page must be: readable, no wider than its window, each control with a name and a ring.

In: a `Page` that is open. Out: what is wrong, as text; nothing is good.
"""

from __future__ import annotations

from typing import Final

from . import SHIFT, Page

_CONTRAST: Final = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 1;
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[n] * top[3] + below[n] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const back = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), rgba(
      matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff'));
  };
  const wrong = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), element = walk.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest('[disabled], [aria-hidden=true], .unseen')) continue;
    const style = getComputedStyle(element), ground = back(element), colour = rgba(style.color);
    for (let e = element; e; e = e.parentElement) colour[3] *= +getComputedStyle(e).opacity;
    const [a, b] = [light(over(colour, ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) wrong.add(`${ratio.toFixed(2)}: ${element.className || element.tagName}: ${text.slice(0, 40)}`);
  }
  return [...wrong];
})()"""

_WIDE: Final = """(() => {
  const width = document.documentElement.clientWidth, wrong = [];
  if (document.documentElement.scrollWidth > width) {
    for (const e of document.querySelectorAll('body *')) {
      if (e.getBoundingClientRect().right > width + 1) wrong.push(`${e.tagName}.${e.className}#${e.id}`);
    }
  }
  return wrong.slice(0, 10);
})()"""

_FOCUS: Final = """(() => {
  const e = document.activeElement, style = getComputedStyle(e);
  if (!e || e === document.body) return null;
  const ringed = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 };
  return {
    name: e.id || e.className || e.tagName,
    ring: ringed(e) || [...document.querySelectorAll(':focus-within')].some((o) => o !== document.documentElement && ringed(o)),
    seen: e.checkVisibility() && e.getBoundingClientRect().width > 0,
  };
})()"""


def contrast(page: Page) -> list[str]:
    """Texts that stand out from what is behind them by less than WCAG 2.2 AA wants."""
    found: list[str] = page.evaluate(_CONTRAST)
    return found


def too_wide(page: Page) -> list[str]:
    """Elements that make the page wider than the window."""
    found: list[str] = page.evaluate(_WIDE)
    return found


def nameless(page: Page) -> list[str]:
    """Controls and regions of which a screen reader has only the kind to tell."""
    roles = {
        "button",
        "link",
        "textbox",
        "checkbox",
        "combobox",
        "tab",
        "tabpanel",
        "spinbutton",
        "meter",
        "region",
        "table",
    }
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    return [
        f"{node['role']['value']} {node.get('backendDOMNodeId')}"
        for node in nodes
        if not node.get("ignored") and node["role"]["value"] in roles and not node.get("name", {}).get("value")
    ]


def tabbed(page: Page, most: int = 200, backwards: bool = False) -> tuple[list[str], list[str]]:
    """What the Tab key comes to from the page's begin to its end, and what of it is out of sight or has no ring."""
    names: list[str] = []
    wrong: list[str] = []
    for _ in range(most):
        page.key("Tab", SHIFT if backwards else 0)
        at = page.evaluate(_FOCUS)
        if at is None:
            return names, wrong
        names.append(at["name"])
        wrong += [f"{at['name']}: no {fault}" for fault in ("ring", "seen") if not at[fault]]
    return names, [*wrong, f"no end after {most} keys"]
