"""By when something must be done, with every step of the calculation (decree 2-17-265, laws 55-19 and 31-13).

A term is counted by the calendar of Morocco, as an administrator saw the moon, and the closures of the district.
"""
