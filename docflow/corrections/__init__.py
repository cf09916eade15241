"""The correction queue: pages whose reading is in doubt are compared with their picture and set right by a person.

A *correction* (تصحيح / correction) is a new version of a page's text; no version is ever lost.
"""
