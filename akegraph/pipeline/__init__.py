"""The one place that knows the order: source → table → graph → closure → store, and validation beside it."""
