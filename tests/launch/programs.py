"""Small programs that stand in for Pythons: they answer what a launcher asks, and remember being asked."""

from __future__ import annotations

from pathlib import Path

PYTHON = """#!/bin/sh
echo "$@" >> "{calls}"
case "$1 $2" in
  "-c "*) echo {version};;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
  "-m pip") echo "Collecting one"; echo "Downloading one-1.0.whl"; {pip};;
esac
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(path: Path, calls: Path, version: str = "9.99", pip: str = "exit 0") -> Path:
    """A program that says it is that version, makes environments by copying itself, and installs nothing."""
    return write(path, PYTHON.format(calls=calls, version=version, pip=pip))


def shim(path: Path) -> Path:
    """What pyenv leaves for a version that is not chosen: it exists, and does not run."""
    return write(path, "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
