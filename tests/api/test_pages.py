"""The pages and their files, with the headers browsers obey."""

from __future__ import annotations

import httpx
import pytest

from api.pages import PAGES, WEB

ADDRESSES = ["/", "/policy", "/requests", "/requests/DSR-7K3M-Q9XA", "/desk"]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_a_page_is_served_under_the_content_policy_and_asked_for_again(
    web: httpx.AsyncClient, path: str
) -> None:
    answer = await web.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"  # the address of a ticket stays at home
    head = await web.head(path)
    assert (head.status_code, head.content) == (200, b"")


def test_every_page_is_tried_and_every_file_is_a_page() -> None:
    assert len(ADDRESSES) == len(PAGES)
    assert set(PAGES.values()) == {path.name for path in (WEB / "pages").glob("*.html")}


async def test_static_files_are_asked_for_again_and_not_sent_again(web: httpx.AsyncClient) -> None:
    script = next((WEB / "static").rglob("*.js"))
    path = f"/static/{script.relative_to(WEB / 'static')}"
    answer = await web.get(path)
    assert answer.content == script.read_bytes()
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "no-cache"
    again = await web.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.js",
        "/static/",
        "/static/%2e%2e/pages/desk.html",
        "/static/..%2f..%2fapp.py",
        "/nowhere",
    ],
)
async def test_what_is_not_there_is_the_one_404(web: httpx.AsyncClient, path: str) -> None:
    answer = await web.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
