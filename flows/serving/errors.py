"""Why scheduled runs are not served; apart from the rest, which takes a while to import."""


class ServeError(RuntimeError):
    """Scheduled runs cannot be served; the message says why and what to do."""
