"""What the owner of an endpoint is written, in English: it is no customer's message."""

from collections.abc import Callable, Mapping
from html import escape

from adapters.mail.rendering import Rendered

_LETTERS: Mapping[str, str] = {
    "subscription_stopped": """Webhooks to {host} are stopped

Subscription {subscription_id} of {tenant} delivers nothing any more: {because}.

Nothing is lost. What happens is kept, and is delivered in its order once the subscription is resumed:

python starter.py subscriptions resume {subscription_id} --tenant {tenant}
"""
}


class OwnerLetters:
    """Keeps `adapters.mail.rendering.Writer`."""

    def render(
        self,
        template: str,
        *,
        locale: str,
        name: str,
        facts: Mapping[str, str],
        picture: Callable[[str], str] | None = None,
    ) -> Rendered:
        """Write the letter.

        Raises:
            KeyError: It is another letter, or a fact is missing.
        """
        del locale, name, picture
        subject, *said = _LETTERS[template].format_map(facts).strip().split("\n\n")
        html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in said)
        return Rendered(language="en", subject=subject, text="\n\n".join(said) + "\n", html=html)
