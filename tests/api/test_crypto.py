"""Secrets are made once, whoever comes first; what is sealed opens with the right key only."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet

from api.crypto import ENCRYPTION_KEYS, SIGNING_KEY, Undecryptable, Vault, ensure_secret, hash_token

KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ADDRESS = "wang@example.com"


def test_a_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "secrets"
    made = ensure_secret(folder, "service_token")
    assert len(made) >= 40
    assert ensure_secret(folder, "service_token") == made
    assert ensure_secret(folder, "another") != made
    assert (folder / "service_token").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_given_value_is_kept_unless_there_is_one(tmp_path: Path) -> None:
    assert ensure_secret(tmp_path, "name", "mine") == "mine"
    assert ensure_secret(tmp_path, "name", "yours") == "mine"


def test_threads_agree(tmp_path: Path) -> None:
    start = Barrier(8)

    def make(number: int) -> str:
        start.wait()
        return ensure_secret(tmp_path, "name", f"value {number}")

    with ThreadPoolExecutor(8) as pool:
        values = set(pool.map(make, range(8)))
    assert len(values) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["name"]  # no drafts are left


def test_processes_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from api.crypto import ensure_secret; sys.stdin.read(); "
        "print(ensure_secret(Path(sys.argv[1]), 'name'))"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]
    values = {process.communicate("")[0] for process in starting}
    assert len(values) == 1
    assert values != {""}


def test_what_is_sealed_opens_again() -> None:
    vault = Vault(KEY, "signing")
    sealed = vault.encrypt("王小明 <wang@example.com>")
    assert "wang" not in sealed
    assert vault.encrypt("王小明 <wang@example.com>") != sealed
    assert vault.decrypt(sealed) == "王小明 <wang@example.com>"


def test_a_vault_is_the_same_after_a_restart(tmp_path: Path) -> None:
    first, second = Vault.open(tmp_path), Vault.open(tmp_path)
    assert second.decrypt(first.encrypt(ADDRESS)) == ADDRESS
    assert second.sign("subject", "1") == first.sign("subject", "1")
    assert {path.name for path in tmp_path.iterdir()} == {ENCRYPTION_KEYS, SIGNING_KEY}


def test_a_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    old = Vault(KEY, "signing")
    both = Vault(f"{OTHER_KEY}\n{KEY}\n\n", "signing")
    assert both.decrypt(old.encrypt(ADDRESS)) == ADDRESS
    with pytest.raises(Undecryptable):
        old.decrypt(both.encrypt(ADDRESS))
    assert Vault(OTHER_KEY, "signing").decrypt(both.encrypt(ADDRESS)) == ADDRESS


@pytest.mark.parametrize("damage", [lambda sealed: sealed[:-4], lambda _: "no token", lambda _: ""])
def test_what_does_not_open_is_told(damage: object) -> None:
    assert callable(damage)
    vault = Vault(KEY, "signing")
    with pytest.raises(Undecryptable) as told:
        vault.decrypt(damage(vault.encrypt(ADDRESS)))
    assert told.value.status == 500


def test_a_key_that_is_none_stops_the_start() -> None:
    with pytest.raises(ValueError, match="Fernet"):
        Vault("not a key", "signing")


def test_a_token_is_for_one_purpose_and_one_subject() -> None:
    vault = Vault(KEY, "signing")
    token = vault.sign("subject", "request 1")
    assert vault.verify("subject", "request 1", token)
    assert not vault.verify("subject", "request 2", token)
    assert not vault.verify("agent", "request 1", token)
    assert not Vault(KEY, "another").verify("subject", "request 1", token)


@pytest.mark.parametrize("forged", ["", "x" * 43, "令牌", "\ud800", "\x00"])
def test_a_forged_token_is_just_wrong(forged: str) -> None:
    assert not Vault(KEY, "signing").verify("subject", "request 1", forged)


def test_a_blind_index_finds_equals_and_tells_nothing() -> None:
    vault = Vault(KEY, "signing")
    index = vault.blind_index("email", ADDRESS)
    assert index == Vault(OTHER_KEY, "signing").blind_index("email", ADDRESS)  # survives new encryption keys
    assert len(index) == 64
    assert index != vault.blind_index("phone", ADDRESS)
    assert index != vault.blind_index("email", "li@example.com")
    assert index != Vault(KEY, "another").blind_index("email", ADDRESS)


def test_tokens_are_stored_hashed() -> None:
    assert hash_token("a") != hash_token("b")
    assert len(hash_token("\ud800令牌")) == 64
