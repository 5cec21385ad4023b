"""Requests that are worked off later: their queue, moved on by the clock, and their ids.

queue (what is to be done, as data) -> request_ids
"""
