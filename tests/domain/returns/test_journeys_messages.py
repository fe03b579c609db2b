"""How the customer wants to be told: by text, in their day, or only what they must be told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.channels import Channel, Contact, Wish
from domain.returns import commands as c
from domain.returns import notes as n
from domain.returns.events import NoticePlanned
from domain.returns.events.reaching import (
    ContactChosen,
    NoticePostponed,
    NoticeWithheld,
    QuietHoursEnded,
)
from domain.words import Actor
from tests.domain.returns.scenario import A_SECOND, CUSTOMER, MONDAY, STAFF, Scenario
from tests.domain.returns.shop import order
from tests.domain.returns.story import (
    arrived,
    ask,
    begin,
    by_staff,
    counted_all,
    inspection,
    labelled,
    opening,
    receipt,
    scan,
)

TEXTS = Contact(channel="sms", time_zone="Europe/Berlin")
NOTHING = Contact(channel="none")
QUIET = {"from_hour": 21, "until_hour": 8}
NIGHT = {"messages": {"quiet": QUIET, "time_zones": {"*": "Europe/Berlin"}}}
EVENING = datetime(2026, 3, 9, 20, 30, tzinfo=UTC)  # 21:30 in Berlin
MORNING = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


def in_the_evening(rules: dict[str, Any] = NIGHT, **how: Any) -> Scenario:
    """Asked for at half past nine, by the clock of Berlin, and the label bought."""
    return begin(**rules).at(EVENING).when(opening(at=EVENING, **how)).settle()


def choose(contact: Contact) -> c.ChooseContact:
    said: c.ChooseContact = ask(c.ChooseContact, contact=contact)
    return said


def templates(known: Scenario, kind: type[Any]) -> list[str]:
    """The notices that events of a kind are about, by what they say."""
    ids = [event.notice_id for event in known.events if isinstance(event, kind)]
    return [known.state.notices[notice_id].template for notice_id in ids]


def test_who_says_nothing_is_told_by_mail_at_any_hour_and_nothing_else_happens() -> None:
    known = in_the_evening()
    assert known.state.channel_of(known.state.notices["N1"]) is Channel.MAIL
    assert templates(known, NoticePlanned) == ["label"]
    kinds = {type(event) for event in known.events}
    assert not kinds & {ContactChosen, NoticePostponed, NoticeWithheld, QuietHoursEnded}


def test_a_text_in_the_night_waits_for_the_morning_and_everybody_sees_that_it_does() -> None:
    known = in_the_evening(contact=TEXTS)
    assert known.last(NoticePostponed).until == MORNING
    step = known.step("wait_for_morning")
    assert (step.actor, step.due_at, step.performs) == (Actor.SYSTEM, MORNING, "")
    assert "notify" not in known.actions


def test_a_text_that_waited_goes_out_in_the_morning_and_never_before() -> None:
    known = in_the_evening(contact=TEXTS)
    assert known.wait(until=MORNING - A_SECOND).count("QuietHoursEnded") == 0
    known = known.wait(until=MORNING)
    assert known.step("notify").due_at == MORNING + timedelta(days=1)
    known = known.settle()
    assert (known.count("CustomerNotified"), known.count("Escalated")) == (1, 0)


def test_a_text_by_day_waits_for_nothing() -> None:
    known = labelled(rules=NIGHT, contact=TEXTS)
    assert (known.count("NoticePostponed"), known.count("CustomerNotified")) == (0, 1)


def test_a_return_is_not_held_up_by_a_text_that_waits() -> None:
    known = labelled(rules=NIGHT, contact=TEXTS).at(EVENING)
    known = known.when(scan(known)).settle()
    assert known.headline == "in_transit"


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("Asia/Tokyo", datetime(2026, 3, 9, 23, 0, tzinfo=UTC)),  # 05:30 there, 08:00 that day
        ("America/New_York", None),  # 16:30 there
        (None, MORNING),  # as the policy has it
    ],
)
def test_it_is_night_by_the_customers_clock(zone: str | None, until: datetime | None) -> None:
    known = in_the_evening(contact=Contact(channel="sms", time_zone=zone))
    postponed = [event.until for event in known.events if isinstance(event, NoticePostponed)]
    assert postponed == ([until] if until else [])


def test_the_policys_clock_is_that_of_the_customers_country() -> None:
    rules = {"messages": {"quiet": QUIET, "time_zones": {"FR": "Europe/Paris"}}}
    known = labelled(rules=rules, snapshot=order(ship_to="FR"), at=MONDAY)
    assert known.state.time_zone == "Europe/Paris"
    assert labelled(rules=rules).state.time_zone == "UTC"


def test_a_merchant_may_prefer_texts_and_a_customer_mail() -> None:
    rules = {"messages": {**NIGHT["messages"], "channel": "sms"}}
    known = in_the_evening(rules)
    assert "wait_for_morning" in known.actions
    known = in_the_evening(rules, contact=Contact(channel="mail"))
    assert known.count("CustomerNotified") == 1


def test_who_wants_nothing_is_told_a_no_and_is_spared_the_rest() -> None:
    known = labelled(contact=NOTHING)
    assert templates(known, NoticeWithheld) == ["label"]
    assert known.count("CustomerNotified") == 0
    known = known.when(ask(c.Cancel)).settle()
    assert templates(known, NoticeWithheld) == ["label"]
    assert known.count("CustomerNotified") == 1  # that it is cancelled


def test_who_wants_nothing_is_not_reminded_and_not_for_ever() -> None:
    known = labelled(contact=NOTHING).wait(until=MONDAY + timedelta(days=12))
    assert templates(known, NoticeWithheld) == ["label", "reminder"]
    assert "remind" not in known.actions


def test_another_wish_counts_from_then_on_and_for_what_waits() -> None:
    known = in_the_evening(contact=TEXTS)
    by_mail = known.when(choose(Contact(channel="mail")))
    assert by_mail.step("notify").subject == "N1"
    silent = known.when(choose(NOTHING))
    assert templates(silent, NoticeWithheld) == ["label"]
    assert not {"notify", "wait_for_morning"} & set(silent.actions)


def test_who_changes_to_texts_in_the_night_is_not_woken_by_what_waited_for_a_mail_server() -> None:
    known = begin(**NIGHT).at(EVENING).when(opening(at=EVENING)).perform("buy_label")
    assert "notify" in known.actions
    known = known.when(choose(TEXTS))
    assert known.step("wait_for_morning").due_at == MORNING


def test_the_same_wish_again_is_no_news() -> None:
    known = labelled(contact=TEXTS)
    assert known.when(choose(TEXTS)).news == ()
    assert known.last(ContactChosen).by == str(CUSTOMER)


@pytest.mark.parametrize("who", [CUSTOMER, STAFF])
def test_customer_and_staff_may_say_how_the_customer_is_told(who: c.Who) -> None:
    said = c.ChooseContact(request_id="q", actor=who, contact=TEXTS)
    assert labelled().when(said).state.contact == TEXTS


@pytest.mark.parametrize("wish", ["mail", "sms", "none"])
def test_a_completed_return_is_not_opened_again_by_a_wish(wish: Wish) -> None:
    known = labelled().when(ask(c.Cancel)).settle()
    before = known.headline
    assert known.when(by_staff(c.ChooseContact, contact=Contact(channel=wish))).headline == before


# ── Ways that lead to nobody ──────────────────────────────────────────────────────────────


def undelivered(channel: Channel) -> n.NoteUndelivered:
    return n.NoteUndelivered(notice_id="N1", channel=channel, because="550")


def told_nobody(**how: Any) -> Scenario:
    """The label's message is to be sent, and its mailbox is gone."""
    known = begin(**NIGHT).at(how.pop("at", MONDAY)).when(opening(**how)).perform("buy_label")
    return known.when(undelivered(Channel.MAIL))


