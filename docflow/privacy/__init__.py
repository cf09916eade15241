"""What is held about one person, for whoever must answer them (law 09-08, articles 7 and 8), and who looked for it."""
