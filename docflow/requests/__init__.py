"""Procedures and what citizens ask for by them (law 55-19), and access to information (law 31-13).

A request is an entry of a register: it is read, sealed, routed, answered and found like any letter. This room keeps
what the procedure asks for, what was given, and what became of it. Civil-status acts are kept by their own register
(law 36-21), never here.
"""
