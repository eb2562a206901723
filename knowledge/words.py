"""Words for lexical search: Chinese by a dictionary (jieba), everything else by its letters and digits."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Protocol

import jieba

from knowledge.language import normalise

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)?)")


class Words(Protocol):
    def split(self, text: str) -> list[str]:
        """The words of a text, in order, lower case; none for an empty text."""
        ...


class JiebaWords:
    """Cuts mixed text into Chinese runs and others; a Chinese word also gives the shorter words inside it."""

    def split(self, text: str) -> list[str]:
        words: list[str] = []
        for chinese, other in _RUNS.findall(normalise(text).lower()):
            words.extend(_dictionary().cut_for_search(chinese) if chinese else [other])
        return words

    @staticmethod
    def cut(chinese: str) -> list[str]:
        """A run of Chinese cut into words that join to the run again."""
        return list(_dictionary().cut(chinese))


class _Dictionary(jieba.Tokenizer):  # type: ignore[misc]
    """jieba caches its parsed dictionary in the shared temporary folder, where another process may be
    writing it or another user may have put something else. This one parses it (0.6 s) and keeps it in
    memory only.
    """

    initialized: bool

    def initialize(self, dictionary: str | None = None) -> None:
        with self.lock:
            if not self.initialized:
                self.FREQ, self.total = self.gen_pfdict(self.get_dict_file())
                self.initialized = True


@cache
def _dictionary() -> _Dictionary:
    """Parsed once a process; it never changes."""
    jieba.setLogLevel(logging.WARNING)
    dictionary = _Dictionary()
    dictionary.initialize()
    return dictionary
