"""What the channel keeps out of logs."""

from __future__ import annotations

import logging

import bot.channel  # noqa: F401 - installs the filter


def test_a_failed_message_is_logged_without_its_words() -> None:
    record = logging.LogRecord(
        "rasa.core.channels.rest", logging.ERROR, __file__, 1, '{"text": "call me on 13800138000"}', (), None
    )
    for entry in logging.getLogger("rasa.core.channels.rest").filters:
        entry.filter(record)
    assert record.getMessage() == "a message could not be handled"
