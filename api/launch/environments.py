"""The two Python environments, made from locked constraints. Standard library only: it runs before they exist."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

Report = Callable[[str], None]
PRODUCT_VERSIONS = ("3.11", "3.12", "3.13")
NEEDED_BYTES = 8 * 1024**3
ANSWER_SECONDS = 30.0  # most a Python may take to say its version; a shim may hang


class LaunchError(Exception):
    """Something the person at the keyboard has to know; the message says what to do."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment: where it is, from what it is made, which Pythons may make it."""

    name: str
    folder: Path
    project: Path
    constraints: Path
    versions: Sequence[str]
    extra: str = ""

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / f"clausedesk{'-' + self.extra if self.extra else ''}.stamp"

    @property
    def inputs(self) -> str:
        digest = hashlib.sha256()
        for path in (self.project / "pyproject.toml", self.constraints):
            digest.update(path.read_bytes())
        return digest.hexdigest()


def product(root: Path, extra: str = "") -> Environment:
    return Environment("product", root / ".venv", root, root / "constraints.txt", PRODUCT_VERSIONS, extra)


def bot(root: Path, extra: str = "") -> Environment:
    return Environment(
        "Rasa", root / ".venv-bot", root / "bot", root / "bot" / "constraints.txt", ("3.10",), extra
    )


def ensure(environment: Environment, log_folder: Path, report: Report) -> None:
    """Make or mend one environment; does nothing when its inputs did not change.

    The stamp is written last, so that an interrupted installation is simply continued.
    """
    if environment.python.exists() and _read(environment.stamp) == environment.inputs:
        return
    _check_disk(environment.folder.parent)
    if not runs(environment.python, environment.versions):
        shutil.rmtree(environment.folder, ignore_errors=True)
        base = find_python(environment.versions)
        report(f"{environment.name} environment: creating {environment.folder.name} with {base}")
        _run([str(base), "-m", "venv", str(environment.folder)], log_folder / "venv.log")
    report(f"{environment.name} environment: installing locked packages (a few minutes the first time)")
    log = log_folder / f"install-{environment.folder.name.lstrip('.')}.log"
    target = f"{environment.project}[{environment.extra}]" if environment.extra else str(environment.project)
    pip = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "-c", str(environment.constraints), "-e", target], log, report)
    # What tests need comes on top of the rest, so `make run` after `make test` has nothing to do.
    for stamp in {environment.stamp, replace(environment, extra="").stamp}:
        stamp.write_text(environment.inputs)


def find_python(versions: Iterable[str]) -> Path:
    """A Python of one of the versions that really runs: this one, on the path, pyenv's, or one uv can install."""
    wanted = list(versions)
    for candidate in _candidates(wanted):
        if runs(candidate, wanted):
            return candidate
    installed = _install_with_uv(wanted[0])
    if installed is not None:
        return installed
    raise LaunchError(
        f"No Python {' or '.join(wanted)} was found (looked on the path and among pyenv's versions, and tried uv). "
        f"Install one, e.g. with 'pyenv install {wanted[0]}' or 'uv python install {wanted[0]}', and run this again."
    )


def runs(python: Path, versions: Iterable[str]) -> bool:
    """Whether that program starts and is of one of the versions; shims often exist without running."""
    if not python.exists():
        return False
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-c", code], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() in list(versions)


def _candidates(versions: Sequence[str]) -> Iterable[Path]:
    yield Path(sys.executable)
    for version in versions:
        found = shutil.which(f"python{version}")
        if found:
            yield Path(found)
        roots = [Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"]
        for root in roots:
            yield from sorted(root.glob(f"{version}.*/bin/python"), reverse=True)


def _install_with_uv(version: str) -> Path | None:
    # The product's environment is made first and brings uv along, so a fresh Debian has it by now.
    own = Path(".venv/bin/uv")
    uv = shutil.which("uv") or (str(own) if own.exists() else None)
    if uv is None:
        return None
    try:
        done = subprocess.run([uv, "python", "install", version], check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    found = subprocess.run([uv, "python", "find", version], capture_output=True, text=True, check=False)
    path = Path(found.stdout.strip() or "/nonexistent")
    return path if runs(path, [version]) else None


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise LaunchError(
            f"Only {free / 1024**3:.1f} GiB are free in {folder}; installing needs about {NEEDED_BYTES // 1024**3}. "
            "Make room and run this again; what is already there is kept."
        )


def _run(command: Sequence[str], log: Path, report: Report | None = None) -> None:
    """Run with output to a log; every package being collected is reported, and a failure shows the log's end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            if report and line.startswith(("Downloading ", "Installing ", "  Downloading ")):
                report("  " + line.strip()[:100])
    if process.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise LaunchError(f"'{' '.join(command[:4])} …' failed; the end of {log}:\n{tail}")


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
