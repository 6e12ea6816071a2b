"""One command that runs everything on one machine: `manage.py demo` on a stand-in feed, `manage.py start` on NAV's.

`processes` starts and stops the parts, `stack` knows which parts there are, `cast` are the demo's named users.
"""
