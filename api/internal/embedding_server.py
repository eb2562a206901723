"""``python -m api.internal.embedding_server PORT``: only the embedding routes, while Rasa is being trained."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI

from api import error_handlers
from api.crypto import SERVICE_TOKEN, ensure_secret
from api.internal.embeddings import router
from api.settings import Settings
from knowledge.encoders.encoder import open_encoder


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(openapi_url=None)
    app.state.encoder = open_encoder(str(settings.encoder_dir), settings.encoder_threads)
    app.state.service_token = ensure_secret(settings.secrets_dir, SERVICE_TOKEN)
    app.include_router(router, prefix="/internal")
    error_handlers.install(app)
    return app


if __name__ == "__main__":
    uvicorn.run(create_app(Settings()), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
