"""What is deployed: the shipped content, and beside it one small case for each party."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.services.drawing import chain, node, user
from workflow_server.content.bundle import Bundle, from_files, read_folder

ROOT = Path(__file__).resolve().parents[2]
#: Of which party the organisation is that sends letters to everybody's, and gets theirs.
POST_OFFICE = "congress"
RECORD, PAPER, SERIES, RULE = "lead", "probe_paper", "lead_ledger", "R-ACK"
SENDER = "probe_sender"
#: The event that people may make happen in every case, and what it is called in the file.
ACT, MESSAGE = "act", "ACT-PROBE"
#: The one that only the first role of the party may make happen.
FIRST_ACT, FIRST_MESSAGE = "first_act", "ACT-PROBE-FIRST"
#: The tasks of each role in a case: of who is no more than what the role makes them, and of
#: who is also cleared for work secrets and certified for minors.
HANDS = ("do", "co")

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<b:definitions '
    'xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:wf="urn:workflow-server:bpmn:1" id="d" targetNamespace="http://example.org/probe">'
)
_TEMPLATE = "<html><body><p>{{ d.about }}</p><p>{{ d.number }}</p></body></html>"
_PAPER = {
    "title": "核对函",
    "layout": "letter",
    "series": SERIES,
    "data": {"about": "=about"},
    "filename": '="核对函-" + about',
}
_FAILS = '<wf:link from="=blank" relation="x" to="=about"/>'
_EFFECTS = (
    f'<wf:record operation="open" kind="{RECORD}" title="=about" state="已登记">'
    '<wf:field name="source_ref" value="=about"/></wf:record>'
    f'<wf:document kind="{PAPER}" moment="issue"/>'
    '<wf:link from="=records.lead.id" relation="answered_by" to="=documents.probe_paper.id"/>'
    f'<wf:deadline rule="{RULE}" name="answer" start="=today" label="核对期限" subject="{RECORD}"/>'
)


def roles() -> list[dict[str, Any]]:
    """Return the roles of the shipped content, in its order."""
    text = (ROOT / "bpmn" / "_shared" / "roles.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["roles"]
    return found


def unlike_roles() -> list[str]:
    """Return of roles that a party, a sight and rights have in common the first: to who has nothing
    to do with a case a role is no more than these."""
    alike: dict[Any, str] = {}
    for role in roles():
        seen = (role["party"], role.get("sees"), tuple(sorted(role.get("rights", ()))))
        alike.setdefault(seen, role["key"])
    return list(alike.values())


def parties() -> list[str]:
    return list(dict.fromkeys(role["party"] for role in roles()))


def roles_of(party: str) -> list[str]:
    return [role["key"] for role in roles() if role["party"] == party]


def ledgers() -> list[str]:
    """Return the keys of the shipped content's ledgers."""
    text = (ROOT / "bpmn" / "_shared" / "ledgers.json").read_text("utf-8")
    return [each["key"] for each in json.loads(text)["ledgers"]]


def bundle(note: str = "") -> Bundle:
    """Seal the shipped content together with the cases of these tests; a note makes it another."""
    files = dict(read_folder(ROOT).files)
    messages = json.loads(files["bpmn/_shared/messages.json"])
    for party in parties():
        messages["types"] += [
            _message(_to(party), POST_OFFICE, party),
            _message(_from(party), party, POST_OFFICE),
        ]
        files[f"forms/probe/{party}.json"] = _form(start_fields(party))
        files[f"bpmn/probe/{party}.bpmn"] = _case(party, named=True)
        files[f"bpmn/probe/{party}_free.bpmn"] = _case(party, named=False)
    files["bpmn/_shared/messages.json"] = _json(messages)
    files["bpmn/probe/sender.bpmn"] = _sender()
    files["forms/probe/note.json"] = _form(["title"])
    files["forms/probe/sender.json"] = _form(["title", *parties()])
    files[f"documents/{PAPER}/document.json"] = _json(_PAPER)
    files[f"documents/{PAPER}/template.html"] = (_TEMPLATE + f"<!-- {note} -->").encode()
    return from_files(files)


def process_of(party: str, named: bool = True) -> str:
    """Name the process of a party's cases: of those with named people, or with free tasks."""
    return f"probe_{party}" if named else f"probe_{party}_free"


def start_fields(party: str) -> list[str]:
    """Return what the form asks that starts a case; what is left `blank` makes a step fail."""
    return ["title", "recipient", "blank", *_task_keys(party)]


