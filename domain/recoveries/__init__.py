"""What is claimed back from others: from a carrier that lost or damaged a parcel, and from the
customs of a country that had taken duties on goods which have left it again.

A life of its own beside the return's, because it takes months, and no customer waits for it.
"""
