"""The time-stamping authorities that can be asked; named by ``bootstrap`` alone."""
