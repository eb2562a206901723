"""Sentence encoders behind one protocol: texts in, unit-length vectors out.

``OnnxEncoder`` serves (numpy and ONNX Runtime only), ``SentenceTransformersEncoder`` runs any other model of
that library (imports torch when made), ``HashEncoder`` needs nothing and is for tests.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder_files import EncoderManifest
from knowledge.errors import EncoderMissing
from knowledge.unigram import UnigramTokenizer, load_pieces

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]

# Measured on two cores in one run: 3.5 ms a query with two threads, 4.8 ms with one; eight callers lose 8 %.
DEFAULT_THREADS = 2
_REMEMBERED_QUERIES = 256
_SCHEMES = ("onnx", "sentence-transformers", "use", "hash")


class Encoder(Protocol):
    """Threads may share one. ``fingerprint`` differs whenever vectors do; indexes record it."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Float32 (len(texts), dimension), every row of length one."""
        ...


class OnnxEncoder:
    """The encoder that ``prepare`` built. Raises ``EncoderMissing`` or ``EncoderBroken``.

    Texts run through the model one by one: its int8 arithmetic takes a value range over a whole batch, so
    in a batch a text's vector would depend on its neighbours (cosine down to 0.996), and padding makes
    batches no faster. Longer texts are cut at the model's limit (512 tokens).
    """

    def __init__(self, folder: Path, threads: int = DEFAULT_THREADS) -> None:
        manifest = EncoderManifest.load(folder)
        manifest.verify(folder)
        self.fingerprint = manifest.fingerprint
        self.dimension = manifest.dimension
        self._prompts = manifest.prompts
        self._max_tokens = manifest.max_tokens
        pieces, scores = load_pieces(folder / manifest.pieces_file)
        self._tokenizer = UnigramTokenizer(pieces, scores, manifest.bos, manifest.eos, manifest.unk)
        self._session = _open_session(folder / manifest.model_file, threads)
        self._recent = _Recent(_REMEMBERED_QUERIES)

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if len(texts) != 1:
            rows = [self._embed(text, kind) for text in texts]
            return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)
        key = (kind, texts[0])
        vector = self._recent.get(key)
        if vector is None:
            vector = self._embed(texts[0], kind)
            self._recent.put(key, vector)
        return vector[None, :].copy()

    def _embed(self, text: str, kind: Kind) -> Vectors:
        tokens = self._tokenizer.encode(self._prompts[kind] + text.strip(), self._max_tokens)
        ids = np.array([tokens], dtype=np.int64)
        (vectors,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vector: Vectors = vectors[0]
        return vector


class SentenceTransformersEncoder:
    """Any Sentence Transformers model, by folder or by name; its own prompts are used where it has them."""

    def __init__(self, path_or_name: str | Path, device: str = "cpu") -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(str(path_or_name), device=device)
        except (OSError, ValueError) as error:
            raise EncoderMissing(f"no Sentence Transformers model at {path_or_name}: {error}") from error
        prompts = {name: text for name, text in self._model.prompts.items() if text}
        self._prompts: dict[Kind, str] = {
            "query": prompts.get("query", ""),
            "passage": prompts.get("passage", prompts.get("document", "")),
        }
        self._lock = threading.Lock()
        self.dimension = len(self.encode(["?"], "query")[0])
        self.fingerprint = _fingerprint_of_model(self._model, self._prompts)

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._lock:
            vectors = self._model.encode(
                [text.strip() for text in texts],
                prompt=self._prompts[kind] or None,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)


class HashEncoder:
    """Hashed words and character pairs: equal texts give equal vectors everywhere, like texts near ones."""

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.fingerprint = f"hash-{dimension}"

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature in _features(text):
                digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                row[int.from_bytes(digest, "little") % self.dimension] += 1.0
            row /= np.linalg.norm(row)
        return vectors


def open_encoder(spec: str, threads: int = DEFAULT_THREADS) -> Encoder:
    """Open ``onnx:<folder>``, ``sentence-transformers:<folder or name>``, ``use`` or ``hash:<dimension>``.

    Without a scheme: a folder that ``prepare`` built, else a Sentence Transformers model. Raises
    ``EncoderMissing``.
    """
    scheme, colon, rest = spec.partition(":")
    if not colon and scheme not in _SCHEMES[2:]:
        scheme, rest = ("onnx" if EncoderManifest.is_in(Path(spec)) else "sentence-transformers"), spec
    if scheme == "onnx":
        return OnnxEncoder(Path(rest), threads)
    if scheme == "sentence-transformers":
        return SentenceTransformersEncoder(rest)
    if scheme == "use":
        from knowledge.use_encoder import UseEncoder

        return UseEncoder()
    if scheme == "hash":
        if rest and not rest.isdecimal():
            raise EncoderMissing(f"hash:<dimension> wants a number, not {rest!r}")
        return HashEncoder(int(rest)) if rest else HashEncoder()
    raise EncoderMissing(f"unknown encoder {spec!r}: the schemes are {', '.join(_SCHEMES)}")


class _Recent:
    """The last few vectors, because a chat turn embeds the same text twice (Rasa asks, then the search)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: OrderedDict[tuple[Kind, str], Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Kind, str]) -> Vectors | None:
        with self._lock:
            vector = self._vectors.get(key)
            if vector is not None:
                self._vectors.move_to_end(key)
            return vector

    def put(self, key: tuple[Kind, str], vector: Vectors) -> None:
        with self._lock:
            self._vectors[key] = vector
            self._vectors.move_to_end(key)
            if len(self._vectors) > self._size:
                self._vectors.popitem(last=False)


def _open_session(model: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Without spinning the second thread wakes too late to help; spinning on after a query would take the core from
    # other processes, so it ends with the query.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if threads > 1 else "0")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _features(text: str) -> Iterator[str]:
    folded = text.strip().lower()
    yield "#"  # so that an empty text has a direction too
    yield from re.findall(r"\w+", folded)
    yield from (folded[i : i + 2] for i in range(len(folded) - 1))


def _fingerprint_of_model(model: Any, prompts: dict[Kind, str]) -> str:
    digest = hashlib.sha256(repr((sorted(prompts.items()), model.max_seq_length)).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
