"""What the clocks say where: the tz database, its rules, and the places that people name.

`database` holds the database's names, links and tables; `engine` answers which rule a zone follows at an
instant; `atlas` turns what a person types into places; `values` are the small frozen things that they give
out. Nothing is imported here, since whoever wants the values alone should not load the engine and CLDR.
"""
