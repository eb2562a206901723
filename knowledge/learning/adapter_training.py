"""Trains the adapter on a policy that has a bank, and learns on clauses it has not seen how far to believe it.

Half of the articles teach a network that reads the questions of the other half: what the shipped one (taught by
all) meets in another company's policy, at its worst. Policies are made of random articles of that half; questions of
the articles left out are then questions that a policy does not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.questions import Question, QuestionBank
from knowledge.bank.relevance import acceptable
from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report, encode_all
from knowledge.errors import PolicyError
from knowledge.index.views import views
from knowledge.language import normalise
from knowledge.models.adapter import PROBES, Adapter, normal
from knowledge.models.answerability import Answerability, Logistic
from knowledge.search.cold import ColdIndex, ColdSearch, build_cold_index, combined, decision_features
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES, Language

Weights = tuple[Vectors, Vectors, Vectors, Vectors]  # hidden, its bias, output, its bias

ALSO = 0.25  # the weight of clauses that may be cited too
MOST_REFUSED = 0.08  # of the questions that a policy answers
SURE_ENOUGH = 0.5


@dataclass(frozen=True)
class AdapterRecipe:
    """Chosen by measurement, see the README."""

    hidden: int = 384
    epochs: int = 12
    batch: int = 128
    rate: float = 1.5e-3
    decay: float = 1e-2
    scale: float = 10.0
    dropout: tuple[float, float] = (0.2, 0.4)
    seed: int = 0
    drawn_policies: int = 6


def train_adapter(
    policy: Policy,
    bank: QuestionBank,
    encoders: JoinedEncoder,
    report: Report,
    recipe: AdapterRecipe | None = None,
) -> Adapter:
    """The same inputs on the same machine give the same adapter. Raises PolicyError for a bank that cannot teach it."""
    recipe = recipe or AdapterRecipe()
    if {question.lang for question in bank.answerable} != set(LANGUAGES):
        raise PolicyError(f"{policy.id} needs questions in every language to train an adapter")
    if len({question.clause_ids[0].split(".")[0] for question in bank.answerable}) < 4:
        raise PolicyError(f"{policy.id} needs questions about four articles to train an adapter")
    questions = (*bank.answerable, *bank.unanswerable)
    raw = encode_questions(questions, encoders, report)
    untaught = _untaught(policy, questions, raw, encoders, report, recipe)
    index = build_cold_index(policy.clauses, encoders, untaught, report)
    vectors = untaught.questions(raw, [question.lang for question in questions])
    clause_ids = list(policy.clauses)
    wanted = wanted_clauses(questions, clause_ids)
    answerable = np.flatnonzero(wanted.any(axis=1))
    report("Adapter: training, and on two halves to see how far it may be believed")
    sharpness, decision = _decision(policy, questions, vectors, wanted, index, untaught, recipe)
    weights = train_network(
        vectors[answerable], wanted[answerable], middles(index, encoders.blocks), encoders.blocks, recipe
    )
    return replace(taught(untaught, weights), sharpness=sharpness, answerability=decision)


def encode_questions(questions: Sequence[Question], encoders: JoinedEncoder, report: Report) -> Vectors:
    texts = [normalise(question.text) for question in questions]
    return encode_all(encoders, texts, "query", report, "Adapter: encoding questions")


def train_network(
    questions: Vectors, wanted: Vectors, clauses: Vectors, blocks: Sequence[int], recipe: AdapterRecipe
) -> Weights:
    """Centred (questions, features), (questions, clauses) weights and (clauses, features) → hidden and output weights
    that bring a question nearer to its clauses than to the others. Starts from leaving it where it is.
    """
    import torch
    from torch.nn import functional

    def unit(values: torch.Tensor) -> torch.Tensor:
        return torch.cat(
            [functional.normalize(part, dim=1) for part in torch.split(values, list(blocks), 1)], 1
        )

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more gain nothing at this size and wait for each other on a busy machine
    torch.manual_seed(recipe.seed)
    drawn = np.random.default_rng(recipe.seed)
    features = questions.shape[1]
    last = torch.nn.Linear(recipe.hidden, features)
    network = torch.nn.Sequential(
        torch.nn.Dropout(recipe.dropout[0]),
        torch.nn.Linear(features, recipe.hidden),
        torch.nn.GELU(approximate="tanh"),
        torch.nn.Dropout(recipe.dropout[1]),
        last,
    )
    torch.nn.init.zeros_(last.weight)
    inputs, middles = torch.from_numpy(questions), unit(torch.from_numpy(clauses))
    targets = torch.from_numpy(wanted / wanted.sum(axis=1, keepdims=True))
    steps = -(-len(inputs) // recipe.batch)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.rate, total_steps=recipe.epochs * steps + 1
    )
    for _ in range(recipe.epochs):
        for rows in np.array_split(drawn.permutation(len(inputs)), steps):
            batch = inputs[torch.from_numpy(rows)]
            likeness = unit(batch + network(batch)) @ middles.T
            logs = torch.log_softmax(recipe.scale * likeness, dim=1)
            loss = -(targets[torch.from_numpy(rows)] * logs).sum(dim=1).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    torch.set_num_threads(threads)
    arrays = [parameter.detach().numpy() for parameter in network.parameters()]
    return arrays[0].T.copy(), arrays[1].copy(), arrays[2].T.copy(), arrays[3].copy()


def halves(clause_ids: Sequence[str], wanted: Vectors) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Twice (questions, clauses) masks: every second article, and the questions whose best clause stands there."""
    articles = list(dict.fromkeys(clause_id.split(".")[0] for clause_id in clause_ids))
    half = {article: number % 2 for number, article in enumerate(articles)}
    of_clause = np.array([half[clause_id.split(".")[0]] for clause_id in clause_ids])
    of_question = np.where(wanted.any(axis=1), of_clause[wanted.argmax(axis=1)], -1)
    return [(of_question == number, of_clause == number) for number in (0, 1)]


