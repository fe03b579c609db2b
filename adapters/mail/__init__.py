"""Messages to customers by e-mail, in their language."""
