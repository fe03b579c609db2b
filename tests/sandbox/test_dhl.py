from datetime import timedelta

import httpx2

from sandbox.settings import DHL_KEY, DHL_LOGIN
from tests.sandbox_process import Sandbox

ORDER = {
    "receiverId": "deu",
    "shipmentReference": "label:R-1:p1",
    "shipper": {
        "name1": "Ann",
        "addressStreet": "Weg",
        "addressHouse": "1",
        "postalCode": "10115",
        "city": "Berlin",
    },
}


async def test_a_label_whose_answer_was_lost_is_never_handed_over(own: Sandbox) -> None:
    await own.client.script("R-1", "parcel.happy")
    url = f"{own.url}/dhl/parcel/de/shipping/returns/v1"
    login = httpx2.BasicAuth(*DHL_LOGIN)
    async with httpx2.AsyncClient(auth=login, headers={"dhl-api-key": DHL_KEY}) as http:
        ordered = [await http.post(f"{url}/orders", json=ORDER) for _ in range(2)]
    numbers = [answer.json()["shipmentNo"] for answer in ordered]
    assert numbers[0] != numbers[1]
    await own.client.advance(timedelta(days=20))
    labels = await own.client.ledger("labels")
    assert [row["label_id"] for row in labels if row["kind"] == "billed"] == [numbers[1]]
    assert await own.client.audit() == []
