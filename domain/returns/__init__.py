"""A return: what may happen to it, what has happened, and what must happen next.

`lifecycle` and `lives_of_money` are the tables; `decider` hears a command and gives events;
`evolve` folds them into `state`; `agenda` says what is open, for whom, and until when. The
rules stand by what they are about: `asking` (may it come back), `transport` (how it travels),
`goods` (what arrived, what it is worth, what goes out instead), `money` (promised, paid,
collected, held). `shown` is what people see of it.
"""
