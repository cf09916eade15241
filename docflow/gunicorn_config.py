"""How gunicorn runs both sites."""

worker_class = "gthread"
graceful_timeout = 15
timeout = 120
keepalive = 15
accesslog = None
control_socket_disable = True
