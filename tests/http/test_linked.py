"""A link in a message opens one thing of one return, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import codes

from adapters.links import Opens, SignedLinks
from api.access.rights import Role
from tests.engine import eventually
from tests.http.conftest import LINK_SECRET, Shop

SIGNED = SignedLinks((LINK_SECRET,))


async def token(shop: Shop, return_id: str, purpose: str, *, days: int = 1) -> str:
    until = await shop.doors.clock.now() + timedelta(days=days)
    opens = Opens(tenant=shop.tenant, return_id=return_id, customer_id="c-7", until=until)
    return SIGNED.sign(purpose, opens)


async def test_the_link_of_a_label_gives_it_and_is_kept_nowhere(shop: Shop) -> None:
    own = await shop.opened()
    path = f"/v1/linked/label/{await token(shop, own, 'label')}"

    async def given() -> bool:
        return (await shop.http.get(path)).status_code == codes.OK

    await eventually(given, "bought")
    answer = await shop.http.get(path)
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("purpose", "days"), [("return", 1), ("label", -1)])
async def test_a_link_for_something_else_or_of_yesterday_opens_nothing(
    shop: Shop, purpose: str, days: int
) -> None:
    own = await shop.opened()
    shown = await token(shop, own, purpose, days=days)
    answer = await shop.http.get(f"/v1/linked/label/{shown}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_link")


async def test_the_link_of_a_label_is_no_key_to_its_return(shop: Shop) -> None:
    own = await shop.opened()
    header = {"Authorization": f"Bearer bhl_{await token(shop, own, 'label')}"}
    assert (await shop.http.get(f"/v1/returns/{own}", headers=header)).status_code == 401


async def feedback(shop: Shop, return_id: str) -> list[dict[str, Any]]:
    """What the customer's opinions are, and who gave them."""
    answer = await shop.http.get(
        f"/v1/returns/{return_id}/events", headers=await shop.key(Role.ADMIN)
    )
    return [
        {"by": event["actor"], "rating": event["data"]["rating"], "note": event["data"]["note"]}
        for event in answer.json()["events"]
        if event["type"] == "FeedbackReceived"
    ]


async def test_an_opinion_comes_back_by_its_link_once_and_in_the_customers_name(
    shop: Shop,
) -> None:
    own = await shop.opened()
    path = f"/v1/linked/feedback/{await token(shop, own, 'feedback')}"
    page = await shop.http.get(path)
    assert f"votre retour ? {own}" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert await feedback(shop, own) == []  # to look at it says nothing
    for rating in ("4", "1"):
        answer = await shop.http.post(path, data={"rating": rating, "note": "rapide & simple"})
        assert (answer.status_code, "Merci" in answer.text) == (200, True)
    said = {"by": "customer:c-7", "rating": 4, "note": "rapide & simple"}
    assert await feedback(shop, own) == [said]
    assert "Merci" in (await shop.http.get(path)).text


@pytest.mark.parametrize("rating", ["", "6", "five", "4.5", "٤"])
async def test_what_is_no_rating_is_named_and_recorded_as_nothing(shop: Shop, rating: str) -> None:
    own = await shop.opened()
    path = f"/v1/linked/feedback/{await token(shop, own, 'feedback')}"
    answer = await shop.http.post(path, data={"rating": rating})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"].startswith("rating: ")
    assert await feedback(shop, own) == []
