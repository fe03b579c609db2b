"""The local stack: everything the engine needs, on one machine, in one folder."""

from deploy.local.addresses import state_folder, with_running_stack
from deploy.local.children import Child, ChildFailed, Program, start_process
from deploy.local.lock import StackAlreadyRuns
from deploy.local.programs import start_programs
from deploy.local.stack import LocalStack

__all__ = [
    "Child",
    "ChildFailed",
    "LocalStack",
    "Program",
    "StackAlreadyRuns",
    "start_process",
    "start_programs",
    "state_folder",
    "with_running_stack",
]
