"""Moves an instance: lets the engine take a step, does what it asks, writes it all down."""

from workflow_server.services.advance import calls, case, schedules, signals, timers
from workflow_server.services.advance.case import Case
from workflow_server.services.advance.messages import Received, receive
from workflow_server.services.advance.moved import Moved, NextTask
from workflow_server.services.advance.timers import retime

#: What has handlers of jobs; named here, so that they are there whoever runs jobs.
HANDLING = (calls, schedules, signals, timers)
case.FOLLOW[:] = [calls.write, signals.write]

__all__ = ["Case", "Moved", "NextTask", "Received", "receive", "retime"]
