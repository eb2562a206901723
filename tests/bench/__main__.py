"""``python -m tests.bench``: the running product, and growth in its short form. ``growth`` and ``large`` in full.

Figures go to var/bench/ too. They are of this machine and judge nothing.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from knowledge.types import LANGUAGES
from tests.running import ROOT

OUT = ROOT / "var" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures are written")
    parts = parser.add_subparsers(dest="part")
    parts.add_parser("product", help="latency, throughput and memory of the running product")
    growth = parts.add_parser(
        "growth", help="the vector index from 1,300 to a million vectors; a quarter of an hour"
    )
    growth.add_argument("--counts", type=int, nargs="+", help="other numbers of vectors")
    growth.add_argument("--short", action="store_true", help="up to 30,000 vectors; a minute")
    large = parts.add_parser("large", help="a corpus built, killed, resumed and searched; half an hour")
    large.add_argument("--clauses", type=int, default=20_000)
    large.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    large.add_argument("--resumed-only", action="store_true", help="do not build it undisturbed to compare")
    options = parser.parse_args()
    if options.part in (None, "product"):
        _product(options.out)
    if options.part is None:
        _growth(options.out / "short", short=True)
    if options.part == "growth":
        _growth(options.out, options.short, options.counts)
    if options.part == "large":
        from tests.bench.large import bench_large

        bench_large(options.out, options.clauses, options.languages, not options.resumed_only)


def _product(out: Path) -> None:
    from tests.bench.product import bench_product

    figures = bench_product()
    out.mkdir(parents=True, exist_ok=True)
    (out / "product.json").write_text(json.dumps(figures, indent=1))


def _growth(out: Path, short: bool, counts: list[int] | None = None) -> None:
    from tests.bench.growth import COUNTS, SHORT, bench_growth

    bench_growth(out, counts or (SHORT if short else COUNTS))


if __name__ == "__main__":
    main()
