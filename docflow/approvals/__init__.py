"""Circuits, the approval queue and decisions (الحامل الإلكتروني, parapheur).

A *circuit* says who gives an opinion, a visa, a signature, in which order, by function rather than by name. A *run* is
one document on its way through the version of a circuit that it began with; what somebody is asked on it is an *ask*,
what they answer a *decision*. A decision can be undone for ten seconds; then it takes effect. On an outgoing act a visa
or a signature is the person's own, in the field kept for it; on an incoming letter a decision is a line of the journal.
"""
