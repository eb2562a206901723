"""What every encoder promises, then what each does alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoders.encoder import (
    Encoder,
    HashEncoder,
    OnnxEncoder,
    SentenceTransformersEncoder,
    open_encoder,
    open_states_encoder,
)
from knowledge.encoders.encoder_files import EncoderBroken
from knowledge.encoders.prepare import EncoderReport
from knowledge.encoders.unigram import UnigramTokenizer, load_pieces, normalise, save_pieces
from knowledge.encoders.use_encoder import UseEncoder
from knowledge.errors import EncoderMissing

TEXTS = ["close my account", "注销账号", "", "x" * 5000, "a copy of 个人信息\nplease 😀"]


@pytest.fixture(scope="module")
def use() -> UseEncoder:
    return UseEncoder()


@pytest.fixture(scope="module")
def reference(prepared: EncoderReport) -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(prepared.folder / "sentence-transformers")


@pytest.fixture(params=["onnx", "sentence-transformers", "hash", "use"])
def encoder(request: pytest.FixtureRequest, prepared: EncoderReport) -> Encoder:
    makers: dict[str, Callable[[], Encoder]] = {
        "onnx": lambda: OnnxEncoder(prepared.folder),
        "sentence-transformers": lambda: request.getfixturevalue("reference"),
        "hash": lambda: HashEncoder(32),
        "use": lambda: request.getfixturevalue("use"),
    }
    return makers[request.param]()


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_vectors_are_unit_rows_of_the_dimension(encoder: Encoder, kind: str) -> None:
    vectors = encoder.encode(TEXTS, kind)  # type: ignore[arg-type]
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([], "query").shape == (0, encoder.dimension)


def test_a_vector_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS, "query")
    alone = np.concatenate([encoder.encode([text], "query") for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_reading_shows_the_tokens_behind_the_same_vector(
    prepared: EncoderReport, reference: SentenceTransformersEncoder
) -> None:
    for encoder in (OnnxEncoder(prepared.folder), HashEncoder(64), reference):
        found = encoder.read("close my account", "query")
        longer = encoder.read("close my account and delete my orders", "query")
        np.testing.assert_allclose(found.vector, encoder.encode(["close my account"], "query")[0], atol=1e-6)
        assert found.states.dtype == np.float32
        assert found.states.shape[1] == encoder.width
        assert 0 < len(found.states) < len(longer.states)
        assert len(encoder.read("", "query").states) > 0


def test_an_encoder_that_shows_no_tokens_cannot_be_the_first() -> None:
    with pytest.raises(EncoderMissing, match="'use' shows no tokens"):
        open_states_encoder("use")


def test_white_space_around_a_text_does_not_count(encoder: Encoder) -> None:
    first, second = encoder.encode(["注销账号", "\n 注销账号 "], "query")
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_threads_may_share_it(encoder: Encoder) -> None:
    texts = [f"account {number}" for number in range(40)]
    expected = encoder.encode(texts, "query")
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda text: encoder.encode([text], "query")[0], texts * 3))
    np.testing.assert_allclose(np.stack(rows), np.concatenate([expected] * 3), atol=1e-5)


def test_the_same_encoder_has_the_same_fingerprint(
    prepared: EncoderReport, reference: SentenceTransformersEncoder, use: UseEncoder
) -> None:
    assert OnnxEncoder(prepared.folder).fingerprint == prepared.fingerprint
    again = SentenceTransformersEncoder(prepared.folder / "sentence-transformers")
    assert again.fingerprint == reference.fingerprint
    assert UseEncoder().fingerprint == use.fingerprint
    fingerprints = {prepared.fingerprint, reference.fingerprint, use.fingerprint, HashEncoder(8).fingerprint}
    assert len(fingerprints) == 4


class TestOnnx:
    def test_query_and_passage_have_their_own_prompts(self, prepared: EncoderReport) -> None:
        encoder = OnnxEncoder(prepared.folder)
        query, passage = encoder.encode(["account"], "query"), encoder.encode(["account"], "passage")
        assert not np.allclose(query, passage, atol=1e-3)

    def test_the_caller_may_change_what_it_gets(self, prepared: EncoderReport) -> None:
        encoder = OnnxEncoder(prepared.folder)
        first = encoder.encode(["account"], "query")
        expected = first.copy()
        first[:] = 0
        np.testing.assert_array_equal(encoder.encode(["account"], "query"), expected)

    def test_a_text_asked_again_is_not_computed_again(
        self, prepared: EncoderReport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        encoder = OnnxEncoder(prepared.folder)
        encoder.encode(["account"], "query")
        monkeypatch.setattr(encoder, "_session", None)
        encoder.encode(["account"], "query")
        with pytest.raises(AttributeError):
            encoder.encode(["another account"], "query")

    def test_memory_of_past_texts_is_bounded(self, prepared: EncoderReport) -> None:
        encoder = OnnxEncoder(prepared.folder)
        for number in range(300):
            encoder.encode([f"account {number}"], "query")
        assert len(encoder._recent._encodings) == 256

    def test_a_long_text_is_cut_at_the_limit(self, prepared: EncoderReport) -> None:
        encoder = OnnxEncoder(prepared.folder)
        long, longer = encoder.encode(["a b " * 100, "a b " * 200], "passage")
        np.testing.assert_array_equal(long, longer)

    def test_torch_is_not_imported_to_serve(self, prepared: EncoderReport) -> None:
        code = (
            "import sys; from pathlib import Path; from knowledge.encoders.encoder import OnnxEncoder;"
            "OnnxEncoder(Path(sys.argv[1])).encode(['account'], 'query');"
            "print([m for m in ('torch', 'transformers', 'tokenizers', 'onnx') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(prepared.folder)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        assert done.stdout.strip() == "[]"

    def test_a_missing_folder_is_told_from_a_spoilt_one(
        self, prepared: EncoderReport, tmp_path: Path
    ) -> None:
        with pytest.raises(EncoderMissing, match="prepare"):
            OnnxEncoder(tmp_path)
        folder = tmp_path / "encoder"
        shutil.copytree(prepared.folder, folder)
        content = bytearray((folder / "model.onnx").read_bytes())
        content[len(content) // 2] ^= 1
        (folder / "model.onnx").write_bytes(content)
        with pytest.raises(EncoderBroken, match=r"model\.onnx"):
            OnnxEncoder(folder)

    @pytest.mark.parametrize("content", ["", "[]", "{}", '{"fingerprint": 1, "agreement": {}}'])
    def test_a_spoilt_manifest_is_named(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(EncoderBroken, match=r"manifest\.json"):
            OnnxEncoder(tmp_path)

    def test_other_prompts_are_another_fingerprint(self, prepared: EncoderReport, tmp_path: Path) -> None:
        folder = tmp_path / "encoder"
        shutil.copytree(prepared.folder, folder)
        fields = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        fields["prompts"]["query"] = "question: "
        (folder / "manifest.json").write_text(json.dumps(fields), encoding="utf-8")
        assert OnnxEncoder(folder).fingerprint != prepared.fingerprint


def test_like_texts_have_like_hash_vectors() -> None:
    account, accounts, weather = HashEncoder().encode(
        ["close my account", "close my accounts", "sunny"], "query"
    )
    assert account @ accounts > 0.8 > 0.3 > account @ weather


def test_use_finds_the_translation_nearer_than_another_sentence(use: UseEncoder) -> None:
    english, chinese, other = use.encode(
        ["How do I delete my account?", "如何删除我的账户？", "今天天气很好"], "query"
    )
    assert english @ chinese > english @ other + 0.2


def test_a_spec_opens_the_encoder_it_names(prepared: EncoderReport) -> None:
    assert isinstance(open_encoder(f"onnx:{prepared.folder}"), OnnxEncoder)
    assert isinstance(open_encoder(str(prepared.folder)), OnnxEncoder)
    inner = prepared.folder / "sentence-transformers"
    assert isinstance(open_encoder(f"sentence-transformers:{inner}"), SentenceTransformersEncoder)
    assert isinstance(open_encoder(str(inner)), SentenceTransformersEncoder)
    assert isinstance(open_encoder("use"), UseEncoder)
    assert open_encoder("hash").dimension == 256
    assert open_encoder("hash:16").dimension == 16


@pytest.mark.parametrize(
    "spec", ["onnx:nowhere", "carrier-pigeon:x", "hash:many", "sentence-transformers:nowhere"]
)
def test_a_spec_that_opens_nothing_is_refused(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderMissing):
        open_encoder(spec)


class TestUnigram:
    @pytest.fixture
    def tokenizer(self) -> UnigramTokenizer:
        pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a"]
        scores = [0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -4.0, -3.5]
        return UnigramTokenizer(pieces, scores, bos=0, eos=2, unk=3)

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("", [0, 2]),
            ("ab", [0, 4, 7, 2]),  # ▁ + ab (-6.0) beats ▁a + b (-6.5)
            ("a b", [0, 8, 4, 6, 2]),
            ("a  \n b", [0, 8, 4, 6, 2]),
            ("azzb", [0, 8, 3, 6, 2]),  # neighbouring unknowns are one
            ("<s>", [0, 4, 3, 2]),
        ],
    )
    def test_the_likeliest_pieces(self, tokenizer: UnigramTokenizer, text: str, ids: list[int]) -> None:
        assert tokenizer.encode(text, 10) == ids

    def test_the_limit_counts_the_marks(self, tokenizer: UnigramTokenizer) -> None:
        assert tokenizer.encode("a a a a", 4) == [0, 8, 8, 2]
        assert tokenizer.encode("a" * 10_000, 4) == [0, 8, 5, 2]

    def test_pieces_survive_saving(self, tmp_path: Path) -> None:
        save_pieces(tmp_path / "pieces.tsv", ["<s>", "▁账", "\u2028x"], [0.0, -1.2345678, -20.5])
        pieces, scores = load_pieces(tmp_path / "pieces.tsv")
        assert pieces == ["<s>", "▁账", "\u2028x"]
        np.testing.assert_allclose(scores, [0.0, -1.2345678, -20.5], rtol=1e-7)

    @pytest.mark.parametrize(
        ("text", "normal"),
        [
            ("ＡＢＣ　①", "ABC 1"),
            ("9～5", "9～5"),
            ("a\t\n\u200bb", "a b"),
            ("a\x01b", "ab"),
            ("e\u0301", "é"),
        ],
    )
    def test_normalisation(self, text: str, normal: str) -> None:
        assert normalise(text) == normal
