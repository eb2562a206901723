"""Editions: one index a version, whole or not at all, replaced in one step, whatever happens on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.editions.edition import Edition, open_edition
from knowledge.editions.edition_files import POINTER, Contents, Hold, read_contents
from knowledge.editions.publishing import publish
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import EncoderMismatch, IndexMissing, IndexNotWritten, PolicyError
from knowledge.index_files import IndexUnreadable
from knowledge.text.notes import load_notes
from knowledge.text.policy import load_store
from knowledge.text.policy_json import dump_policies, load_policies
from tests.knowledge.lantern import TEXT, FailingEncoder, small_encoders, write_entries, write_policy
from tests.knowledge.versions import OLD, write_both, write_old_version

ROOT = Path(__file__).parents[2]
TANCLOUD = ROOT / "knowledge" / "policies" / "tancloud"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy of two versions with its edition; tests that change either must copy it first."""
    folder = tmp_path_factory.mktemp("published")
    write_both(folder / "policy")
    assert publish(folder / "index", folder / "policy", small_encoders()) is True
    return folder


@pytest.fixture
def cold(tmp_path: Path) -> Path:
    """The same without a bank, which is quick to build."""
    both = tmp_path / "cold"
    write_old_version(write_policy(both / "policy"))
    assert _publish(both)
    return both


@pytest.fixture
def both(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "both"))


def _publish(both: Path, report: Callable[[str], None] = lambda line: None) -> bool:
    return publish(both / "index", both / "policy", small_encoders(), report)


def _open(both: Path) -> Edition:
    return open_edition(both / "index", small_encoders())


def _change(both: Path) -> None:
    write_policy(both / "policy", text=TEXT.replace("three years", "four years"))


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _answers(both: Path, version: str | None, query: str) -> str:
    return _open(both).retriever(version).search(query).ranked[0].clause_id


class TestVersions:
    def test_each_is_searched_with_an_index_of_its_own(self, published: Path) -> None:
        for version, closing, contact in ((None, "3.2", "5"), (OLD, "3.3", "6")):
            assert _answers(published, version, "how do I close my account") == closing
            assert _answers(published, version, "where can I write to you") == contact

    def test_a_clause_that_only_the_older_version_has_is_found_there(self, published: Path) -> None:
        for query in ("to play we collect a nickname", "参加猜谜游戏时收集我的昵称吗"):
            assert _answers(published, OLD, query) == "4"

    def test_they_share_the_encoders(self, published: Path) -> None:
        edition = _open(published)
        assert edition.retriever(OLD).encoder is edition.retriever().encoder
        assert edition.retriever(OLD) is edition.retriever(OLD)

    def test_a_version_that_hardly_any_question_serves_still_answers(self, tmp_path: Path) -> None:
        write_old_version(write_policy(tmp_path / "policy"))
        write_entries(tmp_path / "policy" / "questions.en.yml", [{"clauses": ["3.1"], "text": "a copy"}])
        assert _publish(tmp_path)  # the only question is about a clause that said something else then
        assert _answers(tmp_path, OLD, "your postal address for delivery") == "1.2"

    def test_of_a_new_version_only_that_is_built(self, tmp_path: Path) -> None:
        both = tmp_path / "both"
        write_policy(both / "policy")
        _publish(both)
        (first,) = read_contents(both / "index").indexes.values()
        shutil.copytree(both / "policy", both / "policy" / "versions" / "1")
        manifest = (both / "policy" / "policy.yml").read_text()
        (both / "policy" / "policy.yml").write_text(manifest.replace('"1"', '"2"').replace("2024", "2025"))
        built: list[str] = []
        assert _publish(both, built.append)
        contents = read_contents(both / "index")
        assert contents.indexes["1"] == first
        assert sum("are ready" in line for line in built) == 1
        assert list(contents.indexes) == ["1", "2"]

    def test_a_new_question_builds_only_what_it_serves(self, both: Path) -> None:
        before = read_contents(both / "index").indexes
        path = both / "policy" / "questions.en.yml"
        path.write_text(path.read_text() + '- {"clauses": ["3.1"], "text": "mail me everything"}\n')
        assert _publish(both)
        after = read_contents(both / "index").indexes
        assert before[OLD] == after[OLD]
        assert before["1"] != after["1"]


