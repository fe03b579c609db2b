"""Replays a history, and compares every command with what it led to then.

The replayer alone compares names; here it is inputs of activities, lengths of timers,
summaries, search attributes, answers.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.workflow import Info, _Definition

from worker import WORKFLOWS, workflow_runner

Told = tuple[Any, ...]


class Watched(WorkflowInstance):
    """A workflow, all of whose commands are noted."""

    def __init__(self, inner: WorkflowInstance, commands: list[WorkflowCommand]) -> None:
        self._inner = inner
        self._commands = commands

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = self._inner.activate(act)
        for command in completion.successful.commands:
            noted = WorkflowCommand()
            noted.CopyFrom(command)
            self._commands.append(noted)
        return completion

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_serialization_context(self, *asked: Any) -> Any:
        return self._inner.get_serialization_context(*asked)

    def get_external_store_context(self, *asked: Any) -> Any:
        return self._inner.get_external_store_context(*asked)


class Watching(WorkflowRunner):
    """The worker's own runner, looked at while it runs."""

    def __init__(self) -> None:
        self._inner = workflow_runner()
        self.commands: list[WorkflowCommand] = []

    def prepare_workflow(self, defn: _Definition) -> None:
        self._inner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return Watched(self._inner.create_instance(det), self.commands)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self._inner.set_worker_level_failure_exception_types(types)


async def replayed(history: WorkflowHistory) -> list[WorkflowCommand]:
    """Replay a history; gives all that today's code would have sent out."""
    watching = Watching()
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=watching,
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(history)
    return watching.commands


def read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(_workflow_of(path), path.read_text())


def _workflow_of(path: Path) -> str:
    """The id it ran under, which most workflows hold against what they are told."""
    first = json.loads(path.read_text())["events"][0]["workflowExecutionStartedEventAttributes"]
    return str(first["workflowId"])


def commanded(commands: list[WorkflowCommand]) -> Iterator[Told]:
    """What was sent out, in the words of the history that it leads to."""
    for command in commands:
        summary = command.user_metadata.summary.data
        match command.WhichOneof("variant"):
            case "schedule_activity":
                told = command.schedule_activity
                yield ("activity", told.activity_type, told.arguments[0].data, summary)
            case "schedule_local_activity":
                yield ("local", command.schedule_local_activity.activity_type)
            case "start_timer":
                wait = command.start_timer.start_to_fire_timeout.ToTimedelta()
                yield ("timer", wait, summary)
            case "upsert_workflow_search_attributes":
                shown = command.upsert_workflow_search_attributes.search_attributes
                yield ("shown", _data(shown.indexed_fields))
            case "complete_workflow_execution":
                yield ("end", command.complete_workflow_execution.result.data)
            case "update_response" if command.update_response.HasField("completed"):
                yield ("answer", command.update_response.completed.data)


def happened(events: list[HistoryEvent]) -> Iterator[Told]:
    """What the history says was sent out."""
    for event in events:
        summary = event.user_metadata.summary.data
        match event.WhichOneof("attributes"):
            case "activity_task_scheduled_event_attributes":
                told = event.activity_task_scheduled_event_attributes
                yield ("activity", told.activity_type.name, told.input.payloads[0].data, summary)
            case "marker_recorded_event_attributes":
                marker = event.marker_recorded_event_attributes.details["data"].payloads[0]
                yield ("local", json.loads(marker.data)["activity_type"])
            case "timer_started_event_attributes":
                timer = event.timer_started_event_attributes
                yield ("timer", timer.start_to_fire_timeout.ToTimedelta(), summary)
            case "upsert_workflow_search_attributes_event_attributes":
                upsert = event.upsert_workflow_search_attributes_event_attributes
                yield ("shown", _data(upsert.search_attributes.indexed_fields))
            case "workflow_execution_completed_event_attributes":
                result = event.workflow_execution_completed_event_attributes.result
                yield ("end", result.payloads[0].data)
            case "workflow_execution_update_completed_event_attributes":
                outcome = event.workflow_execution_update_completed_event_attributes.outcome
                yield ("answer", outcome.success.payloads[0].data)


def _data(fields: Any) -> dict[str, bytes]:
    return {name: fields[name].data for name in sorted(fields)}


async def differences(history: WorkflowHistory) -> list[str]:
    """Where today's code would go on otherwise than it went; in words."""
    now = list(commanded(await replayed(history)))
    then = list(happened(list(history.events)))
    found = []
    for kind in ("activity", "local", "timer", "shown", "answer", "end"):
        ours = [told for told in now if told[0] == kind]
        theirs = [told for told in then if told[0] == kind]
        if kind == "local":  # is written down when it ends, and not when it begins
            ours, theirs = sorted(ours), sorted(theirs)
        found += [f"{one} instead of {other}" for one, other in zip(ours, theirs, strict=False)
                  if one != other]  # fmt: skip
        if len(ours) != len(theirs):
            found.append(f"{len(ours)} of {kind} instead of {len(theirs)}")
    return found
