"""How a return stands, for people and programs: the headline, the status, the page."""
