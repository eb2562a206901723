"""Finding a Python that runs, and making an environment in steps that can be interrupted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from api.launch import environments
from api.launch.environments import Environment, LaunchError, ensure, find_python, runs
from tests.launch import programs

VERSIONS = ("9.99",)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty path and home; ``bin`` is on its path."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "mkdir", "cp", "sleep", "echo"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def calls(machine: Path) -> list[str]:
    path = machine / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_a_python_on_the_path_is_found(machine: Path) -> None:
    here = programs.python(machine / "bin" / "python9.99", machine / "calls")
    assert find_python(VERSIONS) == here


def test_a_shim_that_does_not_run_is_passed_over(machine: Path) -> None:
    programs.shim(machine / "bin" / "python9.99")
    programs.shim(machine / "pyenv" / "versions" / "9.99.2" / "bin" / "python")
    real = programs.python(machine / "pyenv" / "versions" / "9.99.1" / "bin" / "python", machine / "calls")
    assert find_python(VERSIONS) == real


def test_the_running_python_is_taken_when_it_fits() -> None:
    wanted = "{}.{}".format(*sys.version_info[:2])
    assert find_python([wanted]) == Path(sys.executable)


def test_a_program_of_another_version_does_not_count(machine: Path) -> None:
    other = programs.python(machine / "bin" / "python9.99", machine / "calls", version="9.98")
    assert not runs(other, VERSIONS)
    assert runs(other, ("9.98",))
    assert not runs(machine / "nothing", VERSIONS)
    assert not runs(programs.write(machine / "garbage", "\x7fELF nonsense"), VERSIONS)


def test_a_program_that_hangs_does_not_count(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "ANSWER_SECONDS", 0.2)
    assert not runs(programs.write(machine / "hanging", "#!/bin/sh\nexec sleep 60\n"), VERSIONS)


@pytest.mark.parametrize("place", ["bin/uv", ".venv/bin/uv"])
def test_uv_installs_one_where_there_is_none(machine: Path, place: str) -> None:
    installed = programs.python(machine / "by-uv" / "python", machine / "calls")
    programs.write(
        machine / place,
        f'#!/bin/sh\necho "uv $@" >> {machine}/calls\n[ "$2" = find ] && echo {installed}\nexit 0\n',
    )
    assert find_python(VERSIONS) == installed
    assert calls(machine)[:2] == ["uv python install 9.99", "uv python find 9.99"]


def test_a_clear_error_when_there_is_none(machine: Path) -> None:
    programs.shim(machine / "bin" / "python9.99")
    programs.write(machine / "bin" / "uv", "#!/bin/sh\nexit 1\n")
    with pytest.raises(LaunchError) as told:
        find_python(VERSIONS)
    for part in ("No Python 9.99 was found", "pyenv install 9.99", "uv python install 9.99"):
        assert part in str(told.value)


@pytest.fixture
def environment(machine: Path) -> Environment:
    (machine / "project").mkdir()
    (machine / "project" / "pyproject.toml").write_text("[project]\n")
    (machine / "constraints.txt").write_text("one==1.0\n")
    programs.python(machine / "bin" / "python9.99", machine / "calls")
    return Environment("test", machine / ".venv", machine / "project", machine / "constraints.txt", VERSIONS)


def make(environment: Environment) -> list[str]:
    """What was reported while ensuring it."""
    said: list[str] = []
    ensure(environment, environment.folder.parent / "logs", said.append)
    return said


def test_an_environment_is_made_installed_and_left_alone(machine: Path, environment: Environment) -> None:
    said = make(environment)
    assert any("creating .venv" in line for line in said)
    assert "  Downloading one-1.0.whl" in said
    (install,) = [call for call in calls(machine) if "pip install" in call]
    assert install.endswith(f"-c {environment.constraints} -e {environment.project}")
    before = calls(machine)
    assert make(environment) == []
    assert calls(machine) == before


@pytest.mark.parametrize("changed", ["project/pyproject.toml", "constraints.txt"])
def test_a_changed_input_installs_again_in_the_same_environment(
    machine: Path, environment: Environment, changed: str
) -> None:
    make(environment)
    (machine / changed).write_text("# something else\n")
    assert not any("creating" in line for line in make(environment))
    assert len([call for call in calls(machine) if "pip install" in call]) == 2
    assert make(environment) == []


def test_a_failed_installation_shows_the_end_of_its_log_and_is_continued(
    machine: Path, environment: Environment
) -> None:
    python = machine / "bin" / "python9.99"
    programs.python(python, machine / "calls", pip="echo 'ERROR: no network'; exit 1")
    with pytest.raises(LaunchError, match="no network"):
        make(environment)
    assert not environment.stamp.exists()
    programs.python(environment.python, machine / "calls")
    said = make(environment)
    assert not any("creating" in line for line in said)
    assert environment.stamp.read_text() == environment.inputs


def test_a_broken_environment_is_made_anew(machine: Path, environment: Environment) -> None:
    make(environment)
    programs.shim(environment.python)
    environment.stamp.unlink()
    (environment.folder / "rubbish").write_text("")
    assert any("creating" in line for line in make(environment))
    assert not (environment.folder / "rubbish").exists()


def test_what_tests_need_includes_the_rest(machine: Path, environment: Environment) -> None:
    for_tests = replace(environment, extra="test")
    make(for_tests)
    assert calls(machine)[-1].endswith(f"-e {environment.project}[test]")
    assert make(environment) == []  # nothing to do for `make run` after `make test`
    environment.stamp.unlink()
    for_tests.stamp.unlink()
    make(environment)
    assert make(for_tests) != []  # but not the other way round


def test_a_full_disk_is_told_before_anything_is_made(
    machine: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 1024**3))
    with pytest.raises(LaunchError, match=r"Only 1\.0 GiB are free .* Make room"):
        make(environment)
    assert not environment.folder.exists()


def test_a_full_disk_does_not_stop_what_is_already_there(
    machine: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(environment)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 0))
    assert make(environment) == []


def test_the_two_environments_have_files_of_their_own() -> None:
    root = Path(__file__).parents[2]
    product, bot = environments.product(root), environments.bot(root)
    assert product.folder != bot.folder
    assert bot.versions == ("3.10",)
    for environment in (product, bot):
        assert (environment.project / "pyproject.toml").is_file()
        assert environment.constraints.is_file()


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(root)!r}); "]
    command[-1] += "import api.launch.__main__"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
