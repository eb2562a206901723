"""A real server of the internal routes, and trackers as Rasa stores them."""

import asyncio
import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Awaitable, Callable, Dict, Iterator, List, Optional, Tuple

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.client import ApiClient

TURN_ID = "5f0c7d8e-0000-4000-8000-000000000001"
Result = Tuple[List[Dict[str, Any]], List[Dict[str, Any]]]


class Product:
    """What the action server sees of the product. It files by (session, turn) once, as the real one does."""

    def __init__(self) -> None:
        self.calls: List[Tuple[str, str, Any]] = []
        self.connections: set = set()
        self.filed: Dict[Tuple[str, str], Dict[str, Any]] = {}
        self.found = {"outcome": "answer", "clause_ids": ["5.5"], "confidence": 0.9}
        self.types = {
            "deletion": {"clause_id": "5.3", "ground_ids": ["5.3.1", "5.3.2"]},
            "account_closure": {"clause_id": "5.5", "ground_ids": []},
            "complaint": {"clause_id": "10", "ground_ids": []},
        }
        self.answers: List[Tuple[int, float]] = []  # (status, seconds to wait) of the next answers
        self.refusal: Dict[str, Any] = {"code": "contact_unknown"}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *args: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionResetError):  # the client had stopped waiting
                    super().handle()

            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: Any) -> None:
                owner.connections.add(self.client_address)
                owner.calls.append((self.command, self.path, body))
                if self.headers["Authorization"] != "Bearer t0ken":
                    return self._send(401, {"error": {"code": "unauthorized"}})
                reply = owner.reply(self.path, body)
                status, pause = owner.answers.pop(0) if owner.answers else (200, 0.0)
                time.sleep(pause)
                self._send(status, reply if status < 300 else {"error": {"message": "", **owner.refusal}})

            def _send(self, status: int, body: Any) -> None:
                payload = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload)
                except OSError:
                    self.close_connection = True  # the client had stopped waiting

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, path: str, body: Any) -> Any:
        if path == "/internal/policy/search":
            return self.found
        if path == "/internal/dsr/types":
            return {"types": self.types}
        if body is None:
            return {
                "requests": [dict(r, session_id=None) for (s, _), r in self.filed.items() if path.endswith(s)]
            }
        key = (body["session_id"], body["turn_id"])
        created = key not in self.filed
        new = {"reference": f"DSR-7K3M-000{len(self.filed)}", "status": "received"}
        return {**self.filed.setdefault(key, new), "created": created}

    def paths(self) -> List[str]:
        return [path for _, path, _ in self.calls]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def product() -> Iterator[Product]:
    server = Product()
    yield server
    server.stop()


def tracker(
    text: str = "",
    intent: str = "ask_policy",
    confidence: float = 0.95,
    entities: Optional[Dict[str, str]] = None,
    slots: Optional[Dict[str, Any]] = None,
    form: Optional[str] = None,
    turn_id: str = TURN_ID,
) -> Tracker:
    """A tracker in the state that Rasa sends to the action server."""
    return Tracker.from_dict(
        {
            "sender_id": "session-1",
            "slots": {"lang": "en", **(slots or {})},
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": confidence},
                "entities": [{"entity": key, "value": value} for key, value in (entities or {}).items()],
                "metadata": {"lang": "en", "turn_id": turn_id},
            },
            "events": [],
            "paused": False,
            "active_loop": {"name": form} if form else {},
            "latest_action_name": "action_listen",
            "followup_action": None,
        }
    )


@pytest.fixture
def run(product: Product) -> Callable[..., Result]:
    """Run an action (a class) once on a tracker; gives its events and messages."""

    def run_action(action: Callable[[ApiClient], Action], state: Tracker, timeout: float = 2.0) -> Result:
        async def once() -> Result:
            client = ApiClient(product.url, "t0ken", timeout)
            dispatcher = CollectingDispatcher()
            outcome: Awaitable[Any] = action(client).run(dispatcher, state, {})  # type: ignore[assignment]
            events = list(await outcome)
            await client.close()
            return events, [_plain(message) for message in dispatcher.messages]

        return asyncio.run(once())

    return run_action


@pytest.fixture
def state() -> Callable[..., Tracker]:
    return tracker


def _plain(message: Dict[str, Any]) -> Dict[str, Any]:
    # The SDK repeats `response` under its old name.
    return {key: value for key, value in message.items() if value not in (None, {}, []) and key != "template"}
