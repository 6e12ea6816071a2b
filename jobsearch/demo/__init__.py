"""Commands that run the whole site on one machine: `manage.py demo` on the fake feed server, `manage.py start` on NAV's feed.

`supervisor` starts and stops child processes, `programs` starts each program of the site, `users` creates the demo's users,
and `feed_server` is the fake feed server, which tests and benchmarks use as well.
"""
