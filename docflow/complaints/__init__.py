"""Complaints, observations and suggestions of citizens: deposit, treatment, following (decree 2-17-265).

A complaint is an entry of the register of complaints; this room keeps what is known of it beside its document: kind,
category, place, contact, photographs, outcome. Routing, terms, circuits, drafting and search treat it as any letter.
"""
