"""Natrolite beside FEniCSx on the same meshes, run in turn on this machine; prints medians and ratios.

    python benches/peers/compare.py [--natrolite PROGRAM] [--mesh FILE.msh | --size 50k] [--threads 1]
    python benches/peers/compare.py --natrolite PROGRAM --mesh FILE.msh --threads 2 --ranks [--gamg]

With `--ranks` Natrolite runs a second time, under mpirun with as many ranks of one thread; PROGRAM must be built with
`--features petsc` then. Where FILE.cells.npy lies beside FILE.msh (`finer_mesh.py`) FEniCSx reads that. Meshes are made by `pore_mesh.py` where Gmsh's Python module is installed (`--gmsh-python` may name
another interpreter that has it) and kept in the folder `--work`. `--fenicsx-python` names the interpreter
that has dolfinx; without one only Natrolite is timed. What the figures mean: docs/performance.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Cell size at the rim, far away (um), and growth.
SIZES = {
    "50k": ("0.33", "2.5", "0.1"),
    "400k": ("0.16", "1.25", "0.05"),
    "2M": ("0.093", "0.715", "0.029"),
}

PORE = """
[material.NPS]
ohm = { conductivity = "0.1 mS/cm" }
[region]
se = "NPS"
[boundary.bot]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.top]
current = { density = "1.3 mA/cm^2" }
"""

ELASTICITY = """
[material.NPS]
elastic = { young = "20 GPa", poisson = 0.3 }
[region]
se = "NPS"
[boundary]
bot = { roller = true }
sides = { roller = true }
symx = { roller = true }
symy = { roller = true }
top = { pressure = "10 MPa" }
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--natrolite", default=str(HERE.parents[1] / "target/release/natrolite"))
    parser.add_argument("--fenicsx-python", default=sys.executable)
    parser.add_argument("--gmsh-python", default=sys.executable)
    parser.add_argument("--mesh", help="a mesh with the names of pore_mesh.py, in um")
    parser.add_argument("--size", choices=SIZES, default="50k", help="of the mesh to make")
    parser.add_argument("--work", default="out/peers", help="folder for meshes and results")
    parser.add_argument("--threads", type=int, default=1, help="threads, and processes of mpirun")
    parser.add_argument("--ranks", action="store_true", help="Natrolite under mpirun, too")
    parser.add_argument("--gamg", action="store_true", help="with GAMG on ranks, as FEniCSx")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--cold", action="store_true", help="no turn before those that count")
    parser.add_argument(
        "--problems",
        default="pore:1,pore:2,elasticity:1",
        help="problem:order, separated by commas",
    )
    return parser.parse_args()


def measure(command, environment, folder):
    """Runs a command: its stdout, wall-clock and processor seconds, and its largest process (MiB)."""
    out = tempfile.TemporaryFile(dir=folder)
    errors = tempfile.TemporaryFile(dir=folder)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=out, stderr=errors, env=os.environ | environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        errors.seek(0)
        sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{errors.read().decode()}")
    out.seek(0)
    cpu = usage.ru_utime + usage.ru_stime
    return out.read().decode(), {"wall": wall, "cpu": cpu, "memory": usage.ru_maxrss / 1024}


def on_ranks(options, mesh, problem, order):
    """The same under mpirun."""
    start = ["mpirun", "-n", str(options.threads)]
    preconditioner = "-pc_type gamg -pc_gamg_threshold 0.01" if options.gamg else None
    return natrolite(options, mesh, problem, order, start, preconditioner)


