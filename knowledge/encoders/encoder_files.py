"""The folder of a prepared encoder: ``manifest.json``, the ONNX model, the tokenizer's pieces.

The fingerprint covers all that decides a vector (both files, prompts, pooling, limits) and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.errors import EncoderMissing, KnowledgeError

MANIFEST = "manifest.json"


class EncoderBroken(KnowledgeError):
    """The encoder's files are not those that were made: prepare it again."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cosines between the served model and the Sentence Transformers model it was made from."""

    sentences: int
    minimum: float
    mean: float


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    name: str
    dimension: int
    max_tokens: int
    prompts: Mapping[str, str]
    pooling: str
    bos: int
    eos: int
    unk: int
    model_file: str
    pieces_file: str
    sha256: Mapping[str, str]  # of model_file and pieces_file
    source_sha256: str
    recipe: int
    libraries: Mapping[str, str]
    agreement: Agreement

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the serving part of the manifest, hence over the served files."""
        serving = asdict(self)
        for made_how in ("name", "source_sha256", "recipe", "libraries", "agreement"):
            del serving[made_how]
        return hashlib.sha256(json.dumps(serving, sort_keys=True).encode()).hexdigest()

    @staticmethod
    def is_in(folder: Path) -> bool:
        return (folder / MANIFEST).is_file()

    @classmethod
    def load(cls, folder: Path) -> EncoderManifest:
        """Raises ``EncoderMissing`` when there is none, ``EncoderBroken`` when it cannot be understood."""
        try:
            fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise EncoderMissing(f"no encoder in {folder}: prepare it first") from error
        except ValueError as error:
            raise EncoderBroken(f"{folder / MANIFEST} is not JSON: {error}") from error
        try:
            fields.pop("fingerprint")
            agreement = Agreement(**fields.pop("agreement"))
            return cls(**fields, agreement=agreement)
        except (TypeError, KeyError, AttributeError) as error:
            raise EncoderBroken(f"{folder / MANIFEST} is not an encoder's manifest: {error}") from error

    def save(self, folder: Path) -> None:
        fields = {"fingerprint": self.fingerprint, **asdict(self)}
        text = json.dumps(fields, indent=2, sort_keys=True) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    def verify(self, folder: Path) -> None:
        """Raises ``EncoderBroken`` unless the served files are those that were made."""
        for name in (self.model_file, self.pieces_file):
            path = folder / name
            if not path.is_file() or sha256_of(path) != self.sha256.get(name):
                raise EncoderBroken(f"{path} is absent or not what was made: prepare the encoder again")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
