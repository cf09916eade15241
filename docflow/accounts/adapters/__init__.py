"""Directories that recognise people, each by its own protocol."""
