"""The journal of acts, append-only and chained (law 43-20, law 69-99), and the log of openings (law 09-08)."""
