"""A return: what may happen to it, what has happened, and what must happen next.

A message comes in by `doors`, as one of `commands`; what our own steps came to, as one of
`notes`; `times` says whether the time it names can be. `decider` hears it: its handler, then the
rules, add `events` to an `unfolding`, each allowed by the tables of `lifecycle` and
`lives_of_money`. `evolve` folds events into `state` and its `things`, one small function of
`learn` for each; `upcasting` reads the older ones. `agenda` says what is open, for whom, and
until when; `deadlines` what follows when that time is up, `worrying` what a person is told of,
`telling` what the customer is, `closing` when all is done.

The rules stand by what they are about: `asking` (may it come back), `transport` (how it travels),
`goods` (what arrived, what it is worth, what goes out instead), `money` (promised, paid,
collected, held). `shown` is what people see of it.
"""