def natrolite(options, mesh, problem, order, start=None, petsc=None):
    """One run with all its files, uncompressed."""
    laws = {"pore": PORE, "elasticity": ELASTICITY}[problem]
    work = Path(options.work)
    case = work / f"{problem}_{order}.toml"
    if start:
        laws += '[solver]\nlinear = { method = "cg" }\n'
    if petsc:
        laws += f"petsc = {json.dumps(petsc)}\n"
    case.write_text(
        f'temperature = "298.15 K"\n[mesh]\nfile = {json.dumps(str(mesh))}\nunit = "um"\n'
        f"[discretization]\norder = {order}\n[output]\ncompression = 0\nreport = false\n{laws}"
    )
    folder = work / f"{problem}_{order}"
    command = [options.natrolite, "run", str(case), "--quiet", "--output", str(folder)]
    threads = ["--threads", str(1 if start else options.threads)]
    _, taken = measure((start or []) + command + threads, {}, work)
    summary = json.loads((folder / "summary.json").read_text())
    seconds = summary["seconds"]
    taken["work"] = seconds["total"] - seconds["output"]
    taken["phases"] = {key: seconds[key] for key in ("mesh", "setup", "solve", "output")}
    if start:
        of_solve = summary["ranks"]["linear_seconds"]
        taken["phases"] |= dict(zip(("preconditioner", "iterate"), of_solve))
    taken["unknowns"] = summary["dofs"]
    taken["iterations"] = sum(summary["linear_solver"]["iterations"]) or None
    overpotential = summary["quantities"].get("cell_overpotential")
    taken["answer"] = overpotential["value"] if overpotential else None
    return taken


def fenicsx(options, mesh, problem, order):
    """One run of `fenicsx.py`, which writes no files."""
    cells = mesh.with_suffix(".cells.npy")
    file = str(cells if cells.exists() else mesh)
    script = [options.fenicsx_python, str(HERE / "fenicsx.py"), file, problem, str(order)]
    if options.threads > 1:
        script = ["mpirun", "-n", str(options.threads)] + script
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    out, taken = measure(script, single, options.work)
    told = json.loads(out.strip().splitlines()[-1])
    taken["phases"] = told["seconds"]
    taken["work"] = sum(told["seconds"].values()) - told["seconds"]["forms"]
    return taken | {key: told[key] for key in ("unknowns", "iterations", "answer")}


def has(python, module):
    found = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
    return found.returncode == 0


def find_mesh(options):
    if options.mesh:
        return Path(options.mesh).resolve()
    path = (Path(options.work) / f"pore_{options.size}.msh").resolve()
    if not path.exists():
        if not has(options.gmsh_python, "gmsh"):
            sys.exit("no mesh: give --mesh FILE, or --gmsh-python with Gmsh's module")
        script = [options.gmsh_python, str(HERE / "pore_mesh.py"), str(path)]
        subprocess.run(script + list(SIZES[options.size]), check=True)
    return path


def main():
    options = arguments()
    Path(options.work).mkdir(parents=True, exist_ok=True)
    mesh = find_mesh(options)
    peers = {"natrolite": natrolite} | ({"on ranks": on_ranks} if options.ranks else {})
    if has(options.fenicsx_python, "dolfinx"):
        peers["fenicsx"] = fenicsx
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, threads {options.threads}, {mesh.name}")
    heads = ("wall s", "cpu s", "work s", "MiB", "unknowns", "its")
    print(f"{'problem':14}{'program':12}" + "".join(f"{head:>10}" for head in heads) + "  answer")
    for word in options.problems.split(","):
        problem, order = word.split(":")
        runs = {name: [] for name in peers}
        for turn in range(0 if options.cold else -1, options.repeat):
            for name, run in peers.items():
                # The turn before the first compiles forms and warms caches.
                taken = run(options, mesh, problem, int(order))
                if turn >= 0:
                    runs[name].append(taken)
        middle = {}
        for name, taken in runs.items():
            keys = ("wall", "cpu", "work", "memory")
            middle[name] = {key: statistics.median(run[key] for run in taken) for key in keys}
            last = taken[-1]
            figures = "".join(f"{middle[name][key]:10.2f}" for key in keys)
            print(
                f"{word:14}{name:12}{figures}{last['unknowns']:10}{last['iterations'] or '-':>10}"
                f"  {last['answer'] if last['answer'] is not None else '-'}"
            )
        for name, taken in runs.items():
            phases = taken[-1]["phases"].items()
            print(f"{'':14}{name:12}  " + ", ".join(f"{phase} {t:.2f}" for phase, t in phases) + " s")
        for name in [name for name in middle if name != "fenicsx" and "fenicsx" in middle]:
            ratios = (middle["fenicsx"][key] / middle[name][key] for key in keys)
            print(f"{'':14}{name:12}" + "".join(f"{ratio:10.2f}" for ratio in ratios) + "  times less")


main()
