"""How gunicorn runs both sites."""

worker_class = "gthread"
graceful_timeout = 15
timeout = 120
# A question of a thousand Arabic letters takes six thousand characters in an address.
limit_request_line = 8190
keepalive = 15
accesslog = None
control_socket_disable = True
