"""Moves an instance: lets the engine take a step, does what it asks, writes it all down."""

from workflow_server.services.advance import calls, case, schedules, signals
from workflow_server.services.advance.case import Case
from workflow_server.services.advance.messages import Received, receive
from workflow_server.services.advance.moved import Moved, NextTask
from workflow_server.services.advance.timers import retime

assert schedules.RING  # read here, so that its jobs have their handler
case.FOLLOW[:] = [calls.write, signals.write]

__all__ = ["Case", "Moved", "NextTask", "Received", "receive", "retime"]
