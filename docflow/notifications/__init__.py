"""How people hear of something outside the product: mail that is asked for with the facts, and sent by a job.

A mail is a row of the transaction that asks for it, so that none is sent about something that did not happen. It is
sent at least once: a server that took it and fell silent may get it again, with the same ``Message-ID``.
"""
