"""The server without a socket: App.handle takes a Request and gives a Response.

    app -> faults -> dispatch -> routes -> a handler of the rooms below;  journal, entries, lints, habits take notes
"""