def _case(party: str, *, named: bool) -> bytes:
    """Draw a case: it opens all kinds of things, sends a letter, fails, and waits for people."""
    outputs = "".join(
        f'<wf:output name="{"about" if field == "title" else field}" value="=this.{field}"/>'
        for field in start_fields(party)
    )
    tasks = _task_keys(party)
    drawn = [_task(task, named=named) for task in tasks]
    return _process(
        process_of(party, named),
        party,
        f"probe/{party}",
        node("startEvent", "begin", outputs + _EFFECTS),
        _letter("tell", _from(party), "=recipient"),
        '<b:parallelGateway id="split"/><b:parallelGateway id="join"/><b:endEvent id="end"/>',
        node(
            "intermediateThrowEvent", "fails", '<wf:link from="=blank" relation="x" to="=about"/>'
        ),
        chain("begin", "tell", "split", "fails", "join", "end"),
        *drawn,
        _act(ACT, MESSAGE, roles_of(party)),
        _act(FIRST_ACT, FIRST_MESSAGE, roles_of(party)[:1]),
        *(chain("split", task, "join") for task in tasks),
        messages=[_from(party), MESSAGE, FIRST_MESSAGE],
    )


def _act(key: str, message: str, roles: Iterable[str]) -> str:
    """Draw what people of some roles who see the case may do to it, again and again."""
    ours = f'<wf:act role="{" ".join(roles)}" label="核对事项" form="probe/note"/>'
    heard = f'<b:messageEventDefinition id="{key}_m" messageRef="{message}"/>'
    begun = node("startEvent", key, ours, heard, isInterrupting="false")
    inner = f'{begun}<b:endEvent id="{key}_done"/>{chain(key, f"{key}_done")}'
    return node("subProcess", f"beside_{key}", "", inner, triggeredByEvent="true")


def _task_keys(party: str) -> list[str]:
    return [f"{hand}_{role}" for role in roles_of(party) for hand in HANDS]


def _task(key: str, *, named: bool) -> str:
    role = key.partition("_")[2]
    if not named:
        return user(key, role=role, form="probe/note")
    ours = f'<wf:assign strategy="person" value="={key}"/><wf:form key="probe/note"/>'
    return node("userTask", key, ours)


def _sender() -> bytes:
    outputs = '<wf:output name="about" value="=this.title"/>' + "".join(
        f'<wf:output name="{party}" value="=this.{party}"/>' for party in parties()
    )
    letters = [f"to_{party}" for party in parties()]
    return _process(
        SENDER,
        POST_OFFICE,
        "probe/sender",
        node("startEvent", "begin", outputs + _EFFECTS),
        '<b:endEvent id="end"/>',
        user("close", role=roles_of(POST_OFFICE)[0], form="probe/note"),
        *(_letter(f"to_{party}", _to(party), f"={party}") for party in parties()),
        chain("begin", *letters, "close", "end"),
        messages=[_to(party) for party in parties()],
    )


def _process(key: str, party: str, form: str, *parts: str, messages: Iterable[str]) -> bytes:
    declared = "".join(f'<b:message id="{name}" name="{name}"/>' for name in messages)
    starts = f'<wf:start role="{roles_of(party)[0]}" label="新建" form="{form}"/>'
    ours = f'<wf:process title="权限核对" party="{party}"/>{starts}'
    head = f"<b:extensionElements>{ours}</b:extensionElements>"
    opened = f'<b:process id="{key}" name="权限核对" isExecutable="true">{head}'
    return f"{_HEAD}{declared}{opened}{''.join(parts)}</b:process></b:definitions>".encode()


def _letter(key: str, message: str, to: str) -> str:
    """Draw an event that sends the case's paper and its title to an organisation."""
    ours = (
        f'<wf:message type="{message}" to="{to}" conversation="=documents.{PAPER}.number">'
        f'<wf:payload name="word" value="=about"/><wf:enclose document="{PAPER}"/></wf:message>'
    )
    inner = f'<b:messageEventDefinition id="{key}_m" messageRef="{message}"/>'
    return node("intermediateThrowEvent", key, ours, inner)


def _message(key: str, sender: str, recipient: str) -> Mapping[str, str]:
    return {"key": key, "label": "核对函", "from": sender, "to": recipient}


def _to(party: str) -> str:
    return f"M-PROBE-TO-{party.upper()}"


def _from(party: str) -> str:
    return f"M-PROBE-FROM-{party.upper()}"


def _form(fields: Iterable[str]) -> bytes:
    components = [
        {"type": "textfield", "id": f"f{index}", "key": key, "label": key}
        for index, key in enumerate(fields)
    ]
    return _json(
        {"type": "default", "id": "Form_probe", "schemaVersion": 18, "components": components}
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
