"""The visible stamp of arrival and departure, the institution's seal (cachet), time-stamps, keys and verification.

A *stamp* is what is seen, a *seal* is what proves that nothing changed since (law 43-20; PAdES, ETSI EN 319 142-1). An
incoming document receives both as one certifying update, and nothing more is ever written into it.
"""
