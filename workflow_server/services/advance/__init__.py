"""Moves an instance: lets the engine take a step, does what it asks, writes it all down."""

from workflow_server.services.advance.case import Case, Moved, NextTask
from workflow_server.services.advance.messages import Received, receive
from workflow_server.services.advance.timers import retime

__all__ = ["Case", "Moved", "NextTask", "Received", "receive", "retime"]
