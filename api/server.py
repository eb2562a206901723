"""``python -m api.server``: the product under uvicorn, as the launcher and a process manager start it."""

from __future__ import annotations

import uvicorn

from api import logs
from api.app import create_app
from api.settings import Settings


def main() -> None:
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    # Forwarding headers are believed from this machine only: a proxy elsewhere would be a setting of uvicorn's.
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
