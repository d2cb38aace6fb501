"""Library development plans as a knowledge graph.

Data flow one way: source → table → graph → closure → store → questions → terminal and web.
"""

__version__ = "0.2.0"
