"""Messages to customers as texts on their telephones."""
