"""The server without a socket: App.handle takes a Request and gives a Response.

app -> faults -> dispatch -> routes -> a handler of the rooms below -> compressing
journal, entries, lints, habits take notes; admin looks at all of it from outside
"""
