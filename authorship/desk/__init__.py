"""The whole tool as one local page: a folder of films, for someone who never opens a terminal.

Conventions
-----------
A desk is a folder. ``films.csv`` in it is the table of a corpus (`shotscale.store.table`), ``store/`` the store that
``authorship corpus analyze films.csv -o store`` fills, ``films/`` holds what was dropped on the page, ``exports/``
what it wrote, ``reference/`` a reference made from the folder's own films. What the desk itself must remember lies in
``.desk/``. Every action is a function that a command calls as well, and shows that command.

Films are measured by a process of its own (`authorship.desk.measuring`), which outlives the page and its server.
"""
