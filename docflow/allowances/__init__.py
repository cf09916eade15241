"""How often one address may ask the public site for what could be guessed or costs work."""