def test_what_no_mailbox_takes_is_told_by_text_under_a_step_of_its_own() -> None:
    known = told_nobody()
    assert known.step("notify").id == "notice:N1:sms"
    known = known.settle()
    assert (known.count("CustomerNotified"), known.count("Escalated")) == (1, 0)


def test_in_the_night_it_waits_for_the_morning_there_as_well() -> None:
    known = told_nobody(at=EVENING, contact=Contact(channel="mail", time_zone="Europe/Berlin"))
    assert known.step("wait_for_morning").due_at == MORNING
    assert known.wait(until=MORNING).step("notify").id == "notice:N1:sms"


def test_the_same_news_of_a_way_counts_once() -> None:
    assert told_nobody().when(undelivered(Channel.MAIL)).news == ()


def test_once_no_way_is_left_a_person_finds_one_and_nothing_else_waits_for_it() -> None:
    known = told_nobody().when(undelivered(Channel.SMS))
    assert known.step("reach_customer").actor is Actor.MERCHANT
    assert "notify" not in known.actions
    known = known.settle().later(days=1)
    known = known.when(scan(known)).settle().later(days=3)
    known = known.when(receipt(known, counted_all(known.state))).settle()
    known = known.when(inspection(known)).settle()
    assert known.headline == "completed"
    assert "reach_customer" in known.actions


def test_a_person_who_found_a_way_settles_it() -> None:
    known = told_nobody().when(undelivered(Channel.SMS))
    known = known.when(by_staff(c.Override, because="called", settles="unreachable"))
    assert "reach_customer" not in known.actions


# ── What the customer thought of it ───────────────────────────────────────────────────────

ASKING = {"messages": {"ask_opinion_after_days": 14}}
TWO_WEEKS = timedelta(days=14)


def completed(rules: dict[str, Any]) -> Scenario:
    known = arrived(rules=rules)
    known = known.when(inspection(known)).settle()
    assert known.headline == "completed"
    return known


def test_two_weeks_after_its_end_the_customer_is_asked_once_what_they_thought_of_it() -> None:
    known = completed(ASKING)
    ends = known.step("ask_opinion").due_at
    assert ends == known.now + TWO_WEEKS
    assert "feedback" not in templates(known.wait(until=ends - A_SECOND), NoticePlanned)
    known = known.wait(until=ends).settle()
    assert templates(known, NoticePlanned).count("feedback") == 1
    assert (known.headline, known.actions) == ("completed", [])


def test_who_has_said_it_is_not_asked() -> None:
    known = completed(ASKING).when(ask(c.GiveFeedback, rating=5))
    assert known.actions == []


def test_where_the_policy_asks_nobody_nothing_is_left_after_the_end() -> None:
    assert completed({}).actions == []


def test_a_return_that_is_open_again_is_not_asked_about() -> None:
    known = completed(ASKING)
    bounced = c.ReportPayout(
        message_id="b", occurred_at=known.now, instruction_id=next(iter(known.state.payouts))
    )
    known = known.when(bounced).perform("look_up_payout", state="failed", reason="card_closed")
    assert known.headline != "completed"
    assert "ask_opinion" not in known.actions


def test_who_wants_nothing_is_not_asked_either() -> None:
    known = completed(ASKING).when(choose(NOTHING)).later(days=14).when(n.NoteDeadline())
    assert templates(known, NoticeWithheld) == ["feedback"]
    assert known.actions == []
