"""``python -m api.launch.serve``: prepare, migrate, start the three processes under honcho, say where they are."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import threading
import time
from pathlib import Path

import httpx
from honcho.manager import Manager
from honcho.printer import Printer
from pydantic import ValidationError

from api.clock import now
from api.console.service import DeskService
from api.crypto import SERVICE_TOKEN, ensure_secret
from api.db import Database
from api.launch import preflight
from api.launch.environments import LaunchError
from api.launch.prepare import prepare, rasa_environment, rasa_python
from api.limits import Limiter
from api.migrations import migrate
from api.settings import Settings

READY_SECONDS = 180.0


def main() -> int:
    # What the three processes write holds personal data: it is for this user alone.
    os.umask(0o077)
    try:
        settings = Settings()
        preflight.check(settings)
        prepare(settings, _say)
        ensure_secret(settings.secrets_dir, SERVICE_TOKEN)
        migrate(settings.sqlalchemy_url)
    except ValidationError as problem:
        names = ", ".join("CLAUSEDESK_" + str(error["loc"][0]).upper() for error in problem.errors())
        print(f"\nClauseDesk cannot start: these settings are not valid: {names}\n{problem}", file=sys.stderr)
        return 1
    except LaunchError as problem:
        print(f"\nClauseDesk cannot start: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    manager = Manager(Printer(sys.stdout))
    for name, command in commands(settings).items():
        kept = [sys.executable, "-m", "api.launch.keep", name, "--", *command]
        environment = rasa_environment(settings) if name != "api" else dict(os.environ)
        environment["PYTHONUNBUFFERED"] = "1"
        manager.add_process(name, _shell(kept), env=environment, quiet=False)
    threading.Thread(target=announce, args=(settings,), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def commands(settings: Settings) -> dict[str, list[str]]:
    """The three processes; Rasa and the action server listen on loopback only."""
    rasa = str(rasa_python())
    return {
        "api": [sys.executable, "-m", "api.server"],
        "actions": [rasa, "-m", "actions", "--port", str(settings.actions_port)],
        "rasa": [
            *(rasa, "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1"),
            *("-p", str(settings.rasa_port), "--model", str(settings.rasa_model.resolve())),
            *("--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"),
        ],
    }


def announce(settings: Settings) -> None:
    """Wait until every part is ready and print where to go; say what is missing when it takes long."""
    local = f"http://{'127.0.0.1' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}"  # noqa: S104
    deadline = time.monotonic() + READY_SECONDS
    parts: dict[str, str] = {}
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"{local}/ready", timeout=3)
            parts = answer.json()["parts"]
            if answer.status_code == 200 and set(parts.values()) == {"ok"}:
                _say(_addresses(settings))
                return
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        time.sleep(0.3)
    _say(f"\nNot everything is ready after {READY_SECONDS:.0f} s: {parts or 'the product does not answer'}\n")


def _addresses(settings: Settings) -> str:
    base = settings.base_url
    lines = [
        "",
        "ClauseDesk is ready.",
        f"  demo site with the widget  {base}/",
        f"  the policy                 {base}/policy",
        f"  file or follow a request   {base}/requests",
        f"  agents' desk               {base}/desk",
    ]
    token = asyncio.run(_setup_token(settings))
    if token is not None:
        lines.append(f"  first agent, once          {base}/desk#setup={token}")
    return "\n".join([*lines, "  Ctrl-C stops all of it.", ""])


async def _setup_token(settings: Settings) -> str | None:
    database = Database(settings.sqlalchemy_url)
    try:
        return await DeskService.open(settings, database, now, Limiter(settings)).setup_token()
    finally:
        await database.close()


def _shell(command: list[str]) -> str:
    return shlex.join(command)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    sys.exit(main())
