"""gunicorn settings for every way of starting the web server; address, workers and threads are on its command line."""

worker_class = "jobsearch.core.gunicorn_worker.BufferedWorker"
worker_connections = 500  # a process; below the 1,024 files that a process may usually open
keepalive = 5  # seconds
timeout = 60
graceful_timeout = 30
limit_request_line = 8190  # bytes; fifty occupations and fifty places have more than the 4,094 of gunicorn's default
limit_request_fields = 100
# By default gunicorn accepts SCRIPT_NAME and PATH_INFO as headers from a proxy on this machine, which passes on the client's
# headers: a path that does not begin with SCRIPT_NAME caused a 500.
forwarder_headers = ""
sendfile = False  # the worker buffers what a slow client has not read; a file sent by the kernel would hold a thread
# No access log: it would contain what people search for. No control socket: it would be outside the project's folders.
control_socket_disable = True
