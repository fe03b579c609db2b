"""A workflow as the Temporal UI shows it."""

from typing import Any

from temporalio.client import WorkflowHandle

from workflows import attributes


async def shown(run: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    """The search attributes, by name."""
    pairs = (await run.describe()).typed_search_attributes.search_attributes
    ours = {key.name for key in attributes.SEARCH_ATTRIBUTES}
    return {pair.key.name: pair.value for pair in pairs if pair.key.name in ours}


async def details(run: WorkflowHandle[Any, Any]) -> str:
    """The current details, as the UI asks for them."""
    metadata = await run.query("__temporal_workflow_metadata")
    return str(
        metadata.current_details
        if hasattr(metadata, "current_details")
        else metadata["currentDetails"]
    )
