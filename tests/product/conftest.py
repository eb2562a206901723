"""People at the chat of the running product."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.product.talk import Talk
from tests.running import Product

NewTalk = Callable[..., Talk]


@pytest.fixture
def new_talk(product: Product) -> Iterator[NewTalk]:
    """Starts a chat session in a language; every connection is closed in the end."""
    talks: list[Talk] = []

    def start(lang: str | None = None) -> Talk:
        talks.append(Talk(product.url, lang))
        return talks[-1]

    yield start
    for talk in talks:
        talk.close()
