"""Plays a scenario over HTTP, each act by the person whose act it is; knows no process.

It reaches the server through its API alone. What a scenario may say: docs/scenarios.md.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workflow_server.cli.client import Client, Refused
from workflow_server.cli.paper import one_page

#: How long the worker may take to finish what an act has set going, in seconds.
PATIENCE = 120
#: What people of a demo office sign in with, unless their description says otherwise.
PASSWORD = "demo"  # noqa: S105 (no secret: demo mode prints it)

_NOT_IN_NAMES = re.compile(r"[^\w（）〔〕-]+")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


class ScenarioFailed(Exception):
    """The scenario could not be played to its end, or something it expects is missing."""


@dataclass(slots=True)
class Step:
    """One played act, as trail.json tells it."""

    number: int
    time: str
    organisation: str
    person: str
    role: str
    act: str
    element: str
    task: str
    note: str
    documents: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)


class Player:
    """One scenario, on one server, into one folder."""

    def __init__(
        self,
        base_url: str,
        office: Mapping[str, Any],
        scenario: Mapping[str, Any],
        folder: Path,
        tell: Callable[[Step], None] = lambda step: None,
    ) -> None:
        self.steps: list[Step] = []
        self._base_url = base_url
        self._office = office
        self._scenario = scenario
        self._folder = folder
        self._tell = tell
        self._clients: dict[str, Client] = {}
        self._organisations: dict[str, dict[str, Any]] = {}
        self._seen: set[str] = set()
        self._papers = 0

    def play(self) -> list[dict[str, Any]]:
        """Play every act and compare the end; return the trail. Raises ScenarioFailed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        first = self._client(self._scenario["acts"][0]["person"])
        known = {row["key"]: row for row in first.all("/api/organisations")}
        self._organisations = {o["key"]: known[o["key"]] for o in self._office["organisations"]}
        for number, act in enumerate(self._scenario["acts"], 1):
            try:
                self._play(number, act)
            except (Refused, ScenarioFailed) as failure:
                raise ScenarioFailed(f"act {number} ({_what(act)}): {failure}") from failure
        self._compare_end(self._scenario.get("result", {}))
        return [asdict(step) for step in self.steps]

    # one act

    def _play(self, number: int, act: Mapping[str, Any]) -> None:
        self._let_time_pass(act)
        client = self._client(act["person"])
        step = Step(
            number=number,
            time=self._now().isoformat(timespec="minutes"),
            organisation=self._organisations[act["organisation"]]["name"],
            person=client.me["name"],
            role=self._post(act),
            act=act["act"],
            element=act.get("task", ""),
            task="",
            note=act.get("note", ""),
        )
        if act["act"] == "start":
            step.element, step.task = self._start(client, act)
        elif act["act"] == "complete":
            step.task = self._complete(client, act)
        elif act["act"] == "do":
            step.task = self._do(client, act)
        else:
            raise ScenarioFailed(f"'{act['act']}' is none of the acts start, complete and do")
        self._settle()
        self._collect(step)
        self._compare(act.get("expect", {}), step)
        self.steps.append(step)
        self._tell(step)

    def _start(self, client: Client, act: Mapping[str, Any]) -> tuple[str, str]:
        organisation = self._organisations[act["organisation"]]["id"]
        body = {
            "process_key": act["process"],
            "organisation_id": organisation,
            "answers": self._answers(client, act, {"organisation_id": organisation}),
        }
        instance = client.post("/api/process-instances", body)
        return act["process"], instance["process_title"]

    def _complete(self, client: Client, act: Mapping[str, Any]) -> str:
        task = self._task(client, act)
        path = f"/api/tasks/{task['id']}"
        if task["assignee_id"] is None:
            client.put(f"{path}/assignee", None)
        answers = self._answers(client, act, {"task_id": task["id"]})
        client.put(f"{path}/draft", {"answers": answers})
        client.post(f"{path}/completion", {"answers": answers})
        return str(task["name"])

    def _do(self, client: Client, act: Mapping[str, Any]) -> str:
        """Do what one of the person's running cases offers beside its tasks."""
        place = {"organisation_id": self._organisations[act["organisation"]]["id"]}
        for instance in client.all("/api/process-instances", status="running"):
            path = f"/api/process-instances/{instance['id']}/acts"
            for offered in client.get(path)["items"]:
                if offered["element_id"] == act["task"]:
                    answers = self._answers(client, act, place)
                    client.post(f"{path}/{act['task']}", {"answers": answers})
                    return str(offered["label"])
        raise ScenarioFailed(f"no case offers this to {act['person']}")

    def _task(self, client: Client, act: Mapping[str, Any]) -> dict[str, Any]:
        offered = client.all("/api/tasks", mine="true")
        found = [task for task in offered if task["element_id"] == act["task"]]
        if not found:
            names = ", ".join(task["element_id"] for task in offered) or "none"
            raise ScenarioFailed(f"this task is not offered to {act['person']}; offered: {names}")
        return found[-1]

    def _answers(
        self, client: Client, act: Mapping[str, Any], place: dict[str, str]
    ) -> dict[str, Any]:
        answers: dict[str, Any] = self._resolve(act.get("answers", {}))
        for file in act.get("attach", ()):
            uploaded = client.upload(file["name"], one_page(file["text"]), place)
            _put(answers, file["field"].split("."), uploaded["id"])
        return answers

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolve(item) for item in value]
        if isinstance(value, dict):
            if set(value) == {"$organisation"}:
                return self._organisations[value["$organisation"]]["id"]
            if set(value) == {"$person"}:
                return self._client(value["$person"]).me["person_id"]
            return {key: self._resolve(item) for key, item in value.items()}
        return value

    # people and time

    def _client(self, login: str) -> Client:
        if login not in self._clients:
            person = next((p for p in self._office["people"] if p["login"] == login), None)
            if person is None:
                raise ScenarioFailed(f"nobody in the office signs in as '{login}'")
            self._clients[login] = Client(self._base_url, login, person.get("password", PASSWORD))
        return self._clients[login]

    @property
    def _administrator(self) -> Client:
        return self._client(
            next(p["login"] for p in self._office["people"] if p.get("administration") == "system")
        )

    def _post(self, act: Mapping[str, Any]) -> str:
        for position in self._office["positions"]:
            if (position["person"], position["organisation"]) == (
                act["person"],
                act["organisation"],
            ):
                return str(position.get("title") or position["role"])
        return ""

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._administrator.get("/api/clock")["now"])

    def _let_time_pass(self, act: Mapping[str, Any]) -> None:
        moment = now = self._now()
        if "at" in act:
            moment = datetime.fromisoformat(act["at"])
        elif "after" in act:
            match = _DURATION.fullmatch(act["after"])
            if match is None:
                raise ScenarioFailed(f"'{act['after']}' is not a duration such as P3DT2H")
            days, hours, minutes = (int(part or 0) for part in match.groups())
            moment = now + timedelta(days=days, hours=hours, minutes=minutes)
        if moment > now:
            self._administrator.post("/api/clock/moves", {"to": moment.isoformat()})
            self._settle()

    def _settle(self) -> None:
        """Wait until the worker has done all that is due; an incident ends the play."""
        until = time.monotonic() + PATIENCE
        while self._is_busy():
            if time.monotonic() > until:
                raise ScenarioFailed(
                    f"jobs were still due after {PATIENCE} s; is a worker running?"
                )
            time.sleep(0.03)
        incidents = self._administrator.all("/api/incidents", open="true")
        if incidents:
            raise ScenarioFailed(
                "; ".join(f"{i['element_id'] or 'job'}: {i['message']}" for i in incidents)
            )

    def _is_busy(self) -> bool:
        now = self._now()
        return any(
            datetime.fromisoformat(job["due_at"]) <= now
            for status in ("ready", "running")
            for job in self._administrator.all("/api/jobs", status=status)
        )

    # what came of it

    def _collect(self, step: Step) -> None:
        for client in list(self._clients.values()):
            for document in client.all("/api/documents"):
                if document["id"] not in self._seen and document["status"] in ("issued", "served"):
                    self._seen.add(document["id"])
                    step.documents.append(self._download(client, document))
            for delivery in client.all("/api/deliveries"):
                if delivery["id"] not in self._seen:
                    self._seen.add(delivery["id"])
                    step.deliveries.append(_letter(delivery))

    def _download(self, client: Client, document: Mapping[str, Any]) -> dict[str, Any]:
        data = client.download(f"/api/documents/{document['id']}/file")
        if not data.startswith(b"%PDF-"):
            raise ScenarioFailed(f"the file of '{document['title']}' is no PDF")
        self._papers += 1
        name = f"{self._papers:02d}-{_NOT_IN_NAMES.sub('-', document['title'])[:60]}.pdf"
        (self._folder / name).write_bytes(data)
        return {key: document[key] for key in ("kind", "title", "number", "pages")} | {"file": name}

    def _compare(self, expected: Mapping[str, Sequence[str]], step: Step) -> None:
        _demand("paper", expected.get("documents", ()), [d["kind"] for d in step.documents])
        _demand("letter", expected.get("deliveries", ()), [d["type"] for d in step.deliveries])
        if expected.get("tasks"):
            _demand("task", expected["tasks"], self._open_tasks())

    def _open_tasks(self) -> list[str]:
        # A task may belong to somebody who has not acted yet.
        for person in self._office["people"]:
            self._client(person["login"])
        tasks = {t["id"]: t for c in self._clients.values() for t in c.all("/api/tasks")}
        return [task["element_id"] for task in tasks.values()]

    def _compare_end(self, result: Mapping[str, Any]) -> None:
        made = [d["kind"] for step in self.steps for d in step.documents]
        sent = [d["type"] for step in self.steps for d in step.deliveries]
        _demand("paper", result.get("documents", ()), made)
        _demand("letter", result.get("deliveries", ()), sent)
        clients = list(self._clients.values())
        instances = {i["id"]: i for c in clients for i in c.all("/api/process-instances")}
        ends = [f"{i['process_key']}: {i['outcome']}" for i in instances.values()]
        _demand("end", _pairs(result.get("instances", {})), ends)
        records = {r["id"]: r for c in clients for r in c.all("/api/records")}
        states = [f"{r['kind']}: {r['state']}" for r in records.values()]
        _demand("state", _pairs(result.get("records", {})), states)
        left = Counter(self._open_tasks()) - Counter(result.get("tasks", ()))
        if left:
            raise ScenarioFailed(f"at the end tasks are still open: {', '.join(left)}")


def _demand(what: str, expected: Sequence[str], found: Sequence[str]) -> None:
    missing = Counter(expected) - Counter(found)
    if missing:
        raise ScenarioFailed(
            f"missing {what}: {', '.join(missing)}; there is: {', '.join(found) or 'none'}"
        )


def _pairs(expected: Mapping[str, Any]) -> list[str]:
    """Return "name: value" for each; where there are several of a name, it has a list."""
    return [
        f"{name}: {value}"
        for name, given in expected.items()
        for value in (given if isinstance(given, list) else [given])
    ]


def _what(act: Mapping[str, Any]) -> str:
    return f"{act['person']} · {act['act']} {act.get('task') or act.get('process') or ''}"


def _letter(delivery: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": delivery["type"],
        "label": delivery["label"],
        "from": delivery["sender_name"],
        "to": delivery["recipient_name"],
        "conversation": delivery["conversation"],
        "status": delivery["status"],
    }


def _put(target: Any, path: list[str], value: str) -> None:
    """Append a value to the list at a path of keys and row numbers."""
    for key in path[:-1]:
        target = target[int(key)] if isinstance(target, list) else target.setdefault(key, {})
    target.setdefault(path[-1], []).append(value)
