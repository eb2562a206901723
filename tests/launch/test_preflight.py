"""What stops a start is told before anything starts, with the setting to change."""

from __future__ import annotations

import os
import shutil
import socket
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from api.launch import preflight
from api.launch.environments import LaunchError
from api.settings import Settings
from tests.running import free_ports

Usage = namedtuple("Usage", "total used free")


def settings(folder: Path, **changes: object) -> Settings:
    port, rasa_port, actions_port = free_ports(3)
    values = {"port": port, "rasa_port": rasa_port, "actions_port": actions_port}
    folders = {"data_dir": folder / "data", "prepared_dir": folder / "prepared"}
    return Settings(_env_file=None, **{**values, **folders, **changes})  # type: ignore[arg-type]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this very process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_good_machine_passes_and_keeps_nothing_of_the_trial(tmp_path: Path) -> None:
    preflight.check(settings(tmp_path))
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost", "::1"])
def test_every_address_of_this_machine_will_do(tmp_path: Path, host: str) -> None:
    preflight.check(settings(tmp_path, host=host))


@pytest.mark.parametrize("name", ["port", "rasa_port", "actions_port"])
def test_a_port_in_use_is_named_with_its_holder_and_its_setting(
    tmp_path: Path, taken: int, name: str
) -> None:
    with pytest.raises(LaunchError) as told:
        preflight.check(settings(tmp_path, **{name: taken}))
    for part in (f"Port {taken} on 127.0.0.1", f"process {os.getpid()}", f"CLAUSEDESK_{name.upper()}=<port>"):
        assert part in str(told.value)


def test_a_holder_that_may_not_be_seen_is_left_out(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanished(pid: int) -> None:
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(psutil, "Process", vanished)
    with pytest.raises(LaunchError, match=f"Port {taken} .* \\(Address already in use\\)"):
        preflight.check(settings(tmp_path, port=taken))


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"192\.0\.2\.1"):
        preflight.check(settings(tmp_path, host="192.0.2.1"))
    with pytest.raises(LaunchError, match="CLAUSEDESK_HOST"):
        preflight.check(settings(tmp_path, host="no address at all"))


def test_equal_ports_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="must differ"):
        preflight.check(settings(tmp_path, port=5005, rasa_port=5005))


@pytest.mark.parametrize("name", ["data_dir", "prepared_dir"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LaunchError, match="file/below cannot be written"):
        preflight.check(settings(tmp_path, **{name: tmp_path / "file" / "below"}))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 100 * 1024**2))
    with pytest.raises(LaunchError, match="Only 100 MiB are free"):
        preflight.check(settings(tmp_path))
