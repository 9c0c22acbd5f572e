"""Forms: form-js JSON compiled once, answers checked on the server."""

from workflow_server.content.forms.checking import MAX_ANSWERS, Sources, check
from workflow_server.content.forms.drafting import drafted
from workflow_server.content.forms.model import (
    ACCESS,
    Checked,
    FieldInfo,
    Form,
    FormRefused,
    Option,
)
from workflow_server.content.forms.reading import parse
from workflow_server.content.forms.rights import copies_shut, shut_paths, without, without_hidden

__all__ = [
    "ACCESS",
    "MAX_ANSWERS",
    "Checked",
    "FieldInfo",
    "Form",
    "FormRefused",
    "Option",
    "Sources",
    "check",
    "copies_shut",
    "drafted",
    "parse",
    "shut_paths",
    "without",
    "without_hidden",
]
