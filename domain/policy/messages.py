"""How a merchant wants customers to be told, and when not."""

from pydantic import Field

from domain.channels import AskAfter, AttachUpTo, Channel, MessageTerms, QuietHours, Zone
from domain.model import Value
from domain.policy.serving import Region


class Messages(Value):
    """The merchant's choice, which a customer may change for their own return."""

    channel: Channel = Channel.MAIL
    quiet: QuietHours | None = None  # in which no text is sent
    attach_up_to_kb: AttachUpTo = 1_024  # a label; 0: always a link
    ask_opinion_after_days: AskAfter | None = None  # of a completed return; none: nobody is asked
    time_zones: dict[Region, Zone] = Field(default_factory=dict)  # by country; * for every other

    def terms(self, country: str) -> MessageTerms:
        """Pick what binds a return from a country."""
        zone = self.time_zones.get(country) or self.time_zones.get("*", "UTC")
        return MessageTerms(
            channel=self.channel,
            quiet=self.quiet,
            attach_up_to_kb=self.attach_up_to_kb,
            ask_opinion_after_days=self.ask_opinion_after_days,
            time_zone=zone,
        )
