"""Ways into the core: real sockets, sockets that are none, and transports of client libraries."""