class TestWhenItIsPublished:
    def test_nothing_is_done_twice(self, both: Path) -> None:
        before, lines = _files(both), list[str]()
        idle = JoinedEncoder(FailingEncoder(96, 0), FailingEncoder(64, 0))
        assert publish(both / "index", both / "policy", idle, lines.append) is False
        assert (lines, _files(both)) == ([], before)

    def test_a_note_alone_makes_a_new_edition_of_the_same_indexes(self, cold: Path) -> None:
        before = read_contents(cold / "index")
        note = {"clauses": ["2"], "versions": ["1"], "kind": "layout", "text": {"zh": "注", "en": "note"}}
        (cold / "policy" / "notes.yml").write_text(json.dumps({"notes": [note]}), "utf-8")
        assert _publish(cold)
        after = read_contents(cold / "index")
        assert (before.indexes, before.id != after.id) == (after.indexes, True)
        assert [note.text.en for note in _open(cold).notes.for_clause("2", "1")] == ["note"]

    def test_texts_and_indexes_are_those_of_one_moment(self, cold: Path) -> None:
        _change(cold)
        assert "three years" in (_open(cold).store.current.clause("4").text.en or "")
        assert _publish(cold)
        assert "four years" in (_open(cold).store.current.clause("4").text.en or "")

    def test_what_is_not_needed_any_more_is_removed_unless_somebody_holds_it(self, cold: Path) -> None:
        indexes = cold / "index" / "indexes"
        older, current = (place.folder for place in read_contents(cold / "index").indexes.values())
        hold = Hold(indexes / current)
        _change(cold)
        assert _publish(cold)
        named = {place.folder for place in read_contents(cold / "index").indexes.values()}
        assert {path.name for path in indexes.iterdir()} == {*named, current}
        hold.release()
        assert _publish(cold) is False
        assert {path.name for path in indexes.iterdir()} == named
        assert len(list((cold / "index" / "texts").iterdir())) == 1
        assert older in named

    def test_a_version_not_yet_read_can_be_read_after_the_edition_was_replaced(self, cold: Path) -> None:
        edition = _open(cold)
        (cold / "policy" / "unanswerable.en.yml").write_text('- {"text": "who won the cup"}\n')
        assert _publish(cold)
        assert edition.retriever(OLD).search("write to us by e-mail").ranked[0].clause_id == "6"
        del edition
        _publish(cold)
        assert len(list((cold / "index" / "indexes").iterdir())) == 2

    def test_an_index_from_before_there_were_editions_is_built_anew(self, cold: Path, tmp_path: Path) -> None:
        root = tmp_path / "old layout"
        place = read_contents(cold / "index").indexes["1"].folder
        shutil.copytree(cold / "index" / "indexes" / place, root)
        (root / "mine.txt").write_text("not ours")
        with pytest.raises(IndexMissing):
            open_edition(root, small_encoders())
        assert publish(root, cold / "policy", small_encoders())
        assert {path.name for path in root.iterdir()} == {POINTER, "indexes", "texts", "mine.txt"}
        open_edition(root, small_encoders())

    def test_flagged_questions_are_told_and_kept_in_the_edition(self, both: Path) -> None:
        (both / "policy" / "reviewed.yml").write_text('"2": "000000000000"\n')
        lines: list[str] = []
        assert _publish(both, lines.append)
        flagged = read_contents(both / "index").flagged
        assert flagged["2"] == {"fate": "changed", "now": "2", "questions": 3}
        assert "  2: 3 questions; the text changed, in use" in lines

    def test_a_policy_that_cannot_be_read_leaves_the_old_one(self, cold: Path) -> None:
        before = _files(cold / "index")
        (cold / "policy" / "policy.md").write_text("")
        with pytest.raises(PolicyError):
            _publish(cold)
        assert _files(cold / "index") == before


class TestABuildThatDies:
    """Killed with -9 when it says a certain thing; what serves must be the old edition or the new one, whole."""

    @pytest.mark.parametrize(
        "moment",
        [
            "Index: encoding passages",
            "Ranker: training network 2",
            "now serves",
        ],
    )
    def test_the_old_one_goes_on_serving_or_the_new_one_does(self, both: Path, moment: str) -> None:
        old = read_contents(both / "index").id
        _change(both)
        with _started(both) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if moment in line:
                    os.kill(process.pid, signal.SIGKILL)
                    break
        assert process.returncode == -signal.SIGKILL
        edition = _open(both)
        kept = edition.store.current.clause("4").text.en or ""
        assert ("four years" if moment == "now serves" else "three years") in kept
        assert (edition.id == old) is (moment != "now serves")
        assert edition.retriever().search("how do I close my account").ranked[0].clause_id == "3.2"
        _publish(both)
        assert "four years" in (_open(both).store.current.clause("4").text.en or "")
        names = {place.folder for place in read_contents(both / "index").indexes.values()}
        del edition
        _publish(both)
        assert {path.name for path in (both / "index" / "indexes").iterdir()} == names

    @pytest.mark.parametrize("limit", [1000, 6000, 20_000])
    def test_a_full_disk_is_told_in_one_line_and_leaves_nothing_behind(self, cold: Path, limit: int) -> None:
        before = _files(cold / "index")
        _change(cold)
        with _started(cold, str(limit)) as process:
            printed, _ = process.communicate()
        assert process.returncode == 1
        last = printed.splitlines()[-1]
        assert last.startswith(f"IndexNotWritten: the index in {cold / 'index'} could not be written: ")
        assert _files(cold / "index").keys() - before.keys() <= {_lock(cold)}
        assert (
            _open(cold).store.current.clause("4").text.en
            == "We keep order records for three years and delete them then."
        )

    def test_a_folder_that_cannot_be_written_is_told(self, cold: Path, tmp_path: Path) -> None:
        (tmp_path / "a file").write_text("")
        with pytest.raises(IndexNotWritten, match="could not be written: Not a directory"):
            publish(tmp_path / "a file" / "index", cold / "policy", small_encoders())


