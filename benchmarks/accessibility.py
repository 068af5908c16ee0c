"""Find what makes a page hard to use with the keyboard, a screen reader, or large text."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ZOOMED = {"width": 512, "height": 350}
"""A window of 1024 x 700 at 200 %, in CSS pixels."""

_CUT_OFF = """() => {
  const found = [];
  const scrolls = (style) => ["auto", "scroll"].includes(style.overflowX);
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide`);
  const shown = document.querySelector("dialog[open]") ?? document.body;
  for (const node of shown.querySelectorAll("a, button, input, select, p, h1, h2, h3, li, td, th, code, label")) {
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    const shows = node.checkVisibility({ visibilityProperty: true }) && box.width;
    if (!shows || node.closest(".unseen, svg, .plot")) continue;
    let ways = false;  // to get at what lies outside
    for (let outer = node.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      ways ||= scrolls(getComputedStyle(outer));
    }
    const hidden = node.scrollWidth > node.clientWidth + 1 && style.overflowX === "hidden" && !node.title;
    const beyond = !ways && (box.left < -1 || box.right > innerWidth + 1);
    if (hidden || beyond) found.push(node.outerHTML.slice(0, 200));
  }
  return found;
}"""
_AXE = "options => axe.run(options).then(found => found.violations)"
_STEP = """() => {
  const node = document.activeElement, dialog = document.querySelector("dialog[open]"), style = getComputedStyle(node);
  window.walked ??= [];
  if (node.matches("body")) return "";
  if (window.walked.includes(node)) return "round";
  window.walked.push(node);
  if (dialog && !dialog.contains(node)) return `outside the dialog: ${node.outerHTML.slice(0, 200)}`;
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = ring || node.matches("iframe");  // which shows it inside
  return seen ? "" : `its focus is not seen: ${node.outerHTML.slice(0, 200)}`;
}"""
_WALKED = """() => {
  const walked = window.walked, found = [];
  const usable = "a:any-link, button:enabled, input:enabled, select:enabled, iframe, [tabindex='0']";
  for (const node of (document.querySelector("dialog[open]") ?? document).querySelectorAll(usable)) {
    const asked = node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0;
    if (asked && !walked.includes(node)) found.push(`never has the focus: ${node.outerHTML.slice(0, 200)}`);
  }
  const places = walked.filter((node) => !node.closest("svg")).map((node) => [node, node.getBoundingClientRect()]);
  places.slice(1).forEach(([node, box], i) => {
    const [outer, before] = places[i];
    const inLine = box.top < before.bottom && before.top < box.bottom && box.left < before.left;
    const back = !outer.contains(node) && (box.bottom <= before.top || inLine);
    if (back) found.push(`out of order: ${node.outerHTML.slice(0, 200)}`);
  });
  delete window.walked;
  return found;
}"""


def violations(page: Any) -> list[str]:
    """Return violations of axe-core's rules in what the page shows, drawings included, in light and in dark.

    Frames are not checked. The second scheme changes only colors, so only contrast is checked again.
    """
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("no axe-core: install axe-playwright-python, which brings it")
    if page.evaluate("!window.axe"):
        page.evaluate((Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    told = []
    for scheme, rules in (("dark", {}), ("light", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme)
        for broken in page.evaluate(_AXE, {"iframes": False, **rules}):
            told += [f"{scheme}: {broken['id']}: {node['html'][:200]}" for node in broken["nodes"]]
    return told


def cut_off(page: Any) -> list[str]:
    """Return what sticks out of the page or is cut off, and cannot be scrolled to, at 200 %."""
    size = page.viewport_size
    page.set_viewport_size(ZOOMED)
    found: list[str] = page.evaluate(_CUT_OFF)
    page.set_viewport_size(size)
    return found


def walk(page: Any) -> list[str]:
    """Press Tab until every element had its turn; return what is wrong with the focus.

    Faults are usable elements that never have the focus, do not show it, have it outside an open dialog, or have it
    before an element above them or to their left in the same line.
    """
    found = [told for told in [page.evaluate(_STEP)] if told]  # the element that has the focus initially
    while True:
        page.keyboard.press("Tab")
        told = page.evaluate(_STEP)
        if told == "round":
            return [*found, *page.evaluate(_WALKED)]
        found += [told] if told else []
