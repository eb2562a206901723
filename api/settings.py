"""Every setting of the product; each is an environment variable with the prefix ``CLAUSEDESK_``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import limits
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment and from ``.env``; defaults are safe for a machine of one's own."""

    model_config = SettingsConfigDict(env_prefix="CLAUSEDESK_", env_file=".env", extra="ignore")

    host: str = Field(
        "127.0.0.1", description="Address the product listens on; put an HTTPS proxy before it."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port of the product.")
    rasa_port: int = Field(5005, ge=1, le=65535, description="Port of Rasa, on loopback only.")
    actions_port: int = Field(
        5055, ge=1, le=65535, description="Port of the action server, on loopback only."
    )
    public_url: str = Field(
        "", description="Address users see, e.g. https://desk.example.com; default: host and port."
    )

    data_dir: Path = Field(
        Path("var/data"), description="What must be kept: database, secrets, dialogue store."
    )
    prepared_dir: Path = Field(Path("var"), description="What can be made again: encoder, index, Rasa model.")
    database_url: str = Field("", description="SQLAlchemy URL; default: SQLite in the data folder.")
    policies_dir: Path = Field(Path("knowledge/policies"), description="Folder with one folder a policy.")
    policy: str = Field("tancloud", description="Name of the policy folder that is served.")
    encoder: str = Field(
        "", description="Folder of another Sentence Transformers model; default: the one made by make run."
    )
    encoder_threads: int = Field(1, ge=1, le=64, description="Threads the encoder may use for one text.")

    index_poll_seconds: float = Field(
        2.0, gt=0, description="How often to look whether `knowledge build` has published a new index."
    )

    rasa_timeout_seconds: float = Field(4.0, gt=0, description="Longest wait for one dialogue turn.")
    breaker_failures: int = Field(
        3, ge=1, description="Failed turns after which Rasa is left alone for a while."
    )
    breaker_seconds: float = Field(5.0, gt=0, description="How long Rasa is left alone.")
    session_hours: int = Field(24, ge=1, description="Life of a chat session without a message.")
    session_message_limit: int = Field(400, ge=10, description="Most messages of one chat session.")
    message_characters: int = Field(2000, ge=100, description="Longest message of a user.")
    max_body_bytes: int = Field(65536, ge=4096, description="Largest request body.")

    rate_limits: Literal["on", "off"] = Field(
        "on", description="Limits on the public routes; off for load tests."
    )
    rate_limit_search: str = Field("120/minute", description="Searches of one address.")
    rate_limit_sessions: str = Field("30/minute", description="Chat sessions started from one address.")
    rate_limit_messages: str = Field("60/minute", description="Chat messages from one address.")
    rate_limit_requests: str = Field("10/minute", description="Data subject requests filed from one address.")
    rate_limit_lessons: str = Field(
        "60/minute", description="Lessons confirmed or withdrawn from one address."
    )
    rate_limit_login: str = Field("10/minute", description="Login tries from one address.")
    rate_limit_loopback_factor: int = Field(
        200,
        ge=1,
        description="Times the limits for callers on this machine that no proxy forwarded (not for login).",
    )
    redis_url: str = Field("", description="Redis URL for the limits when several processes serve.")

    agent_session_hours: int = Field(12, ge=1, description="Longest life of an agent's login.")
    agent_idle_minutes: int = Field(60, ge=1, description="Idle time after which an agent is logged out.")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level logged.")
    log_format: Literal["json", "console"] = Field(
        "json", description="One JSON object a line, or readable text."
    )

    @field_validator(
        "rate_limit_search",
        "rate_limit_sessions",
        "rate_limit_messages",
        "rate_limit_requests",
        "rate_limit_lessons",
        "rate_limit_login",
    )
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        """Refused here, by name, and not later by a process that cannot start."""
        limits.parse(value)
        return value

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with an async driver; SQLite in the data folder by default."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'clausedesk.db').resolve()}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+asyncpg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def base_url(self) -> str:
        """Where users reach the product, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def secrets_dir(self) -> Path:
        return self.data_dir / "secrets"

    @property
    def policy_dir(self) -> Path:
        return self.policies_dir / self.policy

    @property
    def index_dir(self) -> Path:
        return self.prepared_dir / "index" / self.policy

    @property
    def rasa_model(self) -> Path:
        return self.prepared_dir / "rasa" / "models" / "clausedesk.tar.gz"

    @property
    def encoder_dir(self) -> Path:
        return Path(self.encoder) if self.encoder else self.prepared_dir / "encoder" / "multilingual-e5-small"
