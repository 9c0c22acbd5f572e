"""Plays a scenario over HTTP, each act by the person whose act it is; knows no process.

It reaches the server through its API alone. What a scenario may say: docs/scenarios.md.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow_server.cli import demands
from workflow_server.cli.client import Client, Refused
from workflow_server.cli.demands import ScenarioFailed, demand
from workflow_server.cli.moments import moment_of
from workflow_server.cli.paper import one_page
from workflow_server.cli.steps import Step, letter_of

#: How long the worker may take to finish what an act has set going, in seconds.
PATIENCE = 120
#: What people of a demo office sign in with, unless their description says otherwise.
PASSWORD = "demo"  # noqa: S105 (no secret: demo mode prints it)

_NOT_IN_NAMES = re.compile(r"[^\w（）〔〕-]+")


class Player:
    """One scenario, on one server, into one folder."""

    def __init__(
        self,
        base_url: str,
        office: Mapping[str, Any],
        scenario: Mapping[str, Any],
        folder: Path,
        tell: Callable[[Step], None] = lambda step: None,
        root: Path = Path(),
    ) -> None:
        self.steps: list[Step] = []
        #: How many demands of the scenario were compared with what is there.
        self.checks = 0
        self._base_url = base_url
        self._office = office
        self._scenario = scenario
        self._folder = folder
        self._tell = tell
        self._root = root
        self._clients: dict[str, Client] = {}
        self._organisations: dict[str, dict[str, Any]] = {}
        self._cast = sorted({act["person"] for act in scenario["acts"]})
        self._cases: dict[str, str] = {}
        self._seen: set[str] = set()
        self._papers = 0

    def play(self) -> list[dict[str, Any]]:
        """Play every act and compare the end; return the trail. Raises ScenarioFailed."""
        self.begin()
        for number, act in enumerate(self._scenario["acts"], 1):
            try:
                self.play_act(number, act)
            except (Refused, ScenarioFailed) as failure:
                raise ScenarioFailed(f"act {number} ({_what(act)}): {failure}") from failure
        self._compare_end(self._scenario.get("result", {}))
        return [asdict(step) for step in self.steps]

    def begin(self) -> None:
        """Learn which organisations there are."""
        self._folder.mkdir(parents=True, exist_ok=True)
        first = self._client(self._scenario["acts"][0]["person"])
        known = {row["key"]: row for row in first.all("/api/organisations")}
        self._organisations = {o["key"]: known[o["key"]] for o in self._office["organisations"]}

    # one act

    def play_act(self, number: int, act: Mapping[str, Any]) -> None:
        """Let its time come, do it, and compare what came of it."""
        self._let_time_pass(act)
        client = self._client(act["person"])
        step = Step(
            number=number,
            time=self._now().isoformat(timespec="minutes"),
            organisation=self._place(act).get("name", ""),
            person=client.me["name"],
            role=self._post(act),
            act=act["act"],
            element=act.get("task") or act.get("process", ""),
            task="",
            note=act.get("note", ""),
        )
        if act["act"] not in ACTS:
            raise ScenarioFailed(f"'{act['act']}' is none of the acts {', '.join(ACTS)}")
        try:
            step.task = ACTS[act["act"]](self, client, act)
        except Refused as refusal:
            step.task, step.refused = act.get("label", ""), self._expected(refusal, act)
        else:
            if "refused" in act:
                raise ScenarioFailed(f"expected a refusal that says '{act['refused']}'")
        self._settle()
        self._collect(step)
        self._compare(act.get("expect", {}), step, client)
        self.steps.append(step)
        self._tell(step)

    def _expected(self, refusal: Refused, act: Mapping[str, Any]) -> str:
        """Return what a refusal says, if the scenario expects it."""
        if "refused" not in act or act["refused"] not in str(refusal):
            raise refusal
        self.checks += 1
        return str(act["refused"])

    def _start(self, client: Client, act: Mapping[str, Any]) -> str:
        place = {"organisation_id": self._place(act)["id"]}
        answers = self._answers(client, act, place)
        body = {"process_key": act["process"], "answers": answers, **place}
        instance = client.post("/api/process-instances", body)
        self._cases[act.get("as", "")] = instance["id"]
        return str(instance["process_title"])

    def _complete(self, client: Client, act: Mapping[str, Any]) -> str:
        task = self._task(client, act)
        path = f"/api/tasks/{task['id']}"
        if task["assignee_id"] is None:
            client.put(f"{path}/assignee", None)
        begun = client.get(path)["initial"]
        answers = {**begun, **self._answers(client, act, {"task_id": task["id"]})}
        client.put(f"{path}/draft", {"answers": answers})
        client.post(f"{path}/completion", {"answers": answers})
        return str(task["name"])

    def _do(self, client: Client, act: Mapping[str, Any]) -> str:
        """Do what one of the person's running cases offers beside its tasks."""
        place = {"organisation_id": self._place(act)["id"]}
        running = client.all("/api/process-instances", status="running")
        for instance in self._of_case(act, running, "id"):
            path = f"/api/process-instances/{instance['id']}/acts"
            for offered in client.get(path)["items"]:
                if offered["element_id"] == act["task"]:
                    begun = client.get(f"{path}/{act['task']}")["initial"]
                    answers = {**begun, **self._answers(client, act, place)}
                    client.post(f"{path}/{act['task']}", {"answers": answers})
                    return str(offered["label"])
        raise ScenarioFailed(f"no case offers this to {act['person']}")

    def _announce(self, client: Client, act: Mapping[str, Any]) -> str:
        """Take in which days are worked, as an administrator does."""
        body = {"changes": act["days"], "source": act["source"], "known_until": act["until"]}
        client.put("/api/calendar-days", body)
        return str(act["source"])

    def _grant(self, client: Client, act: Mapping[str, Any]) -> str:
        """Give people what they are cleared and certified for, as the security administrator."""
        for login, granted in act["grants"].items():
            client.put(f"/api/people/{self._client(login).me['person_id']}/grants", granted)
        return str(act["label"])

    def _take_over(self, client: Client, act: Mapping[str, Any]) -> str:
        """Take an old register over, from a file beside the content."""
        path, place = Path(self._root, act["file"]), {"organisation_id": self._place(act)["id"]}
        address = f"/api/ledgers/{act['ledger']}/imports"
        client.send_file(address, path.name, path.read_bytes(), "text/csv", place)
        return str(act["label"])

    def _look(self, client: Client, act: Mapping[str, Any]) -> str:
        """Do nothing: what the person sees is what is expected."""
        return str(act["label"])

    def _task(self, client: Client, act: Mapping[str, Any]) -> dict[str, Any]:
        offered = client.all("/api/tasks", mine="true")
        named = [task for task in offered if task["element_id"] == act["task"]]
        found = self._of_case(act, named, "instance_id")
        if not found:
            names = ", ".join(task["element_id"] for task in offered) or "none"
            raise ScenarioFailed(f"this task is not offered to {act['person']}; offered: {names}")
        return found[-1]

    def _of_case(
        self, act: Mapping[str, Any], rows: list[dict[str, Any]], key: str
    ) -> list[dict[str, Any]]:
        """Keep the rows of the process of an act, or of its case and those that it called."""
        if not {"in", "process"} & set(act):
            return rows
        cases = self._rows("process_instances")
        if "process" in act:
            ours = {case["id"] for case in cases if case["process_key"] == act["process"]}
            rows = [row for row in rows if row[key] in ours]
        if "in" not in act:
            return rows
        family = {self._cases[act["in"]]}
        while more := {c["id"] for c in cases if c["parent_id"] in family} - family:
            family |= more
        return [row for row in rows if row[key] in family]

    def _answers(
        self, client: Client, act: Mapping[str, Any], place: dict[str, str]
    ) -> dict[str, Any]:
        answers: dict[str, Any] = self._resolve(act.get("answers", {}), client)
        for file in act.get("attach", ()):
            uploaded = client.upload(file["name"], one_page(file["text"]), place)
            _put(answers, file["field"].split("."), uploaded["id"])
        return answers

    def _resolve(self, value: Any, client: Client) -> Any:
        if isinstance(value, list):
            return [self._resolve(item, client) for item in value]
        if isinstance(value, dict):
            if set(value) == {"$organisation"}:
                return self._organisations[value["$organisation"]]["id"]
            if set(value) == {"$person"}:
                return self._client(value["$person"]).me["person_id"]
            if set(value) == {"$record"}:
                rows = client.all(demands.LISTS["records"])
                demands.demand_rows("records", [value["$record"]], rows)
                return next(r["id"] for r in rows if demands.fits(value["$record"], r))
            return {key: self._resolve(item, client) for key, item in value.items()}
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

    def _place(self, act: Mapping[str, Any]) -> dict[str, Any]:
        """Return whom the person acts for; an administrator acts for none."""
        return self._organisations[act["organisation"]] if "organisation" in act else {}

    def _post(self, act: Mapping[str, Any]) -> str:
        for position in self._office["positions"]:
            if (position["person"], position["organisation"]) == (
                act["person"],
                act.get("organisation"),
            ):
                return str(position.get("title") or position["role"])
        return ""

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._administrator.get("/api/clock")["now"])

    def _let_time_pass(self, act: Mapping[str, Any]) -> None:
        now = self._now()
        moment = moment_of(act, now)
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
            time.sleep(0.05)
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
                    step.deliveries.append(letter_of(delivery))

    def _download(self, client: Client, document: Mapping[str, Any]) -> dict[str, Any]:
        data = client.download(f"/api/documents/{document['id']}/file")
        if not data.startswith(b"%PDF-"):
            raise ScenarioFailed(f"the file of '{document['title']}' is no PDF")
        self._papers += 1
        name = f"{self._papers:02d}-{_NOT_IN_NAMES.sub('-', document['title'])[:60]}.pdf"
        (self._folder / name).write_bytes(data)
        return {key: document[key] for key in ("kind", "title", "number", "pages")} | {"file": name}

    def _compare(self, expected: Mapping[str, Any], step: Step, client: Client) -> None:
        papers = [each["kind"] for each in step.documents]
        letters = [each["type"] for each in step.deliveries]
        self.checks += demand("paper", expected.get("documents", ()), papers)
        self.checks += demand("letter", expected.get("deliveries", ()), letters)
        if expected.get("tasks"):
            self.checks += demand("task", expected["tasks"], self._open_tasks(self._cast))
        for name, rows in self._resolve(expected.get("sees", {}), client).items():
            self.checks += demands.demand_rows(name, rows, client.all(demands.LISTS[name]))
        for name, rows in self._resolve(expected.get("does_not_see", {}), client).items():
            self.checks += demands.refuse_rows(name, rows, client.all(demands.LISTS[name]))
        rows = self._resolve(expected.get("letters", []), client)
        self.checks += demands.demand_rows("letters", rows, step.deliveries)
        for each in expected.get("figures", ()):
            found = client.get(f"/api/ledgers/{each['ledger']}/figures", **each.get("of", {}))
            self.checks += demands.demand_rows("figures", each["are"], found["items"])
        for paper in expected.get("papers", ()):
            self.checks += demands.demand_text(paper, self._read(paper["kind"], step))

    def _read(self, kind: str, last: Step) -> bytes:
        """Return the newest paper of a kind, as it was put into the folder."""
        made = [d for step in [*self.steps, last] for d in step.documents]
        files = [str(each["file"]) for each in made if each["kind"] == kind]
        if not files:
            raise ScenarioFailed(f"missing paper: {kind}")
        return Path(self._folder, files[-1]).read_bytes()

    def _open_tasks(self, people: Iterable[str]) -> list[str]:
        # A task may belong to somebody who has not acted yet.
        for login in people:
            self._client(login)
        return [task["element_id"] for task in self._rows("tasks")]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        """Return everything of a list that anybody sees who has signed in so far."""
        clients = list(self._clients.values())
        return list({r["id"]: r for c in clients for r in c.all(demands.LISTS[name])}.values())

    def _compare_end(self, result: Mapping[str, Any]) -> None:
        """Compare the end of all with what the scenario says of it."""
        made = [d["kind"] for step in self.steps for d in step.documents]
        sent = [d["type"] for step in self.steps for d in step.deliveries]
        self.checks += demand("paper", result.get("documents", ()), made)
        self.checks += demand("letter", result.get("deliveries", ()), sent)
        ends = [f"{i['process_key']}: {i['outcome']}" for i in self._rows("process_instances")]
        self.checks += demand("end", demands.pairs(result.get("instances", {})), ends)
        states = [f"{r['kind']}: {r['state']}" for r in self._rows("records")]
        self.checks += demand("state", demands.pairs(result.get("records", {})), states)
        everybody = (person["login"] for person in self._office["people"])
        left = Counter(self._open_tasks(everybody)) - Counter(result.get("tasks", ()))
        if left:
            raise ScenarioFailed(f"at the end tasks are still open: {', '.join(left)}")
        self.checks += 1


#: What may be done, by the name that scenarios give it.
ACTS: dict[str, Callable[[Player, Client, Mapping[str, Any]], str]] = {
    "start": Player._start,
    "complete": Player._complete,
    "do": Player._do,
    "announce": Player._announce,
    "grant": Player._grant,
    "look": Player._look,
    "take_over": Player._take_over,
}


def _what(act: Mapping[str, Any]) -> str:
    return f"{act['person']} · {act['act']} {act.get('task') or act.get('process') or ''}".rstrip()


def _put(target: Any, path: list[str], value: str) -> None:
    """Append a value to the list at a path of keys and row numbers."""
    for key in path[:-1]:
        target = target[int(key)] if isinstance(target, list) else target.setdefault(key, {})
    target.setdefault(path[-1], []).append(value)
