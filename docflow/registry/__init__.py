"""The registry desk: registers, numbers without gaps, entries, receipts (سجل الضبط, registre du bureau d'ordre).

An entry gives a document its number: per register and year, in Casablanca time, never reused, never skipped. A number
is cancelled with a reason and stays in the register. The visible stamp and the seal follow the number as a job.
"""
