"""Every route of the API with what may stand in it: taken from the application itself."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from tests.access.content import PAPER
from tests.access.world import PDF, SOUGHT, Case, World

#: What ids in routes, queries and bodies are called, and which of a case's things they name.
KINDS: Mapping[str, str] = {
    "task_id": "task",
    "visit_id": "task",  # an open task is where a branch stands
    "document_id": "document",
    "record_id": "record",
    "deadline_id": "deadline",
    "notice_id": "notice",
    "attachment_id": "attachment",
    "delivery_id": "delivery",
    "incident_id": "incident",
    "job_id": "job",
    "number_id": "number",
    "recusal_id": "recusal",
    "inquiry_id": "inquiry",
    "emergency_id": "emergency",
}
#: Ids that name the case itself, or anything of it.
OF_CASE = ("instance_id", "of")
#: Ids of what is no secret: who may write there is told by the matrix.
OPEN_IDS: Mapping[str, str] = {
    "deployment_id": "content is what everybody works with",
    "base_id": "a deployment",
    "definition_id": "content is what everybody works with",
    "process_definition_id": "content is what everybody works with",
    "organisation_id": "letters may go to every organisation",
    "parent_id": "an organisation",
    "department_id": "how an organisation is divided is no secret either",
    "key": "a vocabulary of the content",
    "ledger": "a ledger of the content",
    "element": "an element of a diagram: content is what everybody works with",
    "path": "a file of the content; in whose draft it is sought is what is tried",
}
#: What a query is given that cannot do without, where the description's example names nothing.
QUERIES: Mapping[str, str] = {"path": "bpmn/_shared/roles.json", "kind": PAPER}


#: What is sent where the description's example would be refused for its own sake.
BODIES: Mapping[str, Any] = {
    "POST /api/process-instances/<uuid:instance_id>/emergency-access": {
        "reason": "紧急情况，领导外出，须立即查阅本案。"
    },
    "PUT /api/tasks/<uuid:task_id>/assignee": {"person_id": "", "reason": "核对"},
    "POST /api/drafts/<uuid:draft_id>/document-preview": {"kind": PAPER, "document_id": ""},
    "POST /api/drafts/<uuid:draft_id>/files": {
        "kind": "form",
        "key": "probe/new",
        "title": "核对",
    },
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule, with its description."""

    rule: Rule
    method: str
    operation: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def names_a_case(self) -> bool:
        """Whether what is sent along holds ids that may be of a case."""
        names = re.findall(r'"(\w+_id)"', json.dumps(self.operation.get("requestBody", {})))
        return bool(set(names) - OPEN_IDS.keys())

    @property
    def ids(self) -> list[str]:
        return sorted(self.rule.arguments)

    @property
    def queries(self) -> dict[str, Mapping[str, Any]]:
        """Return the parameters of the query by name."""
        found = self.operation.get("parameters", ())
        return {each["name"]: each for each in found if each.get("in") == "query"}

    def path(self, values: Mapping[str, Any]) -> str:
        given = {
            name: UUID(values[name]) if _is_uuid(self.rule, name) else values[name]
            for name in self.ids
        }
        _, path = self.rule.build(given)
        return str(path).removeprefix("/api")


def routes(app: Flask) -> list[Route]:
    """Return every described route of the API, in order."""
    document = app.extensions["api_description"].document
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        described = document["paths"].get(_described(rule), {})
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            operation = described.get(method.lower())
            if operation is not None:
                shared = described.get("parameters", [])
                parameters = [*shared, *operation.get("parameters", [])]
                found.append(Route(rule, method, {**operation, "parameters": parameters}))
    return found


def ids_of(name: str, world: World, case: Case) -> list[str]:
    """Return real ids of a case's things for a name in a route; refuse names nobody knows."""
    if name in OF_CASE:
        return [case.id]
    if name in KINDS:
        return case.parts[KINDS[name]][:2]
    others = world.others.get(name)
    assert others is not None, (
        f"the sweep does not know what '{name}' names. Add it to KINDS, OPEN_IDS (with a reason)"
        " or World.others in tests/access."
    )
    return others


def values_of(route: Route, world: World, case: Case) -> Iterator[dict[str, str]]:
    """Yield values for the ids of a route: each real thing of the case once."""
    secret = [name for name in route.ids if name not in OPEN_IDS]
    rows = {name: ids_of(name, world, case) for name in secret}
    if not secret or not all(rows.values()):
        return
    for index in range(max(len(found) for found in rows.values())):
        yield {name: found[min(index, len(found) - 1)] for name, found in rows.items()} | {
            name: world.open_ids[name] for name in route.ids if name in OPEN_IDS
        }


