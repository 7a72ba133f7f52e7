"""Between the network and the pages: the gate, signing in, headers, figures of the running server."""
