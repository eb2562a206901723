"""A person at the chat, over the public HTTP contract only."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

API = "/api/v1"


class Talk:
    """One chat session; ``say`` returns the replies."""

    def __init__(self, url: str, lang: str | None = None) -> None:
        self.http = httpx.Client(base_url=url + API, timeout=30)
        answer = self.http.post("/chat/sessions", json={"lang": lang} if lang else {})
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        self.path = f"/chat/sessions/{self.session['session_id']}"
        self.headers = {"Authorization": f"Bearer {self.session['token']}"}

    def close(self) -> None:
        self.http.close()

    def post(self, text: Any, message_id: str | None = None) -> httpx.Response:
        body = {"client_message_id": message_id or str(uuid.uuid4()), "text": text}
        return self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    def say(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        answer = self.post(text, message_id)
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()["replies"]
        assert replies, f"no reply to {text!r}"
        return replies

    def history(self) -> list[dict[str, Any]]:
        answer = self.http.get(f"{self.path}/messages", headers=self.headers)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


def cited(replies: list[dict[str, Any]]) -> list[str]:
    return [citation["clause_id"] for reply in replies for citation in reply["citations"]]


def payloads(replies: list[dict[str, Any]]) -> list[str]:
    return [button["payload"] for reply in replies for button in reply["buttons"]]


def ticket(replies: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((reply["card"] for reply in replies if reply["type"] == "ticket"), None)
