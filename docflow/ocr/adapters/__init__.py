"""Engines that read lines; named by the composition root only."""
