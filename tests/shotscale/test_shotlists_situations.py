"""Lists as people and programs write them, in several languages: read correctly or refused."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shotscale.errors import UserError
from shotscale.shotlists import read_shotlist

FILM = [0, 4, 7, 14]
OTHER = [0, 4.5, 8, 15]
FPS = Fraction(25)

READ: dict[str, tuple[str, list[float], dict[str, Any]]] = {
    "cinemetrics.csv": ('"Shot","Cut","Length","Type"\n1,0:04,4.0,CU\n2,0:07,3.0,MS\n3,0:14,7.0,LS\n', FILM, {}),
    "cinemetrics adv txt": (
        "Shot number\tTime code\tShot length\tShot type\n"
        "1\t0:00:04.0\t4.0\tClose Up\n"
        "2\t0:00:07.0\t3.0\tMedium Shot\n"
        "3\t0:00:14.0\t7.0\tLong Shot\n",
        FILM,
        {},
    ),
    "cine simple mm:ss.t": ("00:04.0\n00:07.0\n00:14.0\n", FILM, {}),
    "cine tenths": ("1\t4.0\n2\t3.0\n3\t7.0\n", FILM, {}),
    "psd only tc": (
        "Scene Number,Start Timecode,End Timecode\n"
        "1,00:00:00.000,00:00:04.000\n"
        "2,00:00:04.000,00:00:07.000\n"
        "3,00:00:07.000,00:00:14.000\n",
        FILM,
        {},
    ),
    "psd frames only": ("Scene Number,Start Frame,End Frame\n1,1,100\n2,101,175\n3,176,350\n", FILM, {"fps": FPS}),
    "de semicolon": ("Nr;Anfang;Ende;Dauer (s)\n1;0,0;4,0;4,0\n2;4,0;7,0;3,0\n3;7,0;14,0;7,0\n", FILM, {}),
    "de länge": ("Einstellung;Länge\n1;4,0\n2;3,0\n3;7,0\n", FILM, {}),
    "de einstellungslänge": ("Nr.;Einstellungslänge\n1;4,5\n2;3,5\n3;7\n", OTHER, {}),
    "de thousands2": ("Nr;Anfang (ms);Ende (ms)\n1;0;1.000,5\n2;1.000,5;2.500,0\n", [0, 1.0005, 2.5], {}),
    "timedelta pandas": (
        "start,end\n"
        "0 days 00:00:00,0 days 00:00:04\n"
        "0 days 00:00:04,0 days 00:00:07\n"
        "0 days 00:00:07,0 days 00:00:14\n",
        FILM,
        {},
    ),
    "apostrophe thousands": ("length (ms)\n4'000\n3'000\n7'000\n", FILM, {}),
    "de sekunden": ("Nr;Dauer in Sekunden\n1;4,5\n2;3,5\n3;7\n", OTHER, {}),
    "de anfang in": ("Nr;Anfang in Sekunden;Ende in Sekunden\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "fr durée en": ("Plan;Durée en secondes\n1;4\n2;3\n3;7\n", FILM, {}),
    "de ms": ("Nr;Dauer (Millisekunden)\n1;4500\n2;3500\n3;7000\n", OTHER, {}),
    "de bilder": ("Nr;Länge (Bilder)\n1;100\n2;75\n3;175\n", FILM, {"fps": FPS}),
    "de Gesamt": ("Nr;Dauer\n1;4\n2;3\n3;7\nGesamt;14\n", FILM, {}),
    "de beginn": ("Beginn;Ende\n0;4\n4;7\n7;14\n", FILM, {}),
    "de uhr": ("Zeit\n0:04\n0:07\n0:14\n", FILM, {}),
    "de timecode in/out": (
        "TC In;TC Out\n00:00:00:00;00:00:04:00\n00:00:04:00;00:00:07:00\n00:00:07:00;00:00:14:00\n",
        FILM,
        {"fps": FPS},
    ),
    "excel time 1:02,5": ("Dauer\n0:04,5\n0:03,5\n0:07,0\n", OTHER, {}),
    "fr début fin": ("Plan;Début;Fin\n1;0,0;4,0\n2;4,0;7,0\n3;7,0;14,0\n", FILM, {}),
    "fr durée": ("Plan;Durée (secondes)\n1;4\n2;3\n3;7\n", FILM, {}),
    "fr durée du plan": ("N°;Durée du plan\n1;4\n2;3\n3;7\n", FILM, {}),
    "fr total": ("Plan;Durée\n1;4\n2;3\n3;7\nTotal;14\n", FILM, {}),
    "fr images": ("Plan;Durée (images)\n1;100\n2;75\n3;175\n", FILM, {"fps": FPS}),
    "fr début only NFD": ("Plan;Début;Fin\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "it": ("Inquadratura;Inizio;Fine\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "it durata": ("Inquadratura;Durata (secondi)\n1;4\n2;3\n3;7\n", FILM, {}),
    "it fotogrammi": ("N.;Durata (fotogrammi)\n1;100\n2;75\n3;175\n", FILM, {"fps": FPS}),
    "hu": ("Beállítás;Kezdet;Vég\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "hu hossz": ("Snitt;Hossz (másodperc)\n1;4,5\n2;3,5\n3;7\n", OTHER, {}),
    "hu hossz mp": ("Snitt;Hossz (mp)\n1;4,5\n2;3,5\n3;7\n", OTHER, {}),
    "hu eleje vége": ("sorszám;eleje;vége\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "es": ("Plano;Inicio;Fin;Duración\n1;0;4;4\n2;4;7;3\n3;7;14;7\n", FILM, {}),
    "sv": ("Tagning;Start;Slut\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "nl": ("Nr;Begin;Einde;Duur (seconden)\n1;0;4;4\n2;4;7;3\n3;7;14;7\n", FILM, {}),
    "pt": ("Plano;Início;Fim\n1;0;4\n2;4;7\n3;7;14\n", FILM, {}),
    "1h02m03s": ("0h00m04s\n0h00m07s\n0h00m14s\n", FILM, {}),
    "1h02m03s length": ("start,end\n0m00s,0m04s\n0m04s,0m07s\n0m07s,0m14s\n", FILM, {}),
    "1:02.5": ("0:04.0\n0:07.0\n0:14.0\n", FILM, {}),
    "primes": ("0'04\"\n0'07\"\n0'14\"\n", FILM, {}),
    '4"': ('4"\n7"\n14"\n', FILM, {}),
    "typographic primes": ("0′04″\n0′07″\n0′14″\n", FILM, {}),
    "hh:mm:ss,ms": ("00:00:04,000\n00:00:07,000\n00:00:14,000\n", FILM, {}),
    "4s": ("4s\n7s\n14s\n", FILM, {}),
    "4 sec": ("4 sec\n7 sec\n14 sec\n", FILM, {}),
    "en dash ranges": ("0:00–0:04\n0:04–0:07\n0:07–0:14\n", FILM, {}),
    "hyphen ranges": ("0:00-0:04\n0:04-0:07\n0:07-0:14\n", FILM, {}),
    "arrow ranges": (
        "00:00:00.000 --> 00:00:04.000\n00:00:04.000 --> 00:00:07.000\n00:00:07.000 --> 00:00:14.000\n",
        FILM,
        {},
    ),
    "nbsp around": ("start,end\n0\xa0,\xa04\n4,7\n7,14\n", FILM, {}),
    "narrow nbsp": ("length (ms)\n4\u202f000\n3\u202f000\n7\u202f000\n", FILM, {}),
    "crlf": ("start,end\r\n0,4\r\n4,7\r\n7,14\r\n", FILM, {}),
    "cr": ("start,end\r0,4\r4,7\r7,14\r", FILM, {}),
    "trailing delim": ("start,end,\n0,4,\n4,7,\n7,14,\n", FILM, {}),
    "empty cols": ("start,,end\n0,,4\n4,,7\n7,,14\n", FILM, {}),
    "title above": ("My film (1960)\nCoded by Anna\n\nShot,Start,End\n1,0,4\n2,4,7\n3,7,14\n", FILM, {}),
    "notes col": ('Shot,Start,End,Notes\n1,0,4,"he says: 1,2,3"\n2,4,7,\n3,7,14,x\n', FILM, {}),
    "space aligned": ("start   end\n0       4\n4       7\n7       14\n", FILM, {}),
    "start/len zero": ("start,length\n0,4\n4,3\n7,7\n", FILM, {}),
    "unit frames": ("In,Out\n0,100\n100,175\n175,350\n", FILM, {"fps": FPS, "unit": "frames"}),
    "df tc table": (
        "Start,End\n00:00:00;00,00:01:00;02\n00:01:00;02,00:02:00;02\n",
        [0, 60.06, 120.053],
        {"fps": Fraction(30000, 1001)},
    ),
    "vian tsv": (
        "BEGIN\tEND\tNAME\n"
        "00:00:00.000\t00:00:04.000\t1\n"
        "00:00:04.000\t00:00:07.000\t2\n"
        "00:00:07.000\t00:00:14.000\t3\n",
        FILM,
        {},
    ),
    "anvil": ("start;end;duration;type\n0.0;4.0;4.0;CU\n4.0;7.0;3.0;MS\n7.0;14.0;7.0;LS\n", FILM, {}),
    "audacity labels": ("0.000000\t4.000000\tCU\n4.000000\t7.000000\tMS\n7.000000\t14.000000\tLS\n", FILM, {}),
    "percent": ("Shot,Length,Share\n1,4,28%\n2,3,21%\n3,7,50%\n", FILM, {}),
    "min:sec header": ("Shot,Time (min:sec)\n1,0:04\n2,0:07\n3,0:14\n", FILM, {}),
    "seconds header w colon": ("Shot: ,Length: (s)\n1,4\n2,3\n3,7\n", FILM, {}),
    "Length s.": ("Shot,Length s.\n1,4\n2,3\n3,7\n", FILM, {}),
    "markdown": ("| shot | start | end |\n|---|:-:|---:|\n| 1 | 0 | 4 |\n| 2 | 4 | 7 |\n| 3 | 7 | 14 |\n", FILM, {}),
    "len min": ("Length (minutes)\n0.0666666667\n0.05\n0.1166666667\n", FILM, {}),
}

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "cinemetrics deciseconds": ("No.\tTime\tLength (dsec)\n1\t40\t40\n2\t70\t30\n3\t140\t70\n", {}),
    "psd frames nofps": ("Scene Number,Start Frame,End Frame\n1,1,100\n2,101,175\n3,176,350\n", {}),
    "de thousands": ("Nr;Länge (ms)\n1;4.500\n2;3.500\n3;7.000\n", {}),
    "fi": ("Otos;Alku;Loppu\n1;0;4\n2;4;7\n3;7;14\n", {}),
    "00.01.23 dots": ("00.00.04\n00.00.07\n00.00.14\n", {}),
    "dots header": ("start;end\n00.00.00;00.00.04\n00.00.04;00.00.07\n00.00.07;00.00.14\n", {}),
    "hh:mm:ss:ms": ("start,end\n00:00:00:000,00:00:04:000\n00:00:04:000,00:00:07:000\n00:00:07:000,00:00:14:000\n", {}),
    "excel day fractions": ("start,end\n0,0.0000462963\n0.0000462963,0.0000810185\n0.0000810185,0.000162037\n", {}),
    "scientific": ("start,end\n0.0e0,4.0e0\n4.0e0,7.0e0\n7.0e0,1.4e1\n", {}),
    "unicode minus": ("start,end\n0,4\n−4,7\n", {}),
    "json": ('[{"start":0,"end":4},{"start":4,"end":7}]', {}),
    "in/out frames": ("In,Out\n0,100\n100,175\n175,350\n", {"fps": FPS}),
    "desc order": ("start,end\n7,14\n4,7\n0,4\n", {}),
    "tenths header": ("Shot,Length (1/10 s)\n1,40\n2,30\n3,70\n", {}),
    "lengths whole no header descending?": ("4\n3\n7\n", {}),
    "feet": ("Shot,Length (feet)\n1,6\n2,4.5\n3,10.5\n", {}),
    "Länge in m": ("Nr;Länge (m)\n1;6\n2;4,5\n3;10,5\n", {}),
    "Meter": ("Nr;Meter\n1;6\n2;4,5\n3;10,5\n", {}),
    "hours": ("Nr,Length (h)\n1,1\n", {}),
    "ns": ("start_ns,end_ns\n0,4000000000\n4000000000,7000000000\n", {}),
}


def place(folder: Path, text: str, **options: Any) -> list[float]:
    (folder / "list.txt").write_text(text, encoding="utf-8", newline="")
    given = read_shotlist(folder / "list.txt", **options)
    return [float(time) for time in (*given.shots["start"], given.shots["end"].iloc[-1])]


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_in_one_way_is(name: str, tmp_path: Path) -> None:
    text, film, options = READ[name]
    assert place(tmp_path, text, **options) == pytest.approx(film, abs=0.001)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_is_refused_in_a_line(name: str, tmp_path: Path) -> None:
    text, options = REFUSED[name]
    with pytest.raises(UserError) as raised:
        place(tmp_path, text, **options)
    message = str(raised.value)
    assert "\n" not in message
    assert ";" in message, "a remedy"
