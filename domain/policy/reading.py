"""A policy from JSON text, with errors that name the place in the document."""

from pydantic import ValidationError

from domain.policy.policy import Policy

_LISTED = 20  # problems told at once; a policy that has more was written for something else


class PolicyInvalid(ValueError):
    """The document is no policy; the message names each place and what was expected there."""


def read_policy(text: str | bytes) -> Policy:
    """Read one policy document.

    Raises:
        PolicyInvalid: Something is missing, unknown, of the wrong kind or contradictory.
    """
    try:
        return Policy.model_validate_json(text)
    except ValidationError as invalid:
        problems = [
            f"{_path(error['loc'])}: {error['msg'].removeprefix('Value error, ')}"
            for error in invalid.errors(include_url=False, include_input=False)
        ]
        raise PolicyInvalid("\n".join(problems[:_LISTED])) from invalid


def _path(place: tuple[str | int, ...]) -> str:
    """Write a place as a reader would: `rules[2].when.all[0].fact`."""
    path = ""
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "policy"
