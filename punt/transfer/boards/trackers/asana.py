"""Reading tasks as Asana exports a project as JSON (Export/Print → JSON), or its API lists them.

Source of the format: developers.asana.com, the tasks of a project.
"""

from __future__ import annotations

from typing import Any

from punt.language import _
from punt.transfer.refusal import Refusal


def is_asana(found: Any) -> bool:
    """Tell whether it looks like such a file."""
    tasks = found.get("data") if isinstance(found, dict) else None
    return isinstance(tasks, list) and all(isinstance(task, dict) and "gid" in task for task in tasks)


def tasks_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """List all tasks, subtasks after their tasks, as a table.

    :raises Refusal: when they are nested too deep.
    """
    listed: list[dict[str, Any]] = []
    waiting = [(task, "", "") for task in reversed(found["data"])]
    while waiting:
        task, parent, section = waiting.pop()
        row = _row(task, parent, section)
        listed.append(row)
        below = task.get("subtasks")
        for each in reversed(below if isinstance(below, list) else []):
            if not isinstance(each, dict):
                raise Refusal(_("This is no export of Asana: a subtask is none."))
            waiting.append((each, str(task.get("gid", "")), row["Section/Column"]))
    return listed


def _row(task: dict[str, Any], parent: str, section: str) -> dict[str, Any]:
    memberships = task.get("memberships")
    sections = [_named(each.get("section")) for each in _things(memberships)]
    return {
        "Task ID": task.get("gid"),
        "Name": task.get("name"),
        "Section/Column": next(filter(None, sections), section),
        "Assignee": task.get("assignee"),
        "Start Date": task.get("start_on"),
        "Due Date": task.get("due_on") or task.get("due_at"),
        "Tags": task.get("tags"),
        "Notes": task.get("notes"),
        "Parent task": _gid(task.get("parent")) or parent,
        **{name: task[name] for name in ("attachments", "custom_fields", "dependencies") if task.get(name)},
    }


def _things(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _named(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""


def _gid(value: Any) -> str:
    return str(value.get("gid", "")) if isinstance(value, dict) else ""
