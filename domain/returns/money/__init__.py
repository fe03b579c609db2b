"""What is promised, paid, collected and held; every minor unit explained."""
