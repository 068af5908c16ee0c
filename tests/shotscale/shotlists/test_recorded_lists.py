"""How short lists are read, recorded: what was understood, where shots begin and end, notes, or the refusal."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from shotscale.errors import UserError
from shotscale.shotlists import read_shotlist

LISTS = (
    "0:04\n0:10\n1:02\n",
    "4.5\n10\n62.25\n",
    "0\n4.5\n10\n62.25\n",
    "4,5\n10,25\n62,5\n",
    "length\n4\n6.5\n52\n",
    "shot,length\n1,4\n2,6.5\n3,52\nTotal,62.5\nAverage,20.8\n",
    "shot,length,scale\n1,4,CU\n2,6.5,MCU/LS\n3,52,wide\n4,3,\n",
    "start,end\n0,4\n4,10\n10,62\n",
    "start,end,scale\n0,4,1\n4,10,3\n10,62,7\n",
    "start,end\n0,4\n6,10\n10,62\n",
    "start,end\n4,0\n4,10\n",
    "Nr;Zeit;Einstellung\n1;0:04;Nah\n2;0:10;Totale\n3;1:02;Groß\n",
    "Einst.;Beginn;Ende;Dauer\n1;0:00;0:04;4\n2;0:04;0:10;6\n3;0:10;1:02;52\n",
    "start,duration\n0,4\n4,6\n10,52\n",
    "in,out\n01:00:00:00,01:00:04:12\n01:00:04:12,01:00:10:00\n",
    "time,ms\n4000,1\n10000,2\n62000,3\n",
    "start (ms),end (ms)\n0,4000\n4000,10000\n10000,62000\n",
    "frame\n96\n240\n1488\n",
    "film,shot,length\nPersona,1,4\nPersona,2,6.5\nFargo,1,3\n",
    "Persona,Fargo\n4,3\n6.5,2\n,9\n",
    "shot,start,end,number of people\n1,0,4,2\n2,4,10,0\n",
    "# a comment\nstart,end\n0,4\n# another\n4,10\n",
    "Persona (1966)\nlengths in seconds\n\nshot\tlength\n1\t4\n2\t6.5\n3\t52\n",
    "shot,cut\n1,4\n2,10\n,62\n",
    "1-3: 12\n4-9: 30\n",
    "0:04 - 0:10\n0:10 - 1:02\n",
    "shot,time\n1,0:04 to 0:10\n2,0:10 to 1:02\n3,1:02 to 1:10\n",
    "start|end|shot scale\n0|4|plan moyen\n4|10|gros plan\n10|62|plan d'ensemble\n",
    "start,end,kind\n0,4,start\n4,10,dissolve\n10,62,cut\n",
    "start,end,scale\n0,4,CU\n4,10,XYZ\n10,62,LS\n",
    "1,200 ft\n300 ft\n",
    "length (min)\n0.5\n1.25\n2\n",
    "00:04.12\n00:10.03\n01:02.24\n",
    "start,end\n0,4\n4,10\n4,10\n10,62\n",
    "name,director\nPersona,Bergman\n",
    "",
    "\x00\x01binary",
)


def test_lists_as_they_are_read(recorded: Callable[[str, str], None], tmp_path: Path) -> None:
    told = []
    for number, text in enumerate(LISTS):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        for fps in (None, Fraction(24)) if number % 3 == 0 else (None,):
            told.append(f"{text!r}, {fps} frames per second")
            try:
                given = read_shotlist(path, fps=fps)
            except UserError as error:
                told.append(f"  {type(error).__name__} {str(error).replace(str(tmp_path), '')}")
                continue
            shots = given.shots[["start", "end", "kind"]].itertuples(index=False)
            told.append("  " + "; ".join(f"{start:.3f} to {end:.3f} {kind}" for start, end, kind in shots))
            told += [f"  {given.scales}", *(f"  {line}" for line in (given.understood, *given.notes))]
    recorded("lists", "\n".join([*told, ""]))
