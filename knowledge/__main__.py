"""``python -m knowledge encoder|build|check|review|search|adapter|evaluate``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from knowledge.bank.review import load_holdings, review
from knowledge.bank.review_report import review_lines
from knowledge.errors import KnowledgeError
from knowledge.text.guess import guess_manifest
from knowledge.text.policy import bare_text, load_policy, naming, policy_folder, read_text

POLICY = Path("knowledge/policies/tancloud")
ENCODER = Path("var/encoder/multilingual-e5-small")
CACHE = Path("var/cache/vectors")
REVIEW_NEEDED = 3
_WHICH = "a policy folder, or one text in Markdown or HTML"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        if "policy" in options:
            options.policy = policy_folder(options.policy)
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
    build = commands.add_parser("build", help="build the index of a policy, when something changed")
    build.add_argument("policy", type=Path, nargs="?", default=POLICY, help=_WHICH)
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="read a policy and say what is in it, or what is wrong")
    check.add_argument("policy", type=Path, nargs="?", default=POLICY, help=_WHICH)
    check.set_defaults(run=_check)
    marks = commands.add_parser("review", help="mark the questions of changed clauses as reviewed")
    marks.add_argument("policy", type=Path, nargs="?", default=POLICY)
    which = marks.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--clause", action="append", help="a clause's id, as `check` lists it; may be repeated"
    )
    which.add_argument("--all", action="store_true", help="every clause, and record the texts of the others")
    marks.set_defaults(run=_review)
    search = commands.add_parser("search", help="find the clauses for a question")
    search.add_argument("query")
    search.add_argument("--policy", type=Path, default=POLICY)
    search.add_argument("--version", help="an older version instead of the current one")
    search.add_argument("--top", type=int, default=5)
    search.set_defaults(run=_search)
    adapter = commands.add_parser("adapter", help="train what policies without a bank are searched with")
    adapter.add_argument("--policy", type=Path, default=POLICY, help="its bank teaches")
    adapter.add_argument("--out", type=Path, help="default: the file beside the code")
    adapter.set_defaults(run=_adapter)
    evaluate = commands.add_parser("evaluate", help="measure by cross-validation and cold")
    evaluate.add_argument("--policy", type=Path, default=POLICY)
    evaluate.add_argument("--out", type=Path, default=Path("var/evaluation"))
    evaluate.set_defaults(run=_evaluate)
    for command in (build, search, evaluate, adapter):
        command.add_argument("--encoder", type=Path, default=ENCODER)
    for command in (build, search):
        command.add_argument("--index", "--out", type=Path, help="index folder; default var/index/<policy>")
    return parser


def _encoder(options: argparse.Namespace) -> int:
    from knowledge.encoders.prepare import prepare_encoder
    from knowledge.index.passages import sentences

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
    from knowledge.editions.publishing import publish
    from knowledge.search.retriever import open_encoders

    _tell_guesses(options.policy)
    publish(_index(options), options.policy, open_encoders(options.encoder), _say, CACHE)
    return 0


def _check(options: argparse.Namespace) -> int:
    _tell_guesses(options.policy)
    held = load_holdings(options.policy)
    policy, bank = held.store.current, held.questions()
    _say(f"{policy.id} {policy.version}: {len(policy.clauses)} clauses in {', '.join(policy.languages)}")
    for lang in policy.languages:
        counts = [sum(q.lang == lang for q in part) for part in (bank.answerable, bank.unanswerable)]
        _say(f"{lang}: {counts[0]} questions, {counts[1]} unanswerable messages")
    for older in held.store.versions[:-1]:
        served = len(held.questions(older.version).answerable)
        _say(f"version {older.version}: {len(older.clauses)} clauses, {served} of the questions serve it")
    asked = {clause_id for question in bank.answerable for clause_id in question.clause_ids}
    silent = [clause_id for clause_id in policy.clauses if clause_id not in asked]
    _say(f"clauses without a question: {', '.join(silent) or 'none'}")
    waiting = review_lines(held)
    for line in waiting:
        _say(line)
    return REVIEW_NEEDED if waiting else 0


def _review(options: argparse.Namespace) -> int:
    marked = review(options.policy, None if options.all else options.clause)
    _say(f"reviewed: {', '.join(marked) or 'nothing waited for it'}")
    return 0


def _search(options: argparse.Namespace) -> int:
    from knowledge.editions.edition import open_edition
    from knowledge.search.retriever import open_encoders

    edition = open_edition(_index(options), open_encoders(options.encoder))
    policy = edition.store.get(options.version)
    finding = edition.retriever(options.version).search(options.query, top_k=options.top)
    _say(f"{finding.outcome}, confidence {finding.confidence:.2f}")
    for ranked in finding.ranked:
        clause = policy.clause(ranked.clause_id)
        lang = finding.query_lang
        _say(f"{ranked.score:6.3f}  {clause.label.get(lang)}  {clause.text.get(lang)[:90]!r}")
    return 0


def _adapter(options: argparse.Namespace) -> int:
    from knowledge.encoders.vector_cache import remembering
    from knowledge.learning.adapter_training import train_adapter
    from knowledge.models.adapter import SHIPPED
    from knowledge.search.retriever import open_encoders

    held = load_holdings(options.policy)
    with remembering(open_encoders(options.encoder), CACHE) as encoders:
        trained = train_adapter(held.store.current, held.questions(), encoders, _say)
    trained.save(options.out or SHIPPED)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from knowledge.encoders.vector_cache import remembering
    from knowledge.measuring.evaluation import evaluate
    from knowledge.measuring.highlight_evaluation import highlight_figures
    from knowledge.search.retriever import open_encoders

    held = load_holdings(options.policy)
    with remembering(open_encoders(options.encoder), CACHE) as encoders:
        figures = evaluate(held.store.current, held.questions(), encoders, options.out, _say)
        figures |= highlight_figures(options.policy, held.store.current, held.questions(), encoders, _say)
    (options.out / "figures.json").write_text(json.dumps(figures, indent=1))
    _say(json.dumps(figures, indent=1))
    return 0


def _index(options: argparse.Namespace) -> Path:
    index: Path = options.index or Path("var/index") / (
        options.policy.stem if options.policy.is_file() else options.policy.name
    )
    return index


def _tell_guesses(policy: Path) -> None:
    """For a bare text, what its policy.yml was taken to say."""
    if (text := bare_text(policy)) is None:
        return
    with naming(text.name):
        guess = guess_manifest(read_text(text), text.name)
    _say(f"{text.name} has no policy.yml; guessed from the text (kept beside it, these lines pin it):")
    for line in guess.as_yaml().splitlines():
        _say(f"    {line}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
