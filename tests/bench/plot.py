"""Lines over logarithmic axes as a plain SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

LEFT, TOP, WIDTH, HEIGHT = 60, 40, 520, 320


@dataclass(frozen=True)
class Series:
    """(x, y) pairs, all above zero."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]


def write_plot(
    path: Path, title: str, series: Sequence[Series], limit: float, mark: tuple[float, str]
) -> None:
    """`limit` is a dashed line across, `mark` a dotted one upright with its name."""
    across = _Axis([x for line in series for x, _ in line.points] + [mark[0]], LEFT, LEFT + WIDTH)
    upright = _Axis([y for line in series for _, y in line.points] + [limit], TOP + HEIGHT, TOP)
    bottom, right = TOP + HEIGHT, LEFT + WIDTH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 40} {bottom + 50}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="13">{escape(title)}</text>',
        f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#333"/>',
    ]
    parts += [
        f'<text x="{across.at(power):.1f}" y="{bottom + 18}" text-anchor="middle">{power:,.0f}</text>'
        for power in across.powers
    ]
    parts += [
        f'<text x="{LEFT - 6}" y="{upright.at(power) + 4:.1f}" text-anchor="end">{power:g}</text>'
        f'<path d="M{LEFT} {upright.at(power):.1f}H{right}" stroke="#eee"/>'
        for power in upright.powers
    ]
    parts.append(
        f'<path d="M{LEFT} {upright.at(limit):.1f}H{right}" stroke="#333" stroke-dasharray="6"/>'
        f'<path d="M{across.at(mark[0]):.1f} {TOP}V{bottom}" stroke="#777" stroke-dasharray="2"/>'
        f'<text x="{across.at(mark[0]) + 4:.1f}" y="{TOP + 12}">{escape(mark[1])}</text>'
    )
    for number, line in enumerate(series):
        places = [(across.at(x), upright.at(y)) for x, y in line.points]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>' for x, y in places]
        parts.append(
            f'<text x="{LEFT + 12}" y="{TOP + 30 + 16 * number}" fill="{line.colour}">{escape(line.name)}</text>'
        )
    path.write_text("".join([*parts, "</svg>"]), "utf-8")


class _Axis:
    """From the power of ten below the least value to the one above the greatest."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(math.ceil(math.log10(max(values))), self._low + 1)
        self._start, self._end = start, end

    @property
    def powers(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)
