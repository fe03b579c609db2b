"""What merchants' own systems are told of returns, and how long is tried to tell them."""
