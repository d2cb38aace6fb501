"""Graphs → answers: SPARQL over named graphs, in this process or in workers that can be killed.

``base`` holds the values and the protocol every store follows, ``guard`` looks at a query before it is
evaluated, ``embedded`` evaluates in process (pyoxigraph), ``disk`` too, over a folder, ``workers`` in processes with
limits: ``process`` is one of them as its parent sees it, ``worker`` what runs inside, ``wire`` what the two say.
``remote`` has another server evaluate, over ``transport`` (HTTP). ``writing`` makes the bytes of an answer for all of
them. The store knows no plan.
"""
