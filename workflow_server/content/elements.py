"""What a diagram says beyond BPMN, as values; docs/extension-namespace.md is its page.

A *value* is kept as the text of its attribute: a leading "=" marks FEEL, anything else
is a literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from workflow_server.content.deadline_effects import DeadlineEffect as DeadlineEffect
from workflow_server.content.deadline_effects import When as When

#: Tasks that the server does at once.
AUTOMATIC = frozenset({"serviceTask", "businessRuleTask"})


@dataclass(frozen=True, slots=True)
class Start:
    """Who may start the process by hand, under which label and with which form."""

    role: str
    label: str
    form: str | None
    element_id: str


@dataclass(frozen=True, slots=True)
class Team:
    """Who belongs to the case: `value` gives one person id or a list of them."""

    role: str
    value: str


#: What degrees of secrecy are called, from the least.
SECRECIES = ("public", "internal", "work_secret")


@dataclass(frozen=True, slots=True)
class Flag:
    """What keeps people from the case: its secrecy, a minor, or another attribute by name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Assign:
    """Whom a task is offered to; `role` None means the role of its lane.

    `of` is whose department or head is meant: "starter", "previous" or FEEL.
    """

    strategy: str
    role: str | None = None
    task: str | None = None
    value: str | None = None
    title: str | None = None
    department: str | None = None
    of: str | None = None
    level: int | None = None
    until: str | None = None
    group: str | None = None
    field: str | None = None
    on_empty: str = "incident"
    fallback: str | None = None
    self_rule: str = "allow"


@dataclass(frozen=True, slots=True)
class Act:
    """What people of some roles may do to a case while an event of it waits."""

    roles: tuple[str, ...]
    label: str
    form: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Separation:
    """Elements of which nobody may do more than one."""

    tasks: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Reads:
    """One line of the case that is shown beside the form."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Output:
    """A fact that is set when the element is left, before its other effects."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A field of a record, a parameter of an operation, a part of a payload."""

    name: str
    value: str
    #: Of a payload: the classes of data that may leave the organisation with it.
    disclose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordEffect:
    """Open a record of a kind; update or close the instance's, or the one that `of` names."""

    operation: Literal["open", "update", "close"]
    kind: str
    title: str | None = None
    state: str | None = None
    fields: tuple[NamedValue, ...] = ()
    of: str | None = None
    when: When = "leave"


@dataclass(frozen=True, slots=True)
class LinkEffect:
    """Tie two records, documents or instances: both ends are values that give ids."""

    source: str
    relation: str
    target: str
    when: When = "leave"


@dataclass(frozen=True, slots=True)
class StateEffect:
    """Put the instance's record of a kind, or the one named, into a state on arrival."""

    record: str
    label: str
    of: str | None = None
    when: When = "enter"


@dataclass(frozen=True, slots=True)
class NumberEffect:
    """Draw the next number of a series into a fact."""

    series: str
    name: str
    when: When = "leave"


@dataclass(frozen=True, slots=True)
class DocumentEffect:
    """Draft, issue or serve a document of a kind."""

    kind: str
    moment: Literal["draft", "issue", "serve"]
    to: str | None = None
    name: str | None = None
    when: When = "leave"


@dataclass(frozen=True, slots=True)
class MessageEffect:
    """Send a message of a type to an organisation (value that gives its id)."""

    type: str
    to: str | None = None
    conversation: str | None = None
    in_reply_to: str | None = None
    payload: tuple[NamedValue, ...] = ()
    enclose: tuple[str, ...] = ()
    #: Classes of data that may leave with the enclosed documents.
    disclose: tuple[str, ...] = ()
    when: When = "leave"


Effect = (
    RecordEffect
    | LinkEffect
    | StateEffect
    | NumberEffect
    | DocumentEffect
    | DeadlineEffect
    | MessageEffect
)


