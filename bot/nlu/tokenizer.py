"""Tokens of mixed Chinese and English text, with exact offsets."""

from __future__ import annotations

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
    r"|(?P<number>\d+(?:[.,]\d+)*(?![A-Za-z]))"
    r"|(?P<word>[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
    r"(?:['’_-][^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+)*)"
    r"|(?P<mark>\S)"
)


# jieba's dictionary has 349,000 words, most of them names and rarities, and takes 76 MB in memory; the 45,000 that its
# corpus counted at least 50 times take 10 MB and cut everyday sentences the same.
COMMON = 50


def common_words_segmenter() -> jieba.Tokenizer:
    """A jieba segmenter that knows the common words only (reads its dictionary, about 0.5 s)."""
    segmenter = jieba.Tokenizer()
    frequencies: Dict[str, int] = {}
    with segmenter.get_dict_file() as lines:
        for line in lines:
            word, count = line.decode("utf-8").split(" ")[:2]
            if int(count) >= COMMON:
                frequencies[word] = int(count)
                segmenter.total += int(count)
                for end in range(1, len(word)):
                    frequencies.setdefault(
                        word[:end], 0
                    )  # jieba follows prefixes; 0 marks one that is no word
    segmenter.FREQ, segmenter.initialized = frequencies, True
    return segmenter


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
        """Take Rasa's tokenizer settings and read the dictionary, so that the first message need not wait."""
        super().__init__(config)
        self._segmenter = common_words_segmenter()

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
