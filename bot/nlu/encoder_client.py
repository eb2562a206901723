"""Sentence vectors from the product's embedding route, over one kept connection."""

from __future__ import annotations

import json
import os
import time
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np
import urllib3
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EncoderUnavailable(RuntimeError):
    """The embedding route did not answer usefully (twice, or within the time given to start)."""


class EncoderMismatch(RuntimeError):
    """The encoder that answers is not the one the model was trained with."""


class EncoderInfo(NamedTuple):
    """Which encoder answers: its fingerprint and the length of its vectors."""

    fingerprint: str
    dimension: int


class EncoderClient:
    """Client of `GET /internal/encoder` and `POST /internal/embeddings`."""

    def __init__(self, base_url: str, token: str, timeout: float = 5.0) -> None:
        """`timeout` is seconds for connecting and for each answer; a call is tried twice."""
        self._base_url = base_url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        # Embedding has no side effect, so a connection the server closed meanwhile may be tried again blindly.
        retry = urllib3.Retry(
            total=1, backoff_factor=0.05, allowed_methods=None, status_forcelist=(502, 503, 504)
        )
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=2, headers=headers, timeout=urllib3.Timeout(timeout), retries=retry
        )

    @classmethod
    def from_environment(cls, timeout: float = 5.0) -> "EncoderClient":
        """Address and token from CLAUSEDESK_API_URL and CLAUSEDESK_SERVICE_TOKEN."""
        url = os.environ.get("CLAUSEDESK_API_URL", "http://127.0.0.1:8000")
        return cls(url, os.environ.get("CLAUSEDESK_SERVICE_TOKEN", ""), timeout)

    def info(self) -> EncoderInfo:
        """Which encoder answers now. Raises EncoderUnavailable."""
        body = self._call("GET", "/internal/encoder")
        return EncoderInfo(str(body["fingerprint"]), int(body["dimension"]))

    def wait(self, seconds: float, pause: float = 0.5) -> EncoderInfo:
        """`info()` as soon as it answers, trying for that many seconds. Raises EncoderUnavailable."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.info()
            except EncoderUnavailable:
                if time.monotonic() + pause > deadline:
                    raise
                time.sleep(pause)

    def embed(self, texts: Sequence[str], expected: Optional[str]) -> Vectors:
        """Unit vectors, float32 (n, d). Raises EncoderMismatch if `expected` is not the answering fingerprint."""
        body = self._call("POST", "/internal/embeddings", {"texts": list(texts)})
        check_fingerprint(expected, str(body["fingerprint"]))
        return np.asarray(body["vectors"], dtype=np.float32)

    def embed_all(self, texts: Sequence[str], expected: Optional[str], batch: int) -> Vectors:
        """The same for any number of texts, in calls of at most `batch` (the route takes up to 512)."""
        parts: List[Vectors] = [
            self.embed(texts[start : start + batch], expected) for start in range(0, len(texts), batch)
        ]
        return np.concatenate(parts)

    def _call(self, method: str, path: str, body: Optional[object] = None) -> Any:
        payload = None if body is None else json.dumps(body).encode()
        try:
            response = self._pool.request(method, self._base_url + path, body=payload)
        except urllib3.exceptions.HTTPError as problem:
            raise EncoderUnavailable(
                f"The embedding route {self._base_url}{path} does not answer ({type(problem).__name__}). "
                "Is the product running, and is CLAUSEDESK_API_URL right?"
            ) from problem
        if response.status != 200:
            raise EncoderUnavailable(
                f"The embedding route {self._base_url}{path} answered {response.status}; with 401 check "
                "CLAUSEDESK_SERVICE_TOKEN."
            )
        return json.loads(response.data)


def check_fingerprint(expected: Optional[str], actual: str) -> None:
    """Raise EncoderMismatch unless nothing is expected or both are the same."""
    if expected is not None and expected != actual:
        raise EncoderMismatch(
            f"This Rasa model was trained with encoder {expected}, but the product now serves {actual}. "
            "Its vectors mean something else, so intents would be guesses: train the model again."
        )
