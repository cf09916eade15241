"""The unit that a document probably concerns, learned from what people decided about documents like it.

A *lesson* is a document whose unit a person set, with the stems of its words. A document without a unit is compared
with the lessons that the asking person may see, and the units of the nearest ones vote.
"""
