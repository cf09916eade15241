"""Circulation between units: who asked whom for what, by when, and what came of it (إحالة, transmission).

An assignment asks one unit or person for one thing on one document, by a typed instruction whose effect is enforced.
The assignments of a document are its route. What is asked of somebody is their task.
"""
