"""Reads data files with one entry a line, and knows the line of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import PolicyError

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a PyYAML built without libyaml: slower, the same
    from yaml import SafeLoader  # type: ignore[assignment]


def entries(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Line (from 1) and fields of each. Raises PolicyError, naming file and line, for anything else."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise PolicyError(f"is not YAML in UTF-8: {_one_line(problem)}", line, path.name) from problem
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise PolicyError("must be a list of questions", 1, path.name)
    loader = SafeLoader("")
    for node in root.value:
        line = node.start_mark.line + 1
        try:
            entry = loader.construct_document(node)
        except (yaml.YAMLError, ValueError) as problem:  # an unknown tag, a day that is none
            raise PolicyError(f"is not readable: {_one_line(problem)}", line, path.name) from problem
        if not isinstance(entry, dict):
            raise PolicyError("is not a question with its fields", line, path.name)
        yield line, entry


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())
