"""After real conversations no store but the encrypted one, and no log, holds what people are known by."""

from __future__ import annotations

from tests.product.conftest import NewTalk
from tests.product.test_conversations import fill
from tests.running import Product

PHONE = "13912345678"
EMAIL = "zhang.san.privat@example.cn"
ID_NUMBER = "11010519491231002X"
CARD = "6222021234567890128"


def test_no_personal_data_outside_the_vault(product: Product, new_talk: NewTalk) -> None:
    talk = new_talk("zh")
    for text in (
        f"我的手机是{PHONE}",
        f"邮箱{EMAIL}谢谢",
        f"身份证{ID_NUMBER}",
        f"卡号{CARD}",
        "My phone is +86 139 1234 5678",
    ):
        talk.say(text)
    fill(talk, "zh", "帮我注销账号")
    talk.http.post("/policy/search", json={"query": f"谁在用{PHONE}"})
    talk.http.post(
        "/dsr/requests", json={"contact": {"value": EMAIL}, "lang": PHONE}, headers={"Idempotency-Key": EMAIL}
    )
    looked_at = [path for path in product.data.rglob("*") if path.is_file()]
    assert {"clausedesk.db", "tracker.db", "product.log"} <= {path.name for path in looked_at}
    for path in looked_at:
        content = path.read_bytes()
        for secret in (PHONE, EMAIL, ID_NUMBER, CARD, "139 1234 5678"):
            assert secret.encode() not in content, f"{path.name} holds personal data"
