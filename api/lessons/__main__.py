"""``python -m api.lessons``: print the active lessons as lines of the question bank, or add them with ``--write``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from api.crypto import Vault
from api.db import Database
from api.lessons.bank import BankLines, bank_lines
from api.lessons.book import LessonBook
from api.settings import Settings
from knowledge.bank.review import load_holdings
from knowledge.errors import KnowledgeError
from knowledge.index_files import write_whole
from knowledge.search.lessons import Lesson, Targets


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m api.lessons", description=__doc__)
    parser.add_argument("--write", action="store_true", help="add the lines to the policy's bank")
    wanted = parser.parse_args(arguments)
    settings = Settings()
    try:
        holdings = load_holdings(settings.policy_dir)
    except KnowledgeError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    policy = holdings.store.current
    active = asyncio.run(_active(settings, policy.id, Targets(policy.clauses)))
    found = bank_lines(active, holdings.bank)
    if wanted.write:
        _write(settings.policy_dir, found)
    for name, lines in found.lines.items():
        print(f"# {name}", *lines, sep="\n")
    for lesson in found.contradicted:
        print(f"The bank says otherwise, change it by hand: {lesson.text}", file=sys.stderr)
    return 0


async def _active(settings: Settings, policy_id: str, targets: Targets) -> tuple[Lesson, ...]:
    database = Database(settings.sqlalchemy_url)
    try:
        book = LessonBook(database, Vault.open(settings.secrets_dir), policy_id)
        await book.read_changes()
        return book.standing(targets).active
    finally:
        await database.close()


def _write(folder: Path, found: BankLines) -> None:
    for name, lines in found.lines.items():
        path = folder / name
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        write_whole(path, before + "".join(f"{line}\n" for line in lines).encode())


if __name__ == "__main__":
    sys.exit(main())
