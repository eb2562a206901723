"""``python -m knowledge encoder|build|check|search|evaluate``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.policy import load_policy
from knowledge.questions import load_bank

POLICY = Path("knowledge/policies/tancloud")
ENCODER = Path("var/encoder/multilingual-e5-small")
CACHE = Path("var/cache/vectors")


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except KnowledgeError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Find the clause that answers.")
    commands = parser.add_subparsers(required=True)
    encoder = commands.add_parser("encoder", help="build the default encoder and check it")
    encoder.add_argument("--folder", type=Path, default=ENCODER)
    encoder.add_argument("--policy", type=Path, default=POLICY, help="its sentences check the encoder")
    encoder.set_defaults(run=_encoder)
    build = commands.add_parser("build", help="build the index of a policy folder, when something changed")
    build.add_argument("policy", type=Path, nargs="?", default=POLICY)
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="read a policy folder and say what is in it, or what is wrong")
    check.add_argument("policy", type=Path, nargs="?", default=POLICY)
    check.set_defaults(run=_check)
    search = commands.add_parser("search", help="find the clauses for a question")
    search.add_argument("query")
    search.add_argument("--policy", type=Path, default=POLICY)
    search.add_argument("--top", type=int, default=5)
    search.set_defaults(run=_search)
    evaluate = commands.add_parser("evaluate", help="measure by cross-validation and cold")
    evaluate.add_argument("--policy", type=Path, default=POLICY)
    evaluate.add_argument("--out", type=Path, default=Path("var/evaluation"))
    evaluate.set_defaults(run=_evaluate)
    for command in (build, search, evaluate):
        command.add_argument("--encoder", type=Path, default=ENCODER)
    for command in (build, search):
        command.add_argument("--index", type=Path, help="index folder; default var/index/<policy>")
    return parser


def _encoder(options: argparse.Namespace) -> int:
    from knowledge.passages import sentences
    from knowledge.prepare import prepare_encoder

    texts = [sentence.text for sentence in sentences(load_policy(options.policy).clauses)]
    report = prepare_encoder(options.folder, texts, _say)
    agreement = report.agreement
    if report.built:
        _say(
            f"Encoder: built in {report.seconds:.0f} s; least cosine with its original {agreement.minimum:.4f}, "
            f"mean {agreement.mean:.4f}, over {agreement.sentences} sentences"
        )
    return 0


def _build(options: argparse.Namespace) -> int:
    from knowledge.build import build
    from knowledge.retriever import open_encoders

    policy = load_policy(options.policy)
    bank = load_bank(options.policy, policy.clauses)
    build(_index(options), policy, bank, open_encoders(options.encoder), _say, CACHE)
    return 0


def _check(options: argparse.Namespace) -> int:
    policy = load_policy(options.policy)
    bank = load_bank(options.policy, policy.clauses)
    _say(f"{policy.id} {policy.version}: {len(policy.clauses)} clauses in {', '.join(policy.languages)}")
    for lang in policy.languages:
        counts = [sum(q.lang == lang for q in part) for part in (bank.answerable, bank.unanswerable)]
        _say(f"{lang}: {counts[0]} questions, {counts[1]} unanswerable messages")
    asked = {clause_id for question in bank.answerable for clause_id in question.clause_ids}
    silent = [clause_id for clause_id in policy.clauses if clause_id not in asked]
    _say(f"clauses without a question: {', '.join(silent) or 'none'}")
    return 0


def _search(options: argparse.Namespace) -> int:
    from knowledge.retriever import Retriever

    policy = load_policy(options.policy)
    finding = Retriever.open(_index(options), options.encoder).search(options.query, top_k=options.top)
    _say(f"{finding.outcome}, confidence {finding.confidence:.2f}")
    for ranked in finding.ranked:
        clause = policy.clause(ranked.clause_id)
        lang = finding.query_lang
        _say(f"{ranked.score:6.3f}  {clause.label.get(lang)}  {clause.text.get(lang)[:90]!r}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from knowledge.evaluation import evaluate
    from knowledge.retriever import open_encoders
    from knowledge.vector_cache import remembering

    policy = load_policy(options.policy)
    bank = load_bank(options.policy, policy.clauses)
    with remembering(open_encoders(options.encoder), CACHE) as encoders:
        figures = evaluate(policy, bank, encoders, options.out, _say)
    _say(json.dumps(figures, indent=1))
    return 0


def _index(options: argparse.Namespace) -> Path:
    index: Path = options.index or Path("var/index") / options.policy.name
    return index


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