def _lock(both: Path) -> str:
    return next(
        (str(p.relative_to(both / "index")) for p in (both / "index" / "indexes").glob(".*.lock")), ""
    )


def _started(both: Path, *limit: str) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("publish_small.py")
    command = [sys.executable, str(script), str(both / "index"), str(both / "policy"), *limit]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=both)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _turned(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


class TestDamage:
    @pytest.mark.parametrize("version", ["1", OLD])
    @pytest.mark.parametrize("damage", [_cut, _turned, Path.unlink])
    def test_no_file_of_any_version_can_be_damaged_unseen(
        self, cold: Path, version: str, damage: Callable[[Path], None]
    ) -> None:
        folder = cold / "index" / "indexes" / read_contents(cold / "index").indexes[version].folder
        for path in sorted(folder.iterdir()):
            whole = path.read_bytes()
            damage(path)
            with pytest.raises((IndexUnreadable, IndexMissing)):
                _open(cold)
            path.write_bytes(whole)
        _open(cold)

    @pytest.mark.parametrize("damage", [_cut, _turned, Path.unlink])
    def test_texts_too(self, cold: Path, damage: Callable[[Path], None]) -> None:
        (path,) = (cold / "index" / "texts").iterdir()
        damage(path)
        with pytest.raises((IndexUnreadable, IndexMissing)):
            _open(cold)
        assert _publish(cold)
        _open(cold)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "{}",
            '{"format": 2}',
            '{"format": 1, "indexes": []}',
            '{"format": 1, "indexes": {"1": 1}}',
        ],
    )
    def test_a_pointer_that_is_none_is_refused_and_made_again(self, cold: Path, text: str) -> None:
        (cold / "index" / POINTER).write_text(text)
        with pytest.raises(IndexUnreadable, match="does not name an edition"):
            _open(cold)
        assert _publish(cold)
        _open(cold)

    def test_a_damaged_index_is_built_again(self, cold: Path) -> None:
        folder = cold / "index" / "indexes" / read_contents(cold / "index").indexes[OLD].folder
        _turned(folder / "dense.index")
        with pytest.raises(IndexUnreadable, match=r"dense\.index is damaged"):
            _open(cold)
        _publish(cold)
        assert _open(cold).retriever(OLD).search("postal address").ranked

    def test_other_encoders_are_refused(self, cold: Path) -> None:
        with pytest.raises(EncoderMismatch):
            open_edition(cold / "index", JoinedEncoder(HashEncoder(96), HashEncoder(65)))

    def test_nothing_published_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing, match="build it first"):
            open_edition(tmp_path / "nowhere", small_encoders())

    def test_an_edition_replaced_while_it_is_opened_is_opened_in_its_new_form(
        self, cold: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read_and_be_overtaken(root: Path) -> Contents:
            monkeypatch.undo()
            contents = read_contents(root)
            _change(cold)
            _publish(cold)
            return contents

        monkeypatch.setattr("knowledge.editions.edition.read_contents", read_and_be_overtaken)
        assert "four years" in (_open(cold).store.current.clause("4").text.en or "")


@pytest.mark.parametrize("folder", ["tancloud", "lantern"])
def test_policies_and_notes_come_back_from_json_as_they_were(published: Path, folder: str) -> None:
    path = TANCLOUD if folder == "tancloud" else published / "policy"
    store = load_store(path)
    notes = load_notes(path / "notes.yml", store)
    data = dump_policies(store, notes)
    loaded, loaded_notes = load_policies(data)
    assert loaded.versions == store.versions
    assert [dict(clause.line) for policy in loaded.versions for clause in policy.clauses.values()] == [
        dict(clause.line) for policy in store.versions for clause in policy.clauses.values()
    ]
    assert list(loaded_notes.pairs()) == list(notes.pairs())
    assert dump_policies(loaded, loaded_notes) == data
