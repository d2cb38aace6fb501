"""The plan as a table of rows and cells; knows no RDF."""
