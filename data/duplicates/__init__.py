"""Who is likely to stand in the lists twice: pairs for a person to decide, with score and reasons.

:mod:`.names` reduces Indonesian names to how they sound, :mod:`.children` and :mod:`.sponsors`
compare people, :mod:`.pairs` is what they hand out. Nothing is merged here, and no reason holds an
identity number.
"""
