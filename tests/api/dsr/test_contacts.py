"""Equal addresses come out equal, broken ones are refused without being repeated."""

from __future__ import annotations

import pytest

from api.dsr.contacts import Contact, normalise_contact


@pytest.mark.parametrize(
    ("kind", "written", "stored", "masked"),
    [
        ("phone", "13800138000", "+8613800138000", "138****8000"),
        ("phone", " 138-0013-8000 ", "+8613800138000", "138****8000"),
        ("phone", "+86 138 0013 8000", "+8613800138000", "138****8000"),
        ("phone", "0086 13800138000", "+8613800138000", "138****8000"),
        ("phone", "１３８００１３８０００", "+8613800138000", "138****8000"),
        ("phone", "\u202d138 0013 8000\u202c", "+8613800138000", "138****8000"),
        ("phone", "(010) 1234-5678", "+861012345678", "101****5678"),
        ("phone", "+1 415 555 2671", "+14155552671", "+14****2671"),
        ("email", "Wang@EXAMPLE.com", "Wang@example.com", "W***@example.com"),
        ("email", " a@example.cn ", "a@example.cn", "a***@example.cn"),
        ("email", "wang+dsr@mail.example.com", "wang+dsr@mail.example.com", "w***@mail.example.com"),
    ],
)
def test_one_form_for_one_address(kind: str, written: str, stored: str, masked: str) -> None:
    contact = normalise_contact(kind, written)
    assert (contact.kind, contact.value, contact.masked()) == (kind, stored, masked)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("phone", "12345"),
        ("phone", "call me"),
        ("phone", ""),
        ("phone", "1" * 250),
        ("phone", "1-800-FLOWERS"),
        ("phone", "+1 800 FLOWERS"),
        ("phone", "13800138000 ext 5"),
        ("phone", "13800138000 x5"),
        ("phone", "13800138000#5"),
        ("phone", "13800138000,5"),
        ("phone", "13800138000;ext=5"),
        ("phone", "13800138000转5"),
        ("phone", "tel:13800138000"),
        ("phone", "13800138000/13900139000"),
        ("phone", "14100000000"),
        ("phone", "wang@example.com"),
        ("email", "wang@"),
        ("email", "wang at example.com"),
        ("email", "wang@example"),
        ("email", "wang@example.com\nBcc: li@example.com"),
        ("email", "13800138000"),
        ("email", "a" * 300 + "@example.com"),
        ("fax", "13800138000"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(kind: str, written: str) -> None:
    with pytest.raises(ValueError, match=r"not a valid|must be") as refusal:
        normalise_contact(kind, written)
    assert not written or written not in str(refusal.value)


def test_the_mask_of_a_short_local_part_shows_no_more() -> None:
    assert Contact("email", "a@example.com").masked() == "a***@example.com"
