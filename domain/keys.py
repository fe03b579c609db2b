"""Names of streams, and of the workflows that follow them: a kind, a merchant, and an id."""

RETURN_TYPE = "ReturnWorkflow"
"""The workflow that follows a return's stream."""


NEWS = "news"
"""The signal that tells a workflow to look at its stream again."""


def parts_of(kind: str, name: str) -> tuple[str, str] | None:
    """Read `{kind}:{tenant}:{id}`; none where it is not of that kind."""
    found, tenant, key, *more = [*name.split(":"), "", ""]
    if found != kind or not tenant or not key or any(more):
        return None
    return tenant, key
