"""Check that every frame that ffmpeg decodes is read, at its time: containers x codecs x B-frames x frame rates.

Each film is made with ffmpeg and holds the same fifty pictures. Our frames are compared one by one with
ffprobe's (its best-effort timestamps) and with the times intended for the film; timestamps in milliseconds may be off
by one. If ffprobe knows no time (raw streams, the last frames of some films), the film's counts.

    python benchmarks/containers.py [--short] [--all]

Needs `ffmpeg` and `ffprobe` on the path. Rows without a fault are only counted unless `--all` is given.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shotscale.errors import FilmError
from shotscale.video import FilmReader

N_FRAMES = 50
RATES = ("25", "24000/1001", "50", "variable")
H264, HEVC, MPEG4, MPEG2 = "libx264", "libx265", "mpeg4", "mpeg2video"
KINDS: dict[str, tuple[str, ...]] = {
    "avi": (H264, MPEG4, "libxvid", "mjpeg", "ffv1", "msmpeg4v2"),
    "asf": (H264, MPEG4, "wmv2", "msmpeg4"),
    "mxf": (H264, MPEG2),
    "mp4": (H264, HEVC, MPEG4, "libvpx-vp9"),
    "mov": (H264, "prores", "mjpeg"),
    "3gp": (H264, MPEG4),
    "mkv": (H264, HEVC, MPEG4, MPEG2, "libvpx-vp9", "ffv1", "libtheora"),
    "webm": ("libvpx", "libvpx-vp9"),
    "ts": (H264, HEVC, MPEG2),
    "m2ts": (H264,),
    "vob": (MPEG2, "mpeg1video"),
    "mpg": (MPEG2, "mpeg1video"),
    "flv": (H264, "flv1"),
    "ogv": ("libtheora",),
    "nut": (H264, MPEG4),
    "wtv": (MPEG2,),
    "ivf": ("libvpx", "libvpx-vp9"),
    "y4m": ("wrapped_avframe",),
    "gif": ("gif",),
    "apng": ("apng",),
    "h264": (H264,),
    "hevc": (HEVC,),
    "m2v": (MPEG2,),
    "m4v": (MPEG4,),
}
SHORT = (("avi", H264, 3, "25"), ("avi", MPEG4, 2, "24000/1001"), ("asf", H264, 3, "25"), ("mxf", H264, 2, "25"),
         ("avi", "mjpeg", 0, "variable"), ("vob", MPEG2, 2, "25"), ("ogv", "libtheora", 0, "variable"),
         ("h264", H264, 2, "25"))  # fmt: skip
_B_FRAMES = {H264: (0, 3), HEVC: (0, 3), MPEG4: (0, 2), MPEG2: (0, 2), "mpeg1video": (0, 2), "libxvid": (0, 2)}
_CLOCKLESS = ("h264", "hevc", "m2v", "m4v")
"""Raw streams: their frame rate is constant and given by the stream or the demuxer."""
_TOLERANCE = 0.0011

Case = tuple[str, str, int, str]
Times = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A film as read by ffprobe and by us: frames, and the largest differences of time in seconds."""

    case: Case
    n_theirs: int
    n_ours: int
    off_theirs: float
    off_film: float
    notes: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether all frames are there, at the times of either ffprobe or the film."""
        off = min(self.off_theirs, self.off_film)
        return self.n_ours == self.n_theirs and off <= _TOLERANCE


def cases() -> Iterator[Case]:
    for container, codecs in KINDS.items():
        for codec in codecs:
            for b_frames in _B_FRAMES.get(codec, (0,)):
                for rate in RATES:
                    if (rate == "25" or container not in _CLOCKLESS) and (rate != "variable" or container != "mxf"):
                        yield container, codec, b_frames, rate


def make(case: Case, folder: Path) -> Path | None:
    """Write a film; return None if ffmpeg cannot write this combination."""
    container, codec, b_frames, rate = case
    path = folder / f"{codec}-{b_frames}-{rate.replace('/', '_')}.{container}"
    constant = "25" if rate == "variable" else rate
    # Half as many pictures again; every third is dropped.
    n, pick = (N_FRAMES * 3 // 2, ",select='mod(n,3)'") if rate == "variable" else (N_FRAMES, "")
    source = f"testsrc=size=96x64:rate={constant}{pick}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-c:v", codec, "-threads", "1"]
    command += ["-frames:v", str(N_FRAMES)] if not pick else ["-t", str(Fraction(n) / Fraction(constant))]
    command += ["-vsync", "vfr"] if pick else []
    command += ["-bf", str(b_frames)] if codec in _B_FRAMES else []
    command += {H264: ["-pix_fmt", "yuv420p", "-g", "12"], HEVC: ["-x265-params", "log-level=none:pools=1"]}.get(
        codec, []
    )
    command += (
        ["-qscale:v", "3"] if codec in (MPEG4, MPEG2, "mpeg1video", "libxvid", "wmv2", "mjpeg", "libtheora") else []
    )
    command += ["-f", "mpegts", "-mpegts_m2ts_mode", "1"] if container == "m2ts" else []
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return path if done.returncode == 0 and path.stat().st_size else None


def made_times(case: Case) -> Times:
    """Return the intended times of a film's pictures, relative to the first."""
    numbers = np.arange(N_FRAMES * 2)
    if case[3] == "variable":
        return (numbers[numbers % 3 > 0] - 1)[:N_FRAMES] / 25.0
    return numbers[:N_FRAMES] / float(Fraction(case[3]))


