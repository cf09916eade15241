"""Figures for those who lead: what is late, how long each step takes, who has how much to do (/stats).

A head sees their own units and people and nobody else's; a person sees their own work. People stand in the order of
their names, never of their figures, and nothing is counted that the reader may not know of.
"""
