"""What `make bench` measures: one JSON object a line, with the goal beside the value."""