def times_of_ffprobe(path: Path) -> list[float | None]:
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json"]
    command += ["-show_entries", "frame=best_effort_timestamp_time", str(path)]
    frames = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["frames"]
    times = (frame.get("best_effort_timestamp_time") for frame in frames)
    return [None if time is None else float(time) for time in times]


def compare(case: Case, path: Path) -> Row:
    """Read a film with ffprobe and with `FilmReader`."""
    theirs = times_of_ffprobe(path)
    with FilmReader(path, samples_per_second=0, active_area=None) as reader:
        ours = np.concatenate([batch.times for batch in reader])
        notes = tuple(reader.notes)
    made = made_times(case)
    n = min(len(theirs), len(ours), len(made))
    known = [i for i in range(n) if theirs[i] is not None]
    pairs = np.asarray([(ours[i] - ours[known[0]], theirs[i] - theirs[known[0]]) for i in known])  # type: ignore[operator]
    return Row(
        case=case,
        n_theirs=len(theirs),
        n_ours=len(ours),
        off_theirs=float(np.abs(np.diff(pairs, axis=1)).max()) if known else float("inf"),
        off_film=float(np.abs(ours[:n] - made[:n]).max()),
        notes=notes,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="only a few combinations that were wrong before")
    parser.add_argument("--all", action="store_true", help="print every row")
    options = parser.parse_args()
    n_right = n_unwritten = n = 0
    print("| container | codec | B | rate | ffprobe's frames | ours | off ffprobe's ms | off the film's ms | notes |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for case in SHORT if options.short else cases():
            path = make(case, Path(folder))
            if path is None:
                n_unwritten += 1
                continue
            n += 1
            try:
                row = compare(case, path)
            except FilmError as error:
                print(f"| {' | '.join(map(str, case))} | | | | | {error} |", flush=True)
                continue
            n_right += row.is_right
            if options.all or not row.is_right:
                off = f"{1000 * row.off_theirs:.1f} | {1000 * row.off_film:.1f}"
                cells = f"{' | '.join(map(str, case))} | {row.n_theirs} | {row.n_ours} | {off}"
                print(f"| {cells} | {'; '.join(row.notes)} |", flush=True)
    print(f"\n{n_right} of {n} films right; {n_unwritten} combinations that ffmpeg does not write")


if __name__ == "__main__":
    main()
