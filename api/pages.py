"""The pages and what they load; browsers ask each time whether it changed, so a new release is seen at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).parent / "web"
PAGES = {
    "/": "index.html",
    "/policy": "policy.html",
    "/requests": "requests.html",
    "/requests/{reference}": "request.html",
    "/desk": "desk.html",
}

router = APIRouter(include_in_schema=False)


def _page(name: str) -> FileResponse:
    return FileResponse(WEB / "pages" / name, headers={"Cache-Control": "no-cache"})


def _add(path: str, name: str) -> None:
    async def page() -> FileResponse:
        return _page(name)

    router.add_api_route(path, page, methods=["GET", "HEAD"], name=f"page:{name}")


for _path, _name in PAGES.items():
    _add(_path, _name)


class Revalidated(StaticFiles):
    """Static files a browser asks for again each time; an unchanged one costs a 304."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def static_files() -> StaticFiles:
    return Revalidated(directory=WEB / "static")
