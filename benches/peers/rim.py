"""The current density at a pore's rim in three dimensions: Natrolite beside NGSolve on its own curved meshes.

    python benches/peers/rim.py [--natrolite PROGRAM]

The case is configs/nps_pore_quarter.toml. Each program solves it in a process of its own, several times in
turn, on one thread; printed are the medians of the processor time, whole and (NGSolve) without start-up,
and the error of i(rim) / i(counter) against 1.118987591 (NGSolve of orders 5 and 6, and an independent
axisymmetric code). What the figures mean: docs/performance.md. Needs NGSolve.
"""

import argparse
import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RIM = 1.118987591
# Largest cells, cells at the rim (both in radii), grading and order of NGSolve; rim size of Natrolite.
NGSOLVE = [(2.0, 0.03, 0.3, 2), (1.0, 0.2, 0.3, 3), (1.5, 0.2, 0.5, 4)]
NATROLITE = ["0.2 um", "0.8 um", "1.2 um"]


def quarter(hmax, hrim, grading):
    """A quarter of the box over the pore, in radii, as NGSolve meshes it."""
    from netgen.occ import Box, OCCGeometry, Sphere
    import ngsolve

    shape = Box((0, 0, 0), (5, 5, 5)) - Sphere((0, 0, 0), 1)
    for face in shape.faces:
        low, high = face.bounding_box
        on = lambda k, value: abs(low[k] - value) < 1e-6 and abs(high[k] - value) < 1e-6
        face.name = "anode" if on(2, 0) else "counter" if on(2, 5) else "wall"
    for edge in shape.edges:
        low, high = edge.bounding_box
        if abs(high[2]) < 1e-6 and max(high[0], high[1]) < 1.01 and min(high[0] - low[0], high[1] - low[1]) > 0.5:
            edge.maxh = hrim
    return ngsolve.Mesh(OCCGeometry(shape).GenerateMesh(maxh=hmax, grading=grading))


def ngsolve(hmax, hrim, grading, order):
    """One solution in this process; prints start-up and total processor time, unknowns and the error."""
    import ngsolve as n
    from ngsolve import ds, dx, exp, grad

    started = time.process_time()
    n.SetNumThreads(1)
    mesh = quarter(hmax, hrim, grading)
    mesh.Curve(order)
    # Lengths in radii of 10 um: sigma / a in S/m2, current densities in A/m2.
    conduction, exchange, applied = 0.01 / 1e-5, 13.0, 13.0
    f = 0.5 * 96485.33212331001 / (8.31446261815324 * 298.15)
    space = n.H1(mesh, order=order)
    u, v = space.TnT()
    phi = n.GridFunction(space)
    tangent = n.BilinearForm(space, symmetric=True, condense=True)
    tangent += conduction * grad(u) * grad(v) * dx
    tangent += exchange * f * (exp(f * phi) + exp(-f * phi)) * u * v * ds("anode", bonus_intorder=2)
    bulk = n.BilinearForm(space, symmetric=True)
    bulk += conduction * grad(u) * grad(v) * dx
    bulk.Assemble()
    rate = n.LinearForm(space)
    rate += exchange * (exp(f * phi) - exp(-f * phi)) * v * ds("anode", bonus_intorder=2)
    load = n.LinearForm(space)
    load += applied * v * ds("counter")
    load.Assemble()
    residual, step = phi.vec.CreateVector(), phi.vec.CreateVector()
    first = None
    for _ in range(20):
        rate.Assemble()
        residual.data = bulk.mat * phi.vec + rate.vec - load.vec
        size = n.Norm(residual)
        first = first or size
        if size <= 1e-10 * first:
            break
        tangent.Assemble()
        inverse = tangent.mat.Inverse(space.FreeDofs(coupling=True), inverse="sparsecholesky")
        residual.data += tangent.harmonic_extension_trans * residual
        step.data = inverse * residual
        step.data += tangent.inner_solve * residual
        step.data += tangent.harmonic_extension * step
        phi.vec.data -= step
    import math

    rim = 2 * exchange * math.sinh(f * phi(mesh(1 + 1e-9, 1e-9, 1e-9))) / applied
    print(json.dumps([started, time.process_time(), space.ndof, rim - RIM]))


def processor_time(command):
    """Its output and the processor time of the whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def natrolite(program, size, folder):
    case = str(ROOT / "configs/nps_pore_quarter.toml")
    _, seconds = processor_time([program, "run", case, "--output", folder, "--threads", "1", "--quiet",
        "--set", f"mesh.defect.rim_size={size}", "--set", "solver.linear.method=cg",
        "--set", "output.compression=0", "--set", "output.report=false"])
    with open(f"{folder}/profile_anode_at.csv") as file:
        rim = [float(row["current_ratio"]) for row in csv.DictReader(file) if abs(float(row["distance"]) - 1e-5) < 1e-12]
    summary = json.loads(Path(f"{folder}/summary.json").read_text())
    return seconds, summary["dofs"], max((r - RIM for r in rim), key=abs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--natrolite", default=str(ROOT / "target/release/natrolite"))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--one", nargs=4, type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return ngsolve(*options.one[:3], int(options.one[3]))
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.repeat):
            for size in NATROLITE:
                seconds, dofs, error = natrolite(options.natrolite, size, f"{folder}/run")
                rows.setdefault((f"natrolite, rim size {size}", dofs, error), []).append((seconds, seconds))
            for setting in NGSOLVE:
                out, seconds = processor_time([sys.executable, __file__, "--one", *map(str, setting)])
                started, total, dofs, error = json.loads(out.splitlines()[-1])
                rows.setdefault((f"NGSolve, order {setting[3]}", dofs, error), []).append((seconds, total - started))
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, medians of {options.repeat}")
    for (name, dofs, error), times in rows.items():
        whole, own = (statistics.median(t[k] for t in times) for k in (0, 1))
        print(f"{name:32} {dofs:6} unknowns, error {error:8.1e}: {whole:.2f} s whole, {own:.2f} s without start-up")


if __name__ == "__main__":
    main()