def _decision(
    policy: Policy,
    questions: Sequence[Question],
    vectors: Vectors,
    wanted: Vectors,
    index: ColdIndex,
    untaught: Adapter,
    recipe: AdapterRecipe,
) -> tuple[float, Answerability]:
    clause_ids = list(policy.clauses)
    articles = np.array([clause_id.split(".")[0] for clause_id in clause_ids])
    accepted = np.array([[acceptable(item, question) for item in clause_ids] for question in questions])
    blocks = untaught.blocks
    drawn = np.random.default_rng(recipe.seed)
    rows, answerable, right, scored = [], [], [], []
    parts = halves(clause_ids, wanted)
    for learned, tested in (parts, parts[::-1]):
        weights = train_network(
            vectors[learned[0]],
            wanted[learned[0]][:, learned[1]],
            middles(index, blocks)[learned[1]],
            blocks,
            recipe,
        )
        network = taught(untaught, weights)
        asked = np.flatnonzero(tested[0] | ~wanted.any(axis=1))
        search = ColdSearch(index, network)
        everywhere = np.arange(len(clause_ids))
        plain = search.pooled(vectors[asked], everywhere)
        carried = search.pooled(network.carried(vectors[asked]), everywhere)
        own = np.unique(articles[tested[1]])
        for _ in range(recipe.drawn_policies):
            kept = drawn.random(len(own)) < drawn.uniform(0.3, 1)
            columns = np.flatnonzero(np.isin(articles, own[kept]))
            if len(columns) < 2:
                continue
            for place, row in enumerate(asked):
                if drawn.random() > 0.35:  # enough, and no question too often
                    continue
                scores = np.stack([plain[place, columns], carried[place, columns]])
                best = columns[int(combined(scores).argmax())]
                rows.append(decision_features(scores)[0])
                answerable.append(bool(wanted[row, columns].max() == 1))
                right.append(bool(accepted[row, best]))
                scored.append((combined(scores), accepted[row, columns]))
    x, yes, good = np.stack(rows), np.array(answerable), np.array(right)
    answered = _regress(x, yes)
    threshold = float(np.quantile(answered(x[yes]), MOST_REFUSED))
    return _sharpness(scored), Answerability(answered, _regress(x, good), threshold, SURE_ENOUGH)


