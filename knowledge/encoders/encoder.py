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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.encoders.encoder_files import EncoderManifest
from knowledge.encoders.unigram import UnigramTokenizer, load_pieces
from knowledge.errors import EncoderMissing

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]

# Measured on two cores in one run: 3.5 ms a query with two threads, 4.8 ms with one; eight callers lose 8 %.
DEFAULT_THREADS = 2
_REMEMBERED_QUERIES = 256
_SCHEMES = ("onnx", "sentence-transformers", "use", "hash")


@dataclass(frozen=True, slots=True)
class Encoding:
    """One text: ``vector`` float32 (dimension,) of length one, ``states`` float32 (tokens, width), a row a token."""

    vector: Vectors
    states: Vectors


class Encoder(Protocol):
    """Threads may share one. ``fingerprint`` differs whenever vectors do; indexes record it."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Float32 (len(texts), dimension), every row of length one."""
        ...


class StatesEncoder(Encoder, Protocol):
    """Also shows the tokens behind a vector: a mean over them hides the one word that makes the difference."""

    @property
    def width(self) -> int: ...
    def read(self, text: str, kind: Kind) -> Encoding:
        """The text's vector, the same as ``encode`` gives, with its tokens' states; at least one token."""
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
        self.dimension = self.width = manifest.dimension
        self._prompts = manifest.prompts
        self._max_tokens = manifest.max_tokens
        pieces, scores = load_pieces(folder / manifest.pieces_file)
        self._tokenizer = UnigramTokenizer(pieces, scores, manifest.bos, manifest.eos, manifest.unk)
        self._session = _open_session(folder / manifest.model_file, threads)
        self._recent = _Recent(_REMEMBERED_QUERIES)

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if len(texts) != 1:
            rows = [self._run(text, kind).vector for text in texts]
            return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)
        return self.read(texts[0], kind).vector[None, :].copy()

    def read(self, text: str, kind: Kind) -> Encoding:
        key = (kind, text)
        encoding = self._recent.get(key)
        if encoding is None:
            encoding = self._run(text, kind)
            self._recent.put(key, encoding)
        return encoding

    def _run(self, text: str, kind: Kind) -> Encoding:
        tokens = self._tokenizer.encode(self._prompts[kind] + text.strip(), self._max_tokens)
        ids = np.array([tokens], dtype=np.int64)
        vectors, states = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        encoding = Encoding(vectors[0], states[0])
        for shared in (encoding.vector, encoding.states):
            shared.setflags(write=False)  # it is remembered
        return encoding


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
        self.width = self.read("?", "query").states.shape[1]
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

    def read(self, text: str, kind: Kind) -> Encoding:
        """The states are the last layer's: the library shows no other."""
        with self._lock:
            found = self._model.encode(
                text.strip(), prompt=self._prompts[kind] or None, output_value=None, show_progress_bar=False
            )
        states = np.asarray(found["token_embeddings"], dtype=np.float32)
        return Encoding(self.encode([text], kind)[0], states)


class HashEncoder:
    """Hashed words and character pairs: equal texts give equal vectors everywhere, like texts near ones."""

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = self.width = dimension
        self.fingerprint = f"hash-{dimension}"

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        rows = [self.read(text, kind).vector for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def read(self, text: str, kind: Kind) -> Encoding:
        found = list(_features(text))
        states = np.zeros((len(found), self.width), np.float32)
        for state, feature in zip(states, found, strict=True):
            digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            state[int.from_bytes(digest, "little") % self.width] = 1.0
        vector: Vectors = states.sum(axis=0)
        return Encoding(vector / np.linalg.norm(vector), states)


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
        from knowledge.encoders.use_encoder import UseEncoder

        return UseEncoder()
    if scheme == "hash":
        if rest and not rest.isdecimal():
            raise EncoderMissing(f"hash:<dimension> wants a number, not {rest!r}")
        return HashEncoder(int(rest)) if rest else HashEncoder()
    raise EncoderMissing(f"unknown encoder {spec!r}: the schemes are {', '.join(_SCHEMES)}")


def open_states_encoder(spec: str, threads: int = DEFAULT_THREADS) -> StatesEncoder:
    """As ``open_encoder``, for one that shows its tokens. Raises ``EncoderMissing`` for one that does not."""
    encoder = open_encoder(spec, threads)
    if isinstance(encoder, OnnxEncoder | SentenceTransformersEncoder | HashEncoder):
        return encoder
    raise EncoderMissing(f"{spec!r} shows no tokens: it can be a second encoder, not the first")


class _Recent:
    """The last few texts, because a chat turn embeds the same text twice (Rasa asks, then the search)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._encodings: OrderedDict[tuple[Kind, str], Encoding] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Kind, str]) -> Encoding | None:
        with self._lock:
            encoding = self._encodings.get(key)
            if encoding is not None:
                self._encodings.move_to_end(key)
            return encoding

    def put(self, key: tuple[Kind, str], encoding: Encoding) -> None:
        with self._lock:
            self._encodings[key] = encoding
            self._encodings.move_to_end(key)
            if len(self._encodings) > self._size:
                self._encodings.popitem(last=False)


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
