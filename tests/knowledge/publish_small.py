"""``python publish_small.py ROOT POLICY [LIMIT]``: publish with hash encoders, as a process that can be killed.

With a limit no file may grow beyond so many bytes, as on a disk that is full.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from knowledge.editions.publishing import publish
from knowledge.errors import KnowledgeError
from tests.knowledge.lantern import small_encoders


def main() -> int:
    root, policy, *limit = sys.argv[1:]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
    try:
        publish(Path(root), Path(policy), small_encoders(), lambda line: print(line, flush=True))
    except KnowledgeError as problem:
        print(f"{type(problem).__name__}: {problem}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