def _sharpness(scored: Sequence[tuple[Vectors, NDArray[np.bool_]]]) -> float:
    """That with which the acceptable clauses get the likeliest shares."""

    def surprise(sharpness: float) -> float:
        total = 0.0
        for scores, accepted in scored:
            if accepted.any():
                shares = np.exp(sharpness * (scores - scores.max()))
                total -= float(np.log(shares[accepted].sum() / shares.sum()))
        return total

    return min((0.5, 0.7, 0.9, 1.1, 1.4, 1.7, 2.0), key=surprise)


def wanted_clauses(questions: Sequence[Question], clause_ids: Sequence[str]) -> Vectors:
    position = {clause_id: number for number, clause_id in enumerate(clause_ids)}
    wanted = np.zeros((len(questions), len(clause_ids)), np.float32)
    for row, question in enumerate(questions):
        wanted[row, [position[item] for item in question.also]] = ALSO
        wanted[row, [position[item] for item in question.clause_ids]] = 1
    return wanted


def middles(index: ColdIndex, blocks: Sequence[int]) -> Vectors:
    """(clauses, features): the middle of each clause's views."""
    sums = np.add.reduceat(index.vectors.astype(np.float32), index.starts[:-1], axis=0)
    return normal(sums, blocks)


def _untaught(
    policy: Policy,
    questions: Sequence[Question],
    raw: Vectors,
    encoders: JoinedEncoder,
    report: Report,
    recipe: AdapterRecipe,
) -> Adapter:
    """Centres, but carries nothing yet."""
    asked = np.array([question.lang if question.clause_ids else "" for question in questions])
    found = list(views(policy.clauses))
    passages = encode_all(
        encoders, [normalise(view.text) for view in found], "passage", report, "Adapter: encoding clauses"
    )
    langs = np.array([view.lang for view in found])
    features = encoders.dimension
    means: dict[Language, Vectors] = {lang: raw[asked == lang].mean(axis=0) for lang in LANGUAGES}
    nothing = Logistic((0.0,), 0.0)
    return Adapter(
        blocks=encoders.blocks,
        question_means=means,
        view_means={lang: passages[langs == lang].mean(axis=0) for lang in LANGUAGES},
        hidden_weights=np.zeros((features, recipe.hidden), np.float32),
        hidden_bias=np.zeros(recipe.hidden, np.float32),
        output_weights=np.zeros((recipe.hidden, features), np.float32),
        output_bias=np.zeros(features, np.float32),
        probes=encoders.encode(PROBES, "query"),
        sharpness=1.0,
        answerability=Answerability(nothing, nothing, 0.5, 0.5),
    )


def taught(adapter: Adapter, weights: Weights) -> Adapter:
    """The same adapter with a network's weights."""
    hidden, hidden_bias, output, output_bias = weights
    return replace(
        adapter,
        hidden_weights=hidden,
        hidden_bias=hidden_bias,
        output_weights=output,
        output_bias=output_bias,
    )


def _regress(values: Vectors, wanted: NDArray[np.bool_]) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    if wanted.all() or not wanted.any():  # nothing to tell apart
        share = (float(wanted.sum()) + 1) / (len(wanted) + 2)
        return Logistic((0.0,) * values.shape[1], float(np.log(share / (1 - share))))
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    model = LogisticRegression(max_iter=1000).fit((values - mean) / spread, wanted)
    weights = model.coef_[0] / spread
    return Logistic(tuple(map(float, weights)), float(model.intercept_[0] - weights @ mean))
