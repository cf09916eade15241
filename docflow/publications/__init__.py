"""What the district publishes for everybody: news, notices, decisions and minutes, in both languages.

Its editors write it and let it out. The public's right to information (constitution, article 27; law 31-13, articles 10
and 11): nothing here is secret, and nothing that is secret comes here by itself.
"""
