"""Scenarios of requests with the answers of a real server, and what is made with them.

pack            the packaged scenarios, and packs in folders
steps           a scenario against a server, step by step
differences     two answers compared: status, fields, types, words, order, values, headers
senders         how requests reach a server: HTTP, or an app in the same process
checking        a whole pack against a server, as `annotools mock check`
drift           a real server beside the mock, as `annotools mock drift`
declared        the schema of an installed cvat-sdk beside what the mock knows
recording, scrubbing        a task or project of a real server as a seed
reports         text, JSON, Markdown and JUnit
"""
