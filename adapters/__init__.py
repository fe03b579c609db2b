"""Where their words become ours: one adapter per partner, each keeping a port of `activities`."""
