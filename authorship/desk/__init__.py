"""The whole tool as one local page for a folder of films, usable without a terminal.

Conventions
-----------
A desk is a folder. ``films.csv`` is its corpus table (`shotscale.store.table`), ``store/`` the store that
``authorship corpus analyze films.csv -o store`` fills; ``films/`` holds films dropped on the page, ``lists/`` imported
lists, ``exports/`` exports, ``reference/`` a reference made from the folder's own films, and ``.desk/`` the desk's own
state. Every action calls a function that a command also calls, and shows that command.

Films are measured by a separate process (`authorship.desk.measuring`), which outlives the page and its server.
"""