@dataclass(frozen=True, slots=True)
class CatchMessage:
    """What a catching element waits for; a start event has no conversation."""

    type: str
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that follows a named deadline, a signed ISO 8601 duration away."""

    deadline: str
    offset: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What a service task does; its result becomes the fact `result`."""

    name: str
    result: str | None = None
    parameters: tuple[NamedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity is done; its texts are FEEL, with or without "=".

    Each turn of a multi-instance has variables of its own: its item among them.
    """

    kind: Literal["multi", "standard"]
    items: str | None = None
    item: str | None = None
    result: str | None = None
    into: str | None = None
    cardinality: str | None = None
    #: When a multi-instance is done before its time; as long as what a standard loop goes on.
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an instance ended, for statistics."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ElementExtensions:
    """One node of a diagram: what BPMN says of it that content must know, and what we add."""

    id: str
    type: str
    name: str
    line: int
    event: str | None = None  # message, timer, signal …: its event definition's kind
    message_name: str | None = None  # of the bpmn:message that it throws or catches
    timer_text: str | None = None  # what stands in its timeDate, timeDuration or timeCycle
    lane_role: str | None = None
    assign: Assign | None = None
    separate_from: tuple[str, ...] = ()
    form: str | None = None  # of a task, or of an act
    act: Act | None = None
    field_access: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[Reads, ...] = ()
    previews: tuple[str, ...] = ()  # kinds of documents that its answers end up in
    outputs: tuple[Output, ...] = ()
    effects: tuple[Effect, ...] = ()
    operation: Operation | None = None
    catch_message: CatchMessage | None = None
    timer: Timer | None = None
    outcome: Outcome | None = None
    scope: str | None = None  # the subprocess around it
    triggered: bool = False  # an event subprocess
    loop: Loop | None = None
    called: str | None = None  # the process that a call activity starts
    call: tuple[NamedValue, ...] = ()  # the facts that this begins with
    condition: str | None = None  # of a conditional event
    data: tuple[Output, ...] = ()  # the data objects that it writes, "=this" as it is

    @property
    def work(self) -> tuple[DeadlineEffect, ...]:
        """Return the changes of clocks that an automatic task does: a refusal is its error."""
        if self.type not in AUTOMATIC:
            return ()
        return tuple(
            effect
            for effect in self.effects
            if isinstance(effect, DeadlineEffect)
            and effect.operation not in ("start", "stop")
            and effect.when == "leave"
        )

    def effects_at(self, when: When) -> tuple[Effect, ...]:
        """Return the effects of one moment, in written order (outputs come before them)."""
        work = self.work
        return tuple(each for each in self.effects if each.when == when and each not in work)

    def papers(self) -> tuple[str, ...]:
        """Return the kinds of documents to show while its form is filled in, each once.

        First those that the diagram names, then those that the element makes as it is left.
        """
        made = (
            effect.kind
            for effect in self.effects_at("leave")
            if isinstance(effect, DocumentEffect) and effect.moment != "serve"
        )
        return tuple(dict.fromkeys([*self.previews, *made]))


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a sequence flow."""

    flow_id: str
    line: int
    text: str
    source: str = ""  # the element it leaves


@dataclass(frozen=True)
class ProcessExtensions:
    """One executable process; what each step asks of all `elements`, nested too, is kept."""

    process_id: str
    name: str
    path: str
    line: int
    title: str
    party: str | None
    starts: tuple[Start, ...] = ()
    team: tuple[Team, ...] = ()
    flags: tuple[Flag, ...] = ()
    message_starts: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, ElementExtensions] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    separations: tuple[Separation, ...] = ()
    signals: str = "organisation"  # who hears them: all cases of it, or what this one "called"

    @cached_property
    def calls(self) -> bool:
        """Tell whether it calls other processes at all."""
        return any(each.called is not None for each in self.elements.values())

    @cached_property
    def offers_acts(self) -> bool:
        """Tell whether events in it wait for what people do."""
        return any(each.act is not None for each in self.elements.values())

    @cached_property
    def deadlines_timed(self) -> frozenset[str]:
        """The deadlines that timers in it follow."""
        return frozenset(each.timer.deadline for each in self.elements.values() if each.timer)

    @cached_property
    def _separated(self) -> tuple[ElementExtensions, ...]:
        return tuple(each for each in self.elements.values() if each.separate_from)

    def repeated_around(self, element_id: str) -> tuple[ElementExtensions, ...]:
        """Return the activities done several times that an element is or stands in, inmost first.

        An event on the border of one stands outside it.
        """
        found = []
        element = self.elements.get(element_id)
        # A diagram that is still to be judged may hold an element in itself, by an id twice.
        seen: set[str] = set()
        while element is not None and element.id not in seen:
            seen.add(element.id)
            if element.loop is not None:
                found.append(element)
            element = None if element.scope is None else self.elements.get(element.scope)
        return tuple(found)

    def iterations_around(self, element_id: str) -> tuple[ElementExtensions, ...]:
        """Return those of them whose turns have variables of their own: no standard loops."""
        around = self.repeated_around(element_id)
        return tuple(each for each in around if each.loop and each.loop.kind == "multi")

    def separated_from(self, element_id: str) -> dict[str, str]:
        """Return the elements whose doers must not do this one, each with the rule's label."""
        found: dict[str, str] = {}
        for rule in self.separations:
            if element_id in rule.tasks:
                found |= {other: rule.label for other in rule.tasks if other != element_id}
        element = self.elements.get(element_id)
        for other in () if element is None else element.separate_from:
            found.setdefault(other, "职责分离")
        return found

    def kept_from_doers_of(self, element_id: str) -> dict[str, str]:
        """Return the elements that doers of this one must not do, each with the rule's label."""
        found: dict[str, str] = {}
        for rule in self.separations:
            if element_id in rule.tasks:
                found |= {other: rule.label for other in rule.tasks if other != element_id}
        for other in self._separated:
            if element_id in other.separate_from:
                found.setdefault(other.id, "职责分离")
        return found
