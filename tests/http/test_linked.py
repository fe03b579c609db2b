"""A link in a message opens one thing of one return, and nothing else."""

from datetime import timedelta

import pytest
from httpx2 import codes

from adapters.links import Opens, SignedLinks
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
