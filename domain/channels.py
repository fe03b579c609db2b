"""How customers are told."""

from enum import StrEnum


class Channel(StrEnum):
    """How a customer is told."""

    MAIL = "mail"
    SMS = "sms"
