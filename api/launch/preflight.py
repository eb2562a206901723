"""What must hold before processes start: free ports, a writable data folder with room in it."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import psutil

from api.launch.environments import LaunchError
from api.settings import Settings

NEEDED_BYTES = 500 * 1024**2


def check(settings: Settings) -> None:
    """Raise LaunchError, naming the setting to change, when starting could not work."""
    ports = {
        "CLAUSEDESK_PORT": (settings.host, settings.port),
        "CLAUSEDESK_RASA_PORT": ("127.0.0.1", settings.rasa_port),
        "CLAUSEDESK_ACTIONS_PORT": ("127.0.0.1", settings.actions_port),
    }
    if len({port for _, port in ports.values()}) < len(ports):
        raise LaunchError("CLAUSEDESK_PORT, CLAUSEDESK_RASA_PORT and CLAUSEDESK_ACTIONS_PORT must differ.")
    for name, (host, port) in ports.items():
        _check_port(name, host, port)
    _check_folder(settings.data_dir)
    _check_folder(settings.prepared_dir)


def _check_port(name: str, host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as problem:
        raise LaunchError(f"{host} is no address of this machine; set CLAUSEDESK_HOST.") from problem
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            holder = _holder(port)
            raise LaunchError(
                f"Port {port} on {host} cannot be used ({problem.strerror}{holder}). "
                f"Stop what holds it, or choose another with {name}=<port>."
            ) from problem


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
                continue
            if connection.laddr[1] == port:
                return f"; held by process {connection.pid}, {psutil.Process(connection.pid).name()}"
    except psutil.Error:
        pass  # another person's process may not be looked at, or it has just ended
    return ""


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        marker = folder / ".writable"
        marker.write_text("")
        marker.unlink()
    except OSError as problem:
        raise LaunchError(f"The folder {folder} cannot be written ({problem.strerror}).") from problem
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise LaunchError(
            f"Only {free / 1024**2:.0f} MiB are free in {folder}; 500 are needed. Make room and try again."
        )
