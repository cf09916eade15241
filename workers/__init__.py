"""The processes that run jobs; thin, on top of everything."""
