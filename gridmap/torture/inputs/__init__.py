"""Hostile input: a million things that nobody ought to send; each ends in words or in a right result.

seeds      a good file of every format
mutants    good files with bytes changed, cut, repeated and swapped for others
attacks    files made to do harm: bombs, pointers to other files, entities, endless rings
phrases    texts made to do harm, for every field
reader     a limited process that reads one file after the other, as the reading process does
files      start such readers, again after each that died, and count how the files ended
values     texts that ought to be dates, numbers, codes, shapes, mappings and edits, to the parsers themselves
asking     every statement with every attack in every parameter
serving    a real server, asked by HTTP and WebSocket what nobody ought to ask
running    how many of which, and the counts
"""
