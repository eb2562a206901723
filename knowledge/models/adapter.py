"""What other companies' policies taught us about reading one more: a network that carries a question to where the
clauses that answer it lie, and how far the result is to be believed.

Trained by ``adapter_training`` on a policy that has a bank and kept beside the code (1.4 MB): it knows how people
ask about privacy, and no clause.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.models.answerability import Answerability, Logistic
from knowledge.types import LANGUAGES, Language

SHIPPED = Path(__file__).with_name("adapter.npz")
_FORMAT = "adapter 1"
# Files of an encoder differ between machines and libraries by rounding only: not their fingerprint is compared,
# but what they make of a few texts. Another model's vectors have cosines near 0.
_SAME_ENCODER = 0.97
PROBES = (
    "How long do you keep my data after I close the account?",
    "Who do you share my phone number with?",
    "第三方能看到我的位置信息吗？",
    "怎么撤回同意",
)


@dataclass(frozen=True)
class Adapter:
    """Widths: features = the sum of the encoders' blocks. Kept as float16, used as float32."""

    blocks: tuple[int, ...]
    question_means: Mapping[Language, Vectors]  # (features,): an encoder's vectors crowd round a point
    view_means: Mapping[Language, Vectors]
    hidden_weights: Vectors  # (features, hidden)
    hidden_bias: Vectors
    output_weights: Vectors  # (hidden, features)
    output_bias: Vectors
    probes: Vectors  # (len(PROBES), features)
    sharpness: float  # scores to shares
    answerability: Answerability

    def questions(self, vectors: Vectors, langs: Sequence[Language]) -> Vectors:
        """Raw (questions, features) → centred, each block of length one."""
        return normal(vectors - np.stack([self.question_means[lang] for lang in langs]), self.blocks)

    def carried(self, questions: Vectors) -> Vectors:
        """Centred (questions, features) → where the views of their clauses should lie, each block of length one."""
        hidden = gelu(questions @ self.hidden_weights + self.hidden_bias)
        return normal(questions + hidden @ self.output_weights + self.output_bias, self.blocks)

    def fits(self, encoders: JoinedEncoder) -> bool:
        """Whether these encoders give the vectors that it was trained on."""
        if encoders.blocks != self.blocks:
            return False
        given = encoders.split(encoders.encode(PROBES, "query"))
        kept = encoders.split(self.probes)
        return all(
            bool((np.sum(a * b, axis=1) > _SAME_ENCODER).all()) for a, b in zip(given, kept, strict=True)
        )

    def save(self, path: Path) -> None:
        arrays: dict[str, Vectors] = {
            "hidden_weights": self.hidden_weights,
            "hidden_bias": self.hidden_bias,
            "output_weights": self.output_weights,
            "output_bias": self.output_bias,
            "probes": self.probes,
        }
        for lang in LANGUAGES:
            arrays[f"question_mean.{lang}"] = self.question_means[lang]
            arrays[f"view_mean.{lang}"] = self.view_means[lang]
        about = {
            "format": _FORMAT,
            "blocks": self.blocks,
            "sharpness": self.sharpness,
            "answerability": asdict(self.answerability),
        }
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            # Entries of one fixed date: the same training gives the same file.
            archive.writestr(zipfile.ZipInfo("about.json"), json.dumps(about, indent=1))
            for name, array in arrays.items():
                stored = io.BytesIO()
                np.save(stored, array.astype(np.float16))
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), stored.getvalue())
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Adapter:
        """Raises IndexMissing or IndexUnreadable."""
        try:
            with zipfile.ZipFile(io.BytesIO(read_whole(path))) as archive:
                about = json.loads(archive.read("about.json"))
                if about["format"] != _FORMAT:
                    raise ValueError(f"format {about['format']!r}")

                def array(name: str) -> Vectors:
                    stored = np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
                    return np.asarray(stored, np.float32)

                decision = about["answerability"]
                return cls(
                    blocks=tuple(about["blocks"]),
                    question_means={lang: array(f"question_mean.{lang}") for lang in LANGUAGES},
                    view_means={lang: array(f"view_mean.{lang}") for lang in LANGUAGES},
                    hidden_weights=array("hidden_weights"),
                    hidden_bias=array("hidden_bias"),
                    output_weights=array("output_weights"),
                    output_bias=array("output_bias"),
                    probes=array("probes"),
                    sharpness=float(about["sharpness"]),
                    answerability=Answerability(
                        Logistic(tuple(decision["answered"]["weights"]), decision["answered"]["bias"]),
                        Logistic(tuple(decision["right"]["weights"]), decision["right"]["bias"]),
                        decision["answer_threshold"],
                        decision["ask_back_threshold"],
                    ),
                )
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise IndexUnreadable(f"{path} is not an adapter: {problem}") from problem


def fitting_adapter(encoders: JoinedEncoder, path: Path = SHIPPED) -> Adapter | None:
    """The adapter of that file, if there is one and it was trained on these encoders."""
    adapter = Adapter.load(path) if path.exists() else None
    return adapter if adapter is not None and adapter.fits(encoders) else None


def shipped_digest() -> str:
    """SHA-256 of the shipped file; an index that it made is tied to it. Empty where there is none."""
    return hashlib.sha256(SHIPPED.read_bytes()).hexdigest() if SHIPPED.exists() else ""


def normal(vectors: Vectors, blocks: Sequence[int]) -> Vectors:
    """Each block of each row at length one; zero stays zero."""
    parts = np.split(vectors, np.cumsum(blocks)[:-1], axis=-1)
    lengths = [np.maximum(np.linalg.norm(part, axis=-1, keepdims=True), 1e-9) for part in parts]
    return np.concatenate(
        [part / length for part, length in zip(parts, lengths, strict=True)], axis=-1
    ).astype(np.float32)


def gelu(values: Vectors) -> Vectors:
    """By its tangent formula: numpy has no error function."""
    inner = np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)
    result: Vectors = (0.5 * values * (1 + np.tanh(inner))).astype(np.float32)
    return result
