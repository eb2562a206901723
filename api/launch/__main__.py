"""``python3 -m api.launch run|environments [--test]``: what ``make run`` and ``make test`` call first.

Runs on the system's Python with the standard library only; everything else happens in the environment it makes.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from api.launch import environments
from api.launch.environments import LaunchError

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m api.launch", description=__doc__)
    parser.add_argument("command", choices=["run", "environments"])
    parser.add_argument("--test", action="store_true", help="also install what the tests need")
    options = parser.parse_args()
    os.chdir(ROOT)
    extra = "test" if options.test else ""
    try:
        for environment in (environments.product(ROOT, extra), environments.bot(ROOT, extra)):
            environments.ensure(environment, ROOT / "var" / "logs", _say)
    except LaunchError as problem:
        print(f"\nClauseDesk cannot start: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next run continues here.", file=sys.stderr)
        return 130
    if options.command == "run":
        python = str(environments.product(ROOT).python)
        os.execv(python, [python, "-m", "api.launch.serve"])  # noqa: S606 - becomes the product
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
