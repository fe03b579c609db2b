"""A text waits for the customer's morning, by the workflow's own timer."""

from tests.engine import TODAY, eventually, where_it_is
from tests.workflows.case import Case

LATE_EVENING = 23


async def texts(case: Case) -> list[str]:
    rows = await case.engine.sandbox.ledger("sms")
    return [row["step_id"] for row in rows if case.return_id in row["step_id"]]


async def test_a_text_in_the_night_is_on_its_telephone_in_the_morning(case: Case) -> None:
    contact = {"channel": "sms", "time_zone": where_it_is(LATE_EVENING, TODAY)}
    await case.labelled(contact=contact)
    status = await case.until_open("wait_for_morning")
    waits = next(step for step in status["agenda"] if step["action"] == "wait_for_morning")
    assert (waits["actor"], waits["performs"]) == ("system", "")
    assert await texts(case) == []
    await case.later(hours=10)
    sent = await eventually(lambda: texts(case), "texted")
    assert sent == [f"acme:{case.return_id}:notice:{waits['subject']}"]


async def test_who_is_told_by_text_by_day_gets_each_notice_once(case: Case) -> None:
    contact = {"channel": "sms", "time_zone": where_it_is(12, TODAY)}
    await case.engine.sandbox.fault("twilio", "message", "cut_after", key=case.return_id, times=1)
    await case.labelled(contact=contact)
    assert (await case.ask("cancel"))["accepted"]
    await case.until_quiet()
    sent = await texts(case)
    assert len(sent) == len(set(sent)) == 2
