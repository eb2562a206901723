"""Fixtures of the Rasa side's tests, which run in its own environment (see bot/pyproject.toml)."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, Iterator, List

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelStorage

ROOT = Path(__file__).parents[2]
DIMENSION = 8


class EmbeddingServer:
    """A real server of the embedding routes: vectors from a hash of the text, and a record of every call."""

    def __init__(self) -> None:
        self.fingerprint = "encoder-a"
        self.token = "t0ken"
        self.batches: List[List[str]] = []
        self.connections: set = set()
        self.failures = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Without this the kernel holds the body back until the header is acknowledged, 40 ms.
            disable_nagle_algorithm = True

            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                self._reply({"fingerprint": owner.fingerprint, "dimension": DIMENSION})

            def do_POST(self) -> None:
                texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["texts"]
                owner.batches.append(texts)
                self._reply({"fingerprint": owner.fingerprint, "vectors": [vector(text) for text in texts]})

            def _reply(self, body: Dict[str, Any]) -> None:
                owner.connections.add(self.client_address)
                status = 200 if self.headers["Authorization"] == f"Bearer {owner.token}" else 401
                if owner.failures:
                    owner.failures -= 1
                    status = 503
                payload = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def vector(self, text: str) -> List[float]:
        return vector(text)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def vector(text: str) -> List[float]:
    """A unit vector that depends on the text alone."""
    raw = (
        np.frombuffer(hashlib.sha256(text.encode()).digest()[:DIMENSION], dtype=np.uint8).astype(float) - 127
    )
    return list(raw / np.linalg.norm(raw))


@pytest.fixture
def embedding_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingServer]:
    server = EmbeddingServer()
    monkeypatch.setenv("CLAUSEDESK_API_URL", server.url)
    monkeypatch.setenv("CLAUSEDESK_SERVICE_TOKEN", server.token)
    yield server
    server.stop()


@pytest.fixture
def storage(tmp_path: Path) -> ModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "test", node_name="component")
