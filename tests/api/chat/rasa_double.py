"""A small HTTP server that speaks like Rasa's REST channel, and fails in the ways Rasa fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

Mode = Literal["fine", "slow", "dies", "status", "garbage", "empty", "object"]
Script = Callable[[dict[str, Any]], Awaitable[list[dict[str, Any]]]]


async def echo(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"recipient_id": body["sender"], "text": f"heard: {body['message']}"}]


class RasaDouble:
    """``heard`` holds every body it got; ``script`` answers while the mode is fine."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.mode: Mode = "fine"
        self.script: Script = echo
        self.seconds = 0.0
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None

    @property
    def messages(self) -> list[str]:
        return [body["message"] for body in self.heard]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Nobody listens on the port any more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.split(":")[1])
                for line in head.split("\r\n")
                if line.lower().startswith("content-length:")
            )
            body = json.loads(await reader.readexactly(length))
            assert head.startswith("POST /webhooks/rest/webhook ")
            self.heard.append(body)
            if self.mode == "dies":
                return
            if self.mode == "slow":
                await asyncio.sleep(self.seconds)
            writer.write(await self._response(body))
            await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _response(self, body: dict[str, Any]) -> bytes:
        status, content = "200 OK", b"[]"
        if self.mode == "status":
            status, content = "500 Internal Server Error", b'{"reason": "ServerError"}'
        elif self.mode == "garbage":
            content = b"<html>An error occurred</html>"
        elif self.mode == "object":
            content = b'{"message": "no list"}'
        elif self.mode in ("fine", "slow"):
            content = json.dumps(await self.script(body)).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return f"{head}Connection: close\r\n\r\n".encode() + content


def saying(*elements: dict[str, Any]) -> Script:
    """A script that says the same to everything."""

    async def script(body: dict[str, Any]) -> list[dict[str, Any]]:
        return list(elements)

    return script
