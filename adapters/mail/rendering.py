"""A message in the customer's language: subject, text, the same as a page, and as a short text.

A template is a subject line and what there is to say; the frame of its language greets,
lists the facts and signs. Which facts a message shows is said here, so that a fact in the
wrong place is not shown at all.

Every template is given `return_id` and `order_id`. The others are optional:

- `amount`, `"10.85 EUR"` as `Money.plain()` writes it;
- `because`, a sentence, or one of the codes in `reasons.yaml`;
- `ship_by`, `answer_by`, `pay_by`, `valid_until`, days, and `from`, `until`, times (RFC 3339);
- `unit`, `sku`, `tracking_number`, `code`, `label_url`, `pay_url`, `feedback_url`, as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from textwrap import shorten
from typing import Protocol

import yaml
from babel.core import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = ("en", "de", "fr", "es", "ru", "zh")
FALLBACK = "en"

_PICKUP = ("from", "until", "tracking_number")
FACTS: Mapping[str, tuple[str, ...]] = {
    "approved": ("amount", "because", "ship_by"),
    "declined": ("because",),
    "in_review": ("because",),
    "label": ("ship_by", "tracking_number", "code", "label_url"),
    "pickup_scheduled": _PICKUP,
    "pickup_failed": ("because", *_PICKUP),
    "reminder": ("ship_by", "tracking_number", "code", "label_url"),
    "expired": ("ship_by",),
    "reopened": ("because", "ship_by"),
    "received": ("tracking_number",),
    "unexpected_item": ("sku", "because", "tracking_number"),
    "decision": ("amount", "unit", "because"),
    "refund_sent": ("amount",),
    "refund_settled": ("amount",),
    "refund_failed": ("amount", "because"),
    "refund_action": ("amount",),
    "store_credit": ("amount", "code"),
    "coupon": ("amount", "code", "valid_until"),
    "repair_started": (),
    "sent_back": ("tracking_number",),
    "goods_waiting": ("unit", "because"),
    "offer": ("because", "amount", "answer_by"),
    "replacement_ordered": ("sku", "tracking_number"),
    "out_of_stock": ("sku", "because", "answer_by"),
    "payment_due": ("amount", "pay_by", "pay_url"),
    "payment_received": ("amount",),
    "not_paid": ("answer_by",),
    "hold_refused": ("answer_by",),
    "hold_taken": ("amount", "unit"),
    "lost": ("tracking_number",),
    "cancelled": ("because",),
    "completed": ("amount",),
    "dispute_opened": ("unit", "because"),
    "dispute_resolved": ("amount", "unit", "because"),
    "feedback": ("feedback_url",),
}
"""The templates, and which facts each shows, in this order, where they are given."""


SHOWN_AT_A_COUNTER = frozenset({"label", "reminder"})
"""Messages whose code is read from a telephone's screen, and so shown as a picture."""


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent; `pictured` is the code whose picture its page shows, if any."""

    language: str
    subject: str
    text: str
    html: str
    pictured: str = ""


class Writer(Protocol):
    """Turns a template and its facts into a message."""

    def render(
        self,
        template: str,
        *,
        locale: str,
        name: str,
        facts: Mapping[str, str],
        picture: Callable[[str], str] | None = None,
    ) -> Rendered: ...


SAID_SHORT = frozenset(
    {
        *("amount", "because", "code", "label_url", "pay_url", "feedback_url"),
        *("ship_by", "answer_by", "pay_by", "valid_until", "from", "until"),
    }
)
"""The facts that a short text has room for: what is to be done, by when, and for how much."""

LONGEST_REASON = 120
"""Characters of a reason in a short text: each 67 of them, in most scripts, are paid for anew."""


@dataclass(frozen=True)
class Short:
    """A message for a telephone."""

    language: str
    text: str


class Renderer:
    """Writes to customers, in their languages."""

    def __init__(self, templates: Path = TEMPLATES) -> None:
        loader = FileSystemLoader(templates)
        self._plain = ImmutableSandboxedEnvironment(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,  # plain text; the page is escaped below
            keep_trailing_newline=True,
        )
        self._page = ImmutableSandboxedEnvironment(
            loader=loader, undefined=StrictUndefined, autoescape=True
        )
        self._reasons: Mapping[str, Mapping[str, str]] = yaml.safe_load(
            (templates / "reasons.yaml").read_text(encoding="utf-8")
        )

    def render(
        self,
        template: str,
        *,
        locale: str,
        name: str,
        facts: Mapping[str, str],
        picture: Callable[[str], str] | None = None,
    ) -> Rendered:
        """Write the message in the language of `locale`, or in English.

        With `picture`, which gives the address of a code's picture, the page shows it where the
        code is to be read from a screen.

        Raises:
            KeyError: There is no such template.
            jinja2.UndefinedError: `return_id` or `order_id` is missing.
        """
        language = language_of(locale)
        subject, body = self._said(template, language, facts)
        shown = self._shown(template, language, facts)
        frame = self._plain.get_template(f"{language}/frame.txt.j2")
        text = frame.render(name=name, body=body, facts=facts, shown=shown)
        paragraphs = [part.splitlines() for part in text.strip().split("\n\n")]
        code = facts.get("code", "") if template in SHOWN_AT_A_COUNTER else ""
        pictured = code if picture is not None else ""
        html = self._page.get_template("layout.html.j2").render(
            language=language,
            subject=subject,
            paragraphs=paragraphs,
            code=pictured,
            picture=picture(code) if picture is not None and code else "",
        )
        return Rendered(language, subject, text, html, pictured)

    def short(self, template: str, *, locale: str, facts: Mapping[str, str]) -> Short:
        """Write the message as a text for a telephone: what its subject says, and what it needs.

        Raises:
            KeyError: There is no such template.
            jinja2.UndefinedError: `return_id` or `order_id` is missing.
        """
        language = language_of(locale)
        subject, _ = self._said(template, language, facts)
        shown = self._shown(template, language, facts)
        brief = {
            key: shorten(fact, LONGEST_REASON, placeholder="…") if key == "because" else fact
            for key, fact in shown.items()
            if key in SAID_SHORT
        }
        facts_said = self._plain.get_template(f"{language}/facts.txt.j2").render(shown=brief)
        return Short(language, f"{subject}\n{facts_said}".rstrip())

    def _said(self, template: str, language: str, facts: Mapping[str, str]) -> tuple[str, str]:
        """Give the subject and the body that a template has in a language."""
        said = self._plain.get_template(f"{language}/{template}.txt.j2").render(facts=facts)
        subject, _, body = said.partition("\n\n")
        return subject.removeprefix("Subject: "), body.strip()

    def _shown(self, template: str, language: str, facts: Mapping[str, str]) -> dict[str, str]:
        return {
            key: self._worded(key, facts[key], language)
            for key in FACTS[template]
            if facts.get(key)
        }

    def _worded(self, key: str, fact: str, language: str) -> str:
        match key:
            case "amount":
                return in_currency(fact, language)
            case "ship_by" | "answer_by" | "pay_by" | "valid_until":
                return on_day(fact, language)
            case "from" | "until":
                return at_time(fact, language)
            case "because":
                return self._reasons.get(fact, {}).get(language, fact)
            case _:
                return fact


def language_of(locale: str) -> str:
    """Pick the language that we write for a locale such as `fr-CA` or `zh_Hans_CN`."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return language if language in LANGUAGES else FALLBACK


def in_currency(plain: str, language: str) -> str:
    """Write `10.85 EUR` as people of that language do; what is no such amount stays as it is."""
    number, _, currency = plain.partition(" ")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        return plain
    return format_currency(amount, currency, locale=Locale(language), decimal_quantization=False)


def on_day(moment: str, language: str) -> str:
    """Write a time as its day; what is no time stays as it is."""
    read = _time(moment)
    return moment if read is None else format_date(read, "long", locale=Locale(language))


def at_time(moment: str, language: str) -> str:
    """Write a time with its day and its offset; what is no time stays as it is."""
    read = _time(moment)
    if read is None:
        return moment
    clock = format_time(read, "HH:mm ZZZZ", tzinfo=read.tzinfo, locale=Locale(language))
    return f"{on_day(moment, language)}, {clock}"


def _time(moment: str) -> datetime | None:
    try:
        return datetime.fromisoformat(moment)
    except ValueError:
        return None
