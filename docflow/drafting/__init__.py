"""Answers and other letters written here (مسودة, brouillon): from a template to the act that departs.

A *draft* is a text in Arabic, in French, or in both. Each time it goes on a circuit it becomes a *version*, a PDF/A
that is frozen and signed; a version is never changed, and a return from the circuit leads to the next one.
"""
