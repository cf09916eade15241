"""Offices that receive the public: hours, appointments, tickets, the desks and who sits at them, and how many to open.

An office belongs to an org unit. An appointment is made on the public site without an account and followed with its
number and secret; whoever comes is called to a desk by a ticket. Nothing here says what somebody came for.
"""
