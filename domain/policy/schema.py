"""The JSON Schema of a policy. Redraw it: `python -m domain.policy.schema`."""

import json
from pathlib import Path

from domain.policy.policy import Policy


def policy_schema() -> str:
    """Write the schema as it is committed in `docs/policy.schema.json`."""
    schema = Policy.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path("docs/policy.schema.json").write_text(policy_schema(), encoding="utf-8")
