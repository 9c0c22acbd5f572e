"""What each page costs in statements: bounds for a case in full course, more versions or not."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from tests.api.conftest import statements as statements
from tests.court import BEGINNING, Court, court_content
from tests.web.conftest import Browser
from workflow_server.content import bundle
from workflow_server.services import deployments, drafts, tasks
from workflow_server.store.db import session
from workflow_server.store.deliveries import Delivery
from workflow_server.store.process_instances import ProcessInstance

Browsers = Callable[..., Browser]

#: Page -> who looks at it, and how many statements it may take.
BOUNDS = {
    "home": ("prosecutor", 8),
    "home, done": ("prosecutor", 8),
    "home, started": ("congress_clerk", 10),
    "task": ("prosecutor", 16),
    "start": ("congress_clerk", 6),
    "cases": ("prosecutor", 8),
    "case": ("congress_clerk", 15),
    "thread": ("congress_clerk", 19),
    "history": ("congress_clerk", 10),
    "letters": ("prosecutor", 15),
    "letters, sent": ("congress_clerk", 17),
    "letters/own": ("congress_clerk", 19),
    "letter": ("congress_clerk", 20),
    "ledgers": ("prosecutor", 5),
    "ledger": ("prosecutor", 12),
    "designs": ("designer", 12),
    "definition": ("designer", 8),
    "draft": ("designer", 8),
    "operations": ("admin", 9),
    "account": ("prosecutor", 5),
}


def addresses(case: Court, browser: Browsers) -> dict[str, str]:
    """Return where each page is, with things of the case that was played."""
    of_clerk = sa.select(ProcessInstance.id).order_by(ProcessInstance.started_at).limit(1)
    case_id = session().scalar(of_clerk)
    letter_id = session().scalar(sa.select(Delivery.id).where(Delivery.type == "M-FEEDBACK"))
    designer, prosecutor = case.people["designer"], case.people["prosecutor"]
    (task,) = tasks.list_(prosecutor, mine=True)[0]
    draft = drafts.create(designer, "试改", "", case.now)
    definition = deployments.list_definitions(deployments.list_()[0][0].id)[0]
    start = browser("congress_clerk").get("/").all("a[href^='/start/']")[0].get("href")
    ledger = browser("prosecutor").get("/ledgers").all("a[href^='/ledgers/']")[0].get("href")
    return {
        "home": "/",
        "home, done": "/?tab=done",
        "home, started": "/?tab=started",
        "task": f"/tasks/{task.task.id}",
        "start": str(start),
        "cases": "/cases",
        "case": f"/cases/{case_id}",
        "thread": f"/cases/{case_id}/thread",
        "history": f"/cases/{case_id}/history",
        "letters": "/letters",
        "letters, sent": "/letters?tab=sent",
        "letters/own": "/letters/own",
        "letter": f"/letters/{letter_id}",
        "ledgers": "/ledgers",
        "ledger": str(ledger),
        "designs": "/designs",
        "definition": f"/designs/definitions/{definition.id}",
        "draft": f"/designs/drafts/{draft.id}",
        "operations": "/operations",
        "account": "/account",
    }


def test_every_page_stays_within_its_statements(
    case: Court, browser: Browsers, statements: Callable[[], list[str]]
) -> None:
    case.play(until="ReviewReply")
    found = addresses(case, browser)
    assert found.keys() == BOUNDS.keys()
    people = {login: browser(login) for login, _ in BOUNDS.values()}

    def count(page: str) -> int:
        login, _ = BOUNDS[page]
        # The first look reads content into memory, and may leave a trace of what was seen.
        people[login].get(found[page])
        statements()
        assert people[login].get(found[page]).status == 200, page
        return len(statements())

    counted = {page: count(page) for page in BOUNDS}
    over = {page: (n, BOUNDS[page][1]) for page, n in counted.items() if n > BOUNDS[page][1]}
    assert not over, over
    _deploy_again(1)
    _deploy_again(2)
    assert count("designs") == counted["designs"]
    assert count("home") == counted["home"]


def _deploy_again(number: int) -> None:
    """Deploy the court's content with all its diagrams changed: a new version of each."""
    changed = {
        path: data + f"<!-- {number} -->".encode() if path.endswith(".bpmn") else data
        for path, data in court_content().files.items()
    }
    deployments.deploy_folder(bundle.from_files(changed), BEGINNING)
