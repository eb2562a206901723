"""Tokens of mixed Chinese and English text, with exact offsets."""

from __future__ import annotations

import logging
import re
from typing import Any, Dict, Iterator, List, Tuple

import jieba
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

# Order matters: a placeholder such as [EMAIL_1] is one token, a Han run goes to the word segmenter, a Latin word keeps
# its apostrophes and hyphens (don't, e-mail, DSR-7K3M-Q9XA), numbers keep their point, and any other mark stands alone.
PIECE = re.compile(
    r"(?P<placeholder>\[[A-Z]+_\d+\])"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*(?![^\W_]))"
    r"|(?P<word>[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
    r"(?:['’_-][^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+)*)"
    r"|(?P<mark>\S)"
)


def pieces(text: str, segmenter: jieba.Tokenizer) -> Iterator[Tuple[str, int]]:
    """Yield (token, start) left to right; whitespace is left out, everything else is in exactly one token."""
    for found in PIECE.finditer(text):
        if found.lastgroup != "han":
            yield found.group(), found.start()
            continue
        start = found.start()
        for word in segmenter.cut(found.group(), HMM=False):
            yield word, start
            start += len(word)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """jieba words for runs of Han characters, word tokens for everything else.

    Rasa's JiebaTokenizer breaks English words and its WhitespaceTokenizer leaves a Chinese sentence whole; messages
    here mix both ("帮我 delete 一下 my data").
    """

    def __init__(self, config: Dict[str, Any]) -> None:
        """Take Rasa's tokenizer settings and read the dictionary (0.6 s), so that the first message need not wait."""
        super().__init__(config)
        logging.getLogger("jieba").setLevel(logging.WARNING)
        self._segmenter = jieba.Tokenizer()
        self._segmenter.initialize()

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Intents are single labels, so nothing is split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> List[str]:
        """Packages outside Rasa's own."""
        return ["jieba"]

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """Tokens of one attribute; `text[token.start:token.end] == token.text` for each."""
        text = message.get(attribute)
        return [Token(word, start) for word, start in pieces(text, self._segmenter)]
