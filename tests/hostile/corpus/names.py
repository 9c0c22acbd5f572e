"""Ids and names that mean something to a machine, or that a reader can't tell apart."""

from __future__ import annotations

from tests.hostile.corpus.case import MARK, Case, boundary, chain, drawn, flow, node, sub, user

#: Ids that JavaScript, Python, FEEL or a database would read as something of their own.
MACHINE = ["__proto__"]
BROKEN = {
    "blank": " ",
    "a space in it": "a b",
    "a line in it": "a&#10;b",
    "a quotation mark": "a&quot;b",
    "a bracket": "a&lt;b",
    "a slash": "a/b",
    "a path": "../../a",
    "a tag": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "SQL": "a'; drop table tasks; --",
    "a format": "{0.__class__}",
    "a per cent": "%s%n",
    "an expression": "=1",
    "a template": "{{ 7 * 7 }}",
    "a digit first": "1a",
    "a dot first": ".a",
    "a dollar": "$a",
    "right to left": "a\u202eb",
    "an isolate": "a\u2066b",
    "no width": "a\u200bb",
    "a joiner": "a\u200db",
    "a soft hyphen": "a\u00adb",
    "Cyrillic letters": "\u0430",
    "Greek letters": "\u03bf",
    "wide letters": "\uff41",
    "an accent apart": "e\u0301",
    "a mark of order": "a\ufeffb",
    "a surrogate of emoji": "\U0001f600",
    "a tag of no language": "a\U000e0041",
    "a private letter": "\ue000",
}
IDS = (
    [
        drawn(
            f"an element called {key}",
            key,
            "标识",
            f"{MARK}{user(key)}",
            chain("begin", key, "end"),
        )
        for key in MACHINE
    ]
    + [
        drawn(
            f"an id with {name}",
            "",
            "标识|看不见",
            f"{MARK}{user(key)}",
            chain("begin", key, "end"),
        )
        for name, key in BROKEN.items()
    ]
    + [
        drawn(
            "an element without an id",
            "bad",
            "标识",
            f'{MARK}<b:userTask name="x"/>',
            chain("begin", "end"),
        ),
        drawn(
            "an element with an empty id",
            "",
            "标识",
            f'{MARK}<b:userTask id="" name="x"/>',
            chain("begin", "end"),
        ),
        drawn(
            "an id of 121 letters",
            "",
            "标识",
            f"{MARK}{user('a' * 121)}",
            chain("begin", "a" * 121, "end"),
        ),
        drawn(
            "an id of three hundred thousand letters",
            "",
            "属性超过|标识",
            f"{MARK}{user('a' * 300_000)}",
            chain("begin", "a" * 300_000, "end"),
        ),
        drawn(
            "a flow with an id that is a tag",
            "",
            "标识",
            user("a"),
            chain("begin", "a"),
            f"{MARK}{flow('a', 'end', key='&lt;b&gt;')}",
        ),
        drawn(
            "a flow called like JavaScript",
            "__proto__",
            "标识",
            user("a"),
            chain("begin", "a"),
            f"{MARK}{flow('a', 'end', key='__proto__')}",
        ),
    ]
)

TWICE = {
    "two tasks": f"\n{MARK}{user('a')}",
    "a task and a gateway": f'\n{MARK}<b:exclusiveGateway id="a"/>',
    "a task and a flow": f"\n{MARK}{flow('a', 'end', key='a')}",
    "a task and a lane": f'<b:laneSet id="ls">\n{MARK}<b:lane id="a"/></b:laneSet>',
    "a task and a note": f'\n{MARK}<b:textAnnotation id="a"/>',
    "a task and its boundary event": f"\n{MARK}{boundary('a', 'a')}",
    "a task and an element of a subprocess": sub("s", f"\n{MARK}{user('a')}"),
    "a task and what it is about": node(
        "intermediateCatchEvent",
        "c",
        inner=f'\n{MARK}<b:messageEventDefinition id="a" messageRef="m_ask"/>',
    ),
}
DUPLICATES = [
    drawn(f"an id twice: {name}", "a", "重复", user("a"), again, chain("begin", "a", "end"))
    for name, again in TWICE.items()
] + [
    drawn(
        "an id twice: a task and its process",
        "bad",
        "重复",
        f"{MARK}{user('bad')}",
        chain("begin", "bad", "end"),
    ),
    drawn(
        "an id twice: a task and a message",
        "m_ask",
        "重复",
        f"{MARK}{user('m_ask')}",
        chain("begin", "m_ask", "end"),
    ),
    drawn(
        "an id twice: two messages",
        "m_ask",
        "重复",
        user("a"),
        chain("begin", "a", "end"),
        before=f'{MARK}<b:message id="m_ask" name="M-ASK"/>',
    ),
    drawn(
        "an id twice in two pools",
        "a",
        "重复",
        user("a"),
        chain("begin", "a", "end"),
        beside=f'<b:process id="q" isExecutable="false">\n{MARK}{user("a")}</b:process>',
    ),
    drawn(
        "one id two thousand times",
        "a",
        "重复",
        user("a"),
        f"{MARK}{user('a')}",
        user("a") * 2_000,
        chain("begin", "a", "end"),
    ),
]

#: What a task may be called by its designer and not by an attacker.
SHOWN = {
    "right to left": "通过\u202e回退",
    "an isolate": "通过\u2067回退\u2069",
    "no width": "通\u200b过",
    "a mark of order": "通\ufeff过",
    "a tag of no language": "通过\U000e0041",
    "an old terminal": "通过\u009b2J",
}
NAMES = [
    drawn(
        f"a name that hides: {name}",
        "",
        "看不见",
        f'{MARK}<b:userTask id="a" name="{text}"/>',
        chain("begin", "a", "end"),
    )
    for name, text in SHOWN.items()
] + [
    drawn(
        "a condition that hides its end",
        "",
        "看不见",
        user("a"),
        '<b:exclusiveGateway id="g" default="no"/>',
        chain("begin", "g"),
        chain("a", "end"),
        f"{MARK}{flow('g', 'a', '=x = 1 /*' + chr(0x202E) + '*/', key='f')}",
        flow("g", "end", key="no"),
    ),
    drawn(
        "documentation that hides",
        "",
        "看不见",
        user("a"),
        chain("begin", "a", "end"),
        f"{MARK}<b:documentation>只读\u202e写</b:documentation>",
    ),
]
#: Facts that an output may not be called.
FACTS = [
    "__proto__",
    "__class__",
    "__init__",
    "_",
    "answers",
    "records",
    "this",
    "for",
    "in",
    "null",
    "true",
    "a.b",
    "a b",
    "金额",
    "1",
    "\u0430",
]
OUTPUTS = [
    drawn(
        f"a fact called {name!a}",
        "a",
        "wf:output|output",
        f"{MARK}" + user("a", f'<wf:output name="{name}" value="=1"/>'),
        chain("begin", "a", "end"),
    )
    for name in FACTS
]

CASES: list[Case] = [*IDS, *DUPLICATES, *NAMES, *OUTPUTS]
