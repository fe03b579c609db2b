"""Receivers read in docs/webhooks.md what they are sent."""

from pathlib import Path

from domain.subscriptions.public import PUBLIC

DOCUMENT = Path(__file__).parents[3] / "docs" / "webhooks.md"


def test_the_page_for_receivers_names_every_type_with_its_fields() -> None:
    _, table = DOCUMENT.read_text("utf-8").split("| type | fields |\n|---|---|\n")
    rows = table.splitlines()
    fields = {each.name: list(each.shape.model_fields) for each in PUBLIC.values()}
    assert rows == [
        f"| `{name}` | {', '.join(f'`{field}`' for field in named)} |"
        for name, named in fields.items()
    ]
