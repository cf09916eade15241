"""The object stores that exist; named by ``bootstrap`` alone."""
