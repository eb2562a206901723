"""The small policy of ``lantern.py`` with an older version beside it."""

from __future__ import annotations

from pathlib import Path

from tests.knowledge.lantern import MANIFEST, TEXT, write_bank, write_policy

OLD = "2023"
OLD_MANIFEST = MANIFEST.replace('"1"', f'"{OLD}"').replace("2024-01-01", "2023-01-01")
_SAID = {
    # The copy took thirty days,
    "在十五天内": "在三十天内",
    "within fifteen days": "within thirty days",
    # closing stood where correcting stands now,
    "（二）您可以注销账号。注销后我们删除您的信息。": "（二）您可以更正错误的信息。",
    "（三）您可以更正错误的信息。": "（三）您可以注销账号。注销后我们删除您的信息。",
    "(B) You may close your account. After that we delete your information.": "(B) You may correct wrong information.",
    "(C) You may correct wrong information.": "(C) You may close your account. After that we delete your information.",
    # and there was a game.
    "四、保存期限": "四、猜谜游戏\n\n参加猜谜游戏时，我们收集您的昵称。\n\n五、保存期限",
    "五、联系我们": "六、联系我们",
    "Article 4: Retention": "Article 4: Riddles\n\nTo play we collect your nickname.\n\nArticle 5: Retention",
    "Article 5: Contact": "Article 6: Contact",
}


def _old_line(line: str) -> str:
    return next((line.replace(now, then) for now, then in _SAID.items() if now in line), line)


OLD_TEXT = "\n".join(map(_old_line, TEXT.splitlines())) + "\n"


def write_old_version(folder: Path) -> Path:
    """The folder of the policy, with its former version put below it."""
    write_policy(folder / "versions" / OLD, text=OLD_TEXT, manifest=OLD_MANIFEST)
    return folder


def write_both(folder: Path) -> Path:
    """A policy with a bank and two versions."""
    return write_old_version(write_bank(write_policy(folder)))
