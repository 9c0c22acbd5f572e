"""Parses, judges and runs diagrams: SpiffWorkflow, and only here. State in, Step out."""