def asked(route: Route, world: World, case: Case, *, words: bool) -> Iterator[tuple[str, set[str]]]:
    """Yield what may be asked of a list, with the values that were given.

    Each narrowing is tried once: those by ids of the case, and those by words if they are wanted.
    """
    values = {name: _values(each, world, case) for name, each in route.queries.items()}
    always = {name: values[name][0] for name, each in route.queries.items() if each.get("required")}
    tried = [always]
    for name, given in values.items():
        if name not in ("page", "page_size") and (words or name in (*OF_CASE, *KINDS)):
            tried += [always | {name: value} for value in given]
    base = route.path({name: world.open_ids[name] for name in route.ids})
    paging = {"page_size": 200} if "page_size" in values else {}
    for each in tried:
        yield f"{base}?{urlencode(paging | each)}", set(each.values())


def _values(parameter: Mapping[str, Any], world: World, case: Case) -> list[str]:
    """Return what a parameter may be given to find a case by it."""
    name, schema = parameter["name"], parameter.get("schema", {})
    words = [word for word in schema.get("enum", ()) if word]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if words:
        return words
    if schema.get("format") == "uuid":
        if name == "organisation_id":
            return [case.organisation]
        return [world.open_ids[name]] if name in OPEN_IDS else ids_of(name, world, case)
    if "example" in parameter or "example" in schema:
        return [str(parameter.get("example", schema.get("example")))]
    if schema.get("format") == "date":
        return ["2100-01-01"]
    if schema.get("format") == "date-time":
        return ["2100-01-01T00:00:00+08:00"]
    return {"boolean": ["true", "false"], "integer": ["1"]}.get(str(kind), [SOUGHT])


def needed(route: Route, world: World) -> dict[str, str]:
    """Return the query that a route cannot do without."""
    some = next(iter(world.cases.values()))
    return {
        name: QUERIES.get(name) or _values(each, world, some)[0]
        for name, each in route.queries.items()
        if each.get("required")
    }


def body_of(route: Route, world: World, case: Case | None) -> dict[str, Any]:
    """Return what is sent along: the example of the description, with ids of the case in it."""
    given = route.operation.get("requestBody")
    if not given:
        return {}
    ((media, schema),) = given["content"].items()
    example = _example(world, str(route), json.dumps(schema))
    if media == "application/octet-stream":
        return {"data": b"{}", "content_type": media}
    if media == "multipart/form-data":
        parts = {name: value for name, value in example.items() if name != "file"}
        is_content = "/drafts/" in str(route)
        file = (world.another_bundle, "a.zip") if is_content else (PDF, "a.pdf")
        sent = {"file": (io.BytesIO(file[0]), file[1])}
        return {"data": {**_with_ids(parts, world, case), **sent}}
    return {"json": _with_ids(example, world, case)}


@cache
def _example_text(text: str, document: str) -> str:
    from workflow_server.api import reader

    return json.dumps(reader._example(json.loads(document), json.loads(text)["schema"]))


def _example(world: World, route: str, schema: str) -> Any:
    if route in BODIES:
        return BODIES[route]
    return json.loads(_example_text(schema, world.description))


def _with_ids(value: Any, world: World, case: Case | None) -> Any:
    """Put ids of the case, or of nothing at all, in the place of an example's."""
    if isinstance(value, list):
        return [_with_ids(each, world, case) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _id_for(name, world, case)
        if name.endswith("_id") and isinstance(inner, str)
        else _with_ids(inner, world, case)
        for name, inner in value.items()
    }


def _id_for(name: str, world: World, case: Case | None) -> str:
    if name in OPEN_IDS:
        return world.open_ids[name]
    if case is None:
        return str(uuid4())
    return next(iter(ids_of(name, world, case)), str(uuid4()))


def _described(rule: Rule) -> str:
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<uuid:{name}>", f"{{{name}}}").replace(f"<{name}>", f"{{{name}}}")
        path = path.replace(f"<int:{name}>", f"{{{name}}}")
    return path


def _is_uuid(rule: Rule, name: str) -> bool:
    return type(rule._converters[name]).__name__ == "UUIDConverter"
