"""Sentence embeddings for the Rasa featurizer, so that one encoder serves both sides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.auth import require_service
from api.text import CleanText
from knowledge.encoders.encoder import Encoder

router = APIRouter(dependencies=[Depends(require_service)])


class EncoderDescription(BaseModel):
    fingerprint: str
    dimension: int


class EmbeddingsRequest(BaseModel):
    texts: list[Annotated[CleanText, Field(max_length=4000)]] = Field(min_length=1, max_length=512)


class Embeddings(BaseModel):
    fingerprint: str
    vectors: list[list[float]]


def encoder(request: Request) -> Encoder:
    found: Encoder = request.app.state.encoder
    return found


EncoderDep = Annotated[Encoder, Depends(encoder)]


@router.get("/encoder")
async def describe(encoder: EncoderDep) -> EncoderDescription:
    """What the embeddings are made with; a model trained with another fingerprint must not run."""
    return EncoderDescription(fingerprint=encoder.fingerprint, dimension=encoder.dimension)


@router.post("/embeddings")
async def embed(body: EmbeddingsRequest, encoder: EncoderDep) -> Embeddings:
    """Unit vectors of the texts as queries, shape (texts, dimension)."""
    vectors = await run_in_threadpool(encoder.encode, body.texts, "query")
    return Embeddings(fingerprint=encoder.fingerprint, vectors=vectors.tolist())
