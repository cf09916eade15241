"""Which administration this installation is of: its kind, its names, what its papers bear, and how it is set up."""
