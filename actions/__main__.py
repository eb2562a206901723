"""`python -m actions`: the action server, on loopback only."""

from __future__ import annotations

import argparse
import logging

from rasa_sdk.endpoint import create_app


def main() -> None:
    """Serve the actions of this package; `python -m rasa_sdk` would listen on every address unless told otherwise."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("-p", "--port", type=int, default=5055)
    parser.add_argument("--log-level", default="WARNING")
    options = parser.parse_args()
    logging.basicConfig(level=options.log_level)
    # No origin is allowed: nothing but Rasa talks to this server.
    app = create_app("actions", cors_origins="")
    app.run("127.0.0.1", options.port, access_log=False)


if __name__ == "__main__":
    main()
