"""Table to RDF and back: every IRI is minted and every triple asserted or inferred here."""
