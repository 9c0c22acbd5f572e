"""A workflow and BPM server for the linkage cycle of procuratorates and people's congresses."""
