"""Everything made from the repository before the processes start, each only when its inputs changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.crypto import SERVICE_TOKEN, ensure_secret
from api.launch.dialogue_data import write_questions
from api.launch.environments import LaunchError, Report
from api.settings import Settings
from knowledge.editions.edition_files import read_contents

RASA_INPUTS = ("config.yml", "domain", "data", "nlu", "constraints.txt")
READY_SECONDS = 60.0


def prepare(settings: Settings, report: Report) -> None:
    """Encoder, index and dialogue model; raises LaunchError with the end of the log when a step fails."""
    prepare_knowledge(settings, report)
    train_dialogue(settings, report)


def prepare_knowledge(settings: Settings, report: Report) -> None:
    """Encoder and index, each only when its inputs changed; an encoder of one's own is used as it is."""
    if not settings.encoder:
        _step(
            ["encoder", "--folder", str(settings.encoder_dir), "--policy", str(settings.policy_dir)], report
        )
    _step(
        [
            "build",
            str(settings.policy_dir),
            *("--encoder", str(settings.encoder_dir)),
            *("--index", str(settings.index_dir)),
        ],
        report,
    )


def rasa_python(root: Path = Path()) -> Path:
    return root.resolve() / ".venv-bot" / "bin" / "python"


def rasa_environment(settings: Settings) -> dict[str, str]:
    """What the Rasa side is told; its service token is the only secret it holds."""
    data = settings.data_dir.resolve()
    # Our settings may hold a database password; the Rasa side has no use for any of them.
    others = {name: value for name, value in os.environ.items() if not name.startswith("CLAUSEDESK_")}
    return {
        **others,
        "CLAUSEDESK_API_URL": f"http://127.0.0.1:{settings.port}",
        "CLAUSEDESK_ACTIONS_URL": settings.actions_url,
        "CLAUSEDESK_SERVICE_TOKEN": ensure_secret(settings.secrets_dir, SERVICE_TOKEN),
        "CLAUSEDESK_RASA_TRACKER_DB": str(data / "tracker.db"),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Rasa 3.6 and what it pins warn of their own age at every start; nothing there can be mended here.
        "PYTHONWARNINGS": "ignore",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def train_dialogue(settings: Settings, report: Report) -> None:
    """Train Rasa when its data, code or the encoder changed; the old model stays until the new one is whole."""
    model = settings.rasa_model
    questions = questions_file(settings)
    write_questions(settings.policy_dir, questions)
    stamp = model.with_suffix(".stamp")
    inputs = rasa_inputs(settings)
    if model.exists() and stamp.exists() and stamp.read_text() == inputs:
        return
    report("Dialogue model: training (about a minute)")
    draft = model.parent.parent / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    log = Path("var/logs/rasa-train.log")
    with embedding_server(settings) as url:
        environment = {**rasa_environment(settings), "CLAUSEDESK_API_URL": url}
        command = [str(rasa_python()), "-m", "rasa", "train", "--config", "bot/config.yml"]
        command += ["--domain", "bot/domain", "--data", "bot/data", str(questions), "--out"]
        command.append(str(draft.resolve()))
        _logged([*command, "--fixed-model-name", model.name.removesuffix(".tar.gz")], log, environment)
    trained = draft / model.name
    if not trained.exists():
        raise LaunchError(f"Rasa finished without a model; see {log}.")
    model.parent.mkdir(parents=True, exist_ok=True)
    os.replace(trained, model)
    stamp.write_text(inputs)
    shutil.rmtree(draft)


def questions_file(settings: Settings) -> Path:
    """Where the bank's sample for the dialogue model is written."""
    return settings.prepared_dir / "rasa" / "nlu" / "policy_questions.yml"


def rasa_inputs(settings: Settings) -> str:
    """A digest of everything that a trained dialogue model depends on."""
    digest = hashlib.sha256(_encoder_identity(settings))
    questions = questions_file(settings)
    digest.update(questions.read_bytes() if questions.exists() else b"")
    for name in RASA_INPUTS:
        base = Path("bot") / name
        for path in sorted(base.rglob("*")) if base.is_dir() else [base]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def embedding_server(settings: Settings) -> Iterator[str]:
    """The embedding routes on a free loopback port, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = Path("var/logs/embedding-server.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        command = [sys.executable, "-m", "api.internal.embedding_server", str(port)]
        process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            _wait_for(f"http://127.0.0.1:{port}/internal/encoder", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise LaunchError(f"The embedding server did not start; the end of {log}:\n{_tail(log)}")


def _encoder_identity(settings: Settings) -> bytes:
    manifest = settings.encoder_dir / "manifest.json"
    if manifest.is_file():
        return manifest.read_bytes()
    # Another Sentence Transformers model has none of ours; the index was just made with it and says which it was.
    return read_contents(settings.index_dir).encoder.encode()


def _step(arguments: Sequence[str], report: Report) -> None:
    """Run one knowledge command and pass its progress on."""
    command = [sys.executable, "-m", "knowledge", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            report(lines[-1])
    if process.returncode != 0:
        raise LaunchError(f"'knowledge {arguments[0]}' failed:\n" + "\n".join(lines[-15:]))


def _logged(command: Sequence[str], log: Path, environment: dict[str, str]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        code = subprocess.run(command, stdout=file, stderr=file, env=environment, check=False).returncode
    if code != 0:
        raise LaunchError(f"'{' '.join(command[2:5])} …' failed; the end of {log}:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


if __name__ == "__main__":
    try:
        prepare(Settings(), lambda line: print(line, flush=True))
    except LaunchError as problem:
        sys.exit(f"ClauseDesk cannot be prepared: {problem}")
