"""Ruin and recreate for every rule of a survey, compiled: slack induction by string removals.

`search` runs iterations: `removal` takes strings of neighbours off a few trips, `insertion` puts
them back where they are cheapest, `evaluation` keeps what a shift's state says true, `driving` and
`rests` drive a shift exactly as a plan counts it, `changes` undoes what is not accepted.
"""
