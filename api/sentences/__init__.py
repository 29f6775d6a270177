"""Sentences for codes: what a person reads when a rule speaks.

Indonesian sentences stand in one module per area as ``SENTENCES: dict[str, str]`` (``%(name)s``
placeholders); English ones in ``api/locale/en/<area>.po`` with the Indonesian sentence as msgid.
"""
