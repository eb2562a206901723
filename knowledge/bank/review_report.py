"""What of a bank waits for a review, in words."""

from __future__ import annotations

from knowledge.bank.review import Holdings
from knowledge.bank.standing import Standing


def review_lines(held: Holdings) -> list[str]:
    """One line a clause, with its number of questions; none when nothing waits."""
    flagged, moved = held.flagged(), held.standings.moved(held.bank)
    renumbered = [f"  {old} is {new} now" for old, new in moved.items() if old not in flagged]
    lines = []
    if flagged:
        total = sum(count for _, count in flagged.values())
        lines.append(
            f"review: {total} times a question names one of {len(flagged)} clauses that said something else"
        )
        lines += [
            f"  {name}: {count} questions; {_told(standing)}" for name, (standing, count) in flagged.items()
        ]
    if renumbered:
        lines += ["review: clauses with another number, whose questions go with them", *renumbered]
    if lines:
        lines.append(
            "  then: python -m knowledge review --clause ID (or --all), which also brings the numbers up to date"
        )
    return lines


def _told(standing: Standing) -> str:
    if standing.fate == "new":
        return "never reviewed, in use"
    if standing.clause_id is None:
        return "the clause is gone, not in use"
    where = "" if standing.clause_id == standing.name else f" and its number is {standing.clause_id}"
    use = "in use" if standing.is_served else "too little of it is left, not in use"
    return f"the text changed{where}, {use}"
