"""A curve as SVG: lines over a logarithmic x axis, y from nothing."""
from __future__ import annotations

import math
from html import escape

from tests.bench.measure import Curve

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 40, 44
_COLOURS = ("#0b6", "#06c", "#c50", "#808")
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def svg(curve: Curve) -> str:
    """The whole file. It is read on light and on dark grounds, so it brings its own."""
    points = [point for line in curve.lines.values() for point in line]
    low, high = (math.log10(f(x for x, _ in points)) for f in (min, max))
    step = _step(max(y for _, y in points))
    top = step * math.ceil(max(y for _, y in points) / step)

    def x_of(x: float) -> float:
        share = (math.log10(x) - low) / (high - low) if high > low else 0.5
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y_of(y: float) -> float:
        return _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 20, curve.title, size=15), _text(_LEFT, 35, curve.y), _text(_WIDTH - _RIGHT, _HEIGHT - 8, curve.x, anchor="end")]
    for n in range(round(top / step) + 1):
        parts.append(f'<path d="M{_LEFT} {y_of(n * step):.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(_text(_LEFT - 6, y_of(n * step) + 4, f"{n * step:g}", anchor="end"))
    marks = sorted({x for x, _ in points})
    parts += [_text(x_of(x), _HEIGHT - _BOTTOM + 16, f"{x:,.0f}", anchor="middle") for x in marks]
    for number, (name, line) in enumerate(curve.lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in line:
            told = f"<title>{x:,.0f}: {y:.3g}</title>"
            parts.append(f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{colour}">{told}</circle>')
        parts.append(_text(_WIDTH - _RIGHT, 20 + 15 * number, name, anchor="end", colour=colour))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(curve.title)}">'
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>', *parts, "</svg>", ""])


def _step(highest: float) -> float:
    """Between two lines of the grid, of which there are about five."""
    power = 10.0 ** math.floor(math.log10(highest / 5))
    return next(power * step for step in _STEPS if power * step >= highest / 5)


def _text(x: float, y: float, told: str, *, size: int = 12, anchor: str = "start", colour: str = "#333") -> str:
    style = f'font-family="sans-serif" font-size="{size}" text-anchor="{anchor}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(told)}</text>'
