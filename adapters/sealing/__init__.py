"""Keys, and what is sealed with them: persons, papers, payloads, people's own words.

Two kinds of keys. A data key seals what belongs together and is kept in the database, wrapped;
destroying it erases all that it sealed, in every copy. A master key wraps data keys, seals
nothing else, and is never in the database.
"""
