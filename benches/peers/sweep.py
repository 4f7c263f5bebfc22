"""A sweep of Natrolite beside the same points solved again and again with scikit-fem and NGSolve.

    python benches/peers/sweep.py [--natrolite PROGRAM] [--points 100] [--sample 100] [--quarter]

The case is the axisymmetric pore of configs/sweep_pore.toml on 100 x 100 points; with --quarter the quarter of
a box in configs/nps_pore_quarter.toml on 25 x 40 points, beside NGSolve on tetrahedra. The peers take the mesh
from a run of Natrolite (scikit-fem: the same nine-node quadrilaterals) or make one of about its size
(NGSolve: curved triangles of third order) and reuse what can be reused: the conduction of unit size is assembled once,
values at the points of quadrature come from one sparse matrix (scikit-fem), the pattern of the
factorisation is kept (NGSolve), and Newton's method starts from the point before. They solve every
n-th point; the times are medians over those points. Of Natrolite's time a sweep of 2 x 2 points, which
builds all that is built once, is taken away. What the figures mean: docs/performance.md.

Needs numpy, scipy, h5py and scikit-fem; NGSolve where it is installed. All on one thread.
"""

import argparse
import csv
import json
import os
import re
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ.setdefault(name, "1")

import h5py
import numpy as np
import scipy.sparse as sparse
import scipy.sparse.linalg

HERE = Path(__file__).resolve().parent
F_RT = 96485.33212331001 / (8.31446261815324 * 298.15)
RADIUS, EXTENT = 10e-6, 50e-6
DENSITY = 5.1  # A/m2 at the counter
NEWTON = 1e-10


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--natrolite", default=str(HERE.parents[1] / "target/release/natrolite"))
    parser.add_argument("--points", type=int, default=100, help="along each of the two axes")
    parser.add_argument("--sample", type=int, default=100, help="number of points that the peers and full runs solve")
    parser.add_argument("--threads", type=int, default=1, help="of Natrolite")
    parser.add_argument("--quarter", action="store_true", help="in three dimensions, 1000 points")
    return parser.parse_args()


class ScikitFem:
    """Second order on the nine-node quadrilaterals of a result."""

    def __init__(self, result):
        import skfem
        from skfem.helpers import dot, grad

        with h5py.File(result) as file:
            # In radii: the mapping takes small determinants for none.
            points = file["VTKHDF/Points"][:, [0, 2]] / RADIUS
            cells = file["VTKHDF/Connectivity"][:].reshape(-1, 9)
        corners = np.unique(cells[:, :4])
        number = np.zeros(len(points), dtype=int)
        number[corners] = np.arange(len(corners))
        straight = skfem.MeshQuad(points[corners].T.copy(), number[cells[:, :4]].T.copy())
        # The nodes of the mesh of second order: corners, then edges, then insides.
        edges = np.vstack([cells[:, [0, 1, 4]], cells[:, [1, 2, 5]], cells[:, [2, 3, 6]], cells[:, [3, 0, 7]]])
        middle_of = {tuple(sorted(number[edge[:2]])): edge[2] for edge in edges}
        middles = [middle_of[tuple(sorted(edge))] for edge in straight.facets.T]
        mesh = skfem.MeshQuad2(points[np.concatenate([corners, middles, cells[:, 8]])].T.copy(), straight.t)
        facets = lambda z: straight.facets_satisfying(lambda x: np.isclose(x[1], z, atol=1e-12) & (x[0] > (1 if z == 0 else 0)))
        element = skfem.ElementQuad2()
        bulk = skfem.Basis(mesh, element, intorder=6)
        self.anode = skfem.FacetBasis(mesh, element, facets=facets(0.0), intorder=8)
        counter = skfem.FacetBasis(mesh, element, facets=facets(EXTENT / RADIUS), intorder=6)
        ring = lambda w: 2 * np.pi * w.x[0]
        self.stiffness = skfem.BilinearForm(lambda u, v, w: ring(w) * dot(grad(u), grad(v))).assemble(bulk).tocsc()
        self.load = skfem.LinearForm(lambda v, w: ring(w) * DENSITY * v).assemble(counter)
        # Values at the points of quadrature of the anode: phi_q = B u, and their weights.
        basis = self.anode
        x = basis.global_coordinates().value[0]
        self.weights = (2 * np.pi * x * basis.dx).ravel()
        shape = basis.dx.shape
        rows, columns, values = [], [], []
        for k in range(basis.Nbfun):
            value = np.broadcast_to(basis.basis[k][0].value, shape)
            rows.append(np.arange(value.size))
            columns.append(np.repeat(basis.element_dofs[k], shape[1]))
            values.append(value.ravel())
        self.at_points = sparse.csr_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(self.weights.size, bulk.N)
        )
        self.to_rows = self.at_points.T.tocsr()
        places = bulk.doflocs
        self.on_anode = np.flatnonzero(np.isclose(places[1], 0, atol=1e-12) & (places[0] >= 1 - 1e-9))
        self.name = f"scikit-fem, {bulk.N} dofs, SuperLU"
        self.start = np.zeros(bulk.N)

    def solve(self, conductivity, exchange):
        u, first = self.start, None
        matrix = conductivity / RADIUS * self.stiffness
        for _ in range(30):
            phi = self.at_points @ u
            current = 2 * exchange * np.sinh(0.5 * F_RT * phi)
            residual = matrix @ u + self.to_rows @ (self.weights * current) - self.load
            size = np.linalg.norm(residual)
            first = first or np.linalg.norm(self.load)
            if size <= NEWTON * first:
                break
            slope = self.weights * (exchange * F_RT * np.cosh(0.5 * F_RT * phi))
            tangent = matrix + self.to_rows @ sparse.diags(slope) @ self.at_points
            u = u - scipy.sparse.linalg.splu(tangent.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}, diag_pivot_thresh=0.0).solve(residual)
        self.start = u
        return np.max(2 * exchange * np.sinh(0.5 * F_RT * u[self.on_anode])) / DENSITY


def triangles():
    """Curved triangles, graded to the rim, and the weight of the symmetry."""
    import ngsolve
    from netgen.geom2d import SplineGeometry

    geometry = SplineGeometry()
    size = 0.05
    p = [geometry.AppendPoint(*xy, **options) for xy, options in [
        ((0, 1), {}), ((1, 1), {}), ((1, 0), {"maxh": size}), ((5, 0), {}), ((5, 5), {}), ((0, 5), {})]]
    geometry.Append(["spline3", p[0], p[1], p[2]], bc="pore")
    for a, b, name in [(2, 3, "anode"), (3, 4, "side"), (4, 5, "counter"), (5, 0, "axis")]:
        geometry.Append(["line", p[a], p[b]], bc=name)
    mesh = ngsolve.Mesh(geometry.GenerateMesh(maxh=0.7, grading=0.25))
    return mesh, 2 * ngsolve.pi * ngsolve.x, mesh(1 + 1e-9, 0)


def tetrahedra():
    """A quarter of the box; the settings of benches/peers/rim.py."""
    import ngsolve
    from rim import quarter

    mesh = quarter(1.0, 0.2, 0.3)
    return mesh, ngsolve.CoefficientFunction(1), mesh(1 + 1e-9, 1e-9, 1e-9)


class NgSolve:
    """Third order: as exact to six digits, with fewer unknowns."""

    def __init__(self, make, density):
        import ngsolve

        self.ng, self.density = ngsolve, density
        ngsolve.SetNumThreads(1)
        mesh, ring, self.rim = make()
        mesh.Curve(3)
        n = ngsolve
        space = n.H1(mesh, order=3)
        u, v = space.TnT()
        # Lengths in radii: conduction scales with sigma / a.
        self.u = n.GridFunction(space)
        self.sigma, self.i0 = n.Parameter(1), n.Parameter(1)
        slope = lambda q: self.i0 * F_RT * 0.5 * (n.exp(0.5 * F_RT * q) + n.exp(-0.5 * F_RT * q))
        current = lambda q: self.i0 * (n.exp(0.5 * F_RT * q) - n.exp(-0.5 * F_RT * q))
        self.bulk = n.BilinearForm(space, symmetric=True)
        self.bulk += ring * n.grad(u) * n.grad(v) * n.dx
        self.bulk.Assemble()
        self.surface = n.BilinearForm(space, symmetric=True)
        self.surface += (ring * slope(self.u) * u * v).Compile() * n.ds("anode", bonus_intorder=3)
        self.rate = n.LinearForm(space)
        self.rate += (ring * current(self.u)).Compile() * v * n.ds("anode", bonus_intorder=3)
        self.load = n.LinearForm(space)
        self.load += ring * density * v * n.ds("counter")
        self.load.Assemble()
        self.tangent = self.bulk.mat.CreateMatrix()
        # Where the few entries of the surface stand among those of the whole.
        self.surface.Assemble()
        entries = lambda form: [tuple(pair) for pair in zip(*form.mat.COO()[:2])]
        place = {pair: k for k, pair in enumerate(entries(self.bulk))}
        self.places = np.array([place[pair] for pair in entries(self.surface)])
        self.space, self.inverse = space, None
        self.name = f"NGSolve, {space.ndof} dofs, sparsecholesky"

    def solve(self, conductivity, exchange):
        self.i0.Set(exchange)
        scale = conductivity / RADIUS
        residual = self.u.vec.CreateVector()
        step = self.u.vec.CreateVector()
        first = self.ng.Norm(self.load.vec)
        for _ in range(30):
            self.rate.Assemble()
            residual.data = scale * (self.bulk.mat * self.u.vec) + self.rate.vec - self.load.vec
            if self.ng.Norm(residual) <= NEWTON * first:
                break
            self.surface.Assemble()
            values = self.tangent.AsVector().FV().NumPy()
            values[:] = scale * self.bulk.mat.AsVector().FV().NumPy()
            values[self.places] += self.surface.mat.AsVector().FV().NumPy()
            if self.inverse is None:
                self.inverse = self.tangent.Inverse(self.space.FreeDofs(), inverse="sparsecholesky")
            else:
                self.inverse.Update()
            step.data = self.inverse * residual
            self.u.vec.data -= step
        q = self.u(self.rim)
        return 2 * exchange * np.sinh(0.5 * F_RT * q) / self.density


def timed(peer, points):
    """Median time of a point and the peaks, each point started from the one before."""
    times, peaks = [], []
    for conductivity, exchange in points:
        begin = time.process_time()
        peaks.append(float(peer.solve(conductivity, exchange)))
        times.append(time.process_time() - begin)
    return statistics.median(times), peaks


def run(command):
    """Time on the clock, and of the processor."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    clock, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


QUARTER = """
[[sweep.axis]]
key = "material.NPS.ohm.conductivity"
from = "0.1 mS/cm"
to = "1 mS/cm"
points = 25
scale = "log"

[[sweep.axis]]
key = "boundary.anode.butler_volmer.exchange_current_density"
from = "0.13 mA/cm^2"
to = "1.3 mA/cm^2"
points = 40
scale = "log"
"""


def text_of_case(options):
    name = "nps_pore_quarter.toml" if options.quarter else "sweep_pore.toml"
    text = (HERE.parents[1] / "configs" / name).read_text()
    # What the case expects holds for its own values only.
    text = re.sub(r"(?ms)^\[expect\].*", "", text)
    if options.quarter:
        return text + QUARTER
    return re.sub(r"(?m)^points = \d+", f"points = {options.points}", text)


def main():
    options = arguments()
    material, density = ("NPS", 13.0) if options.quarter else ("NAS", DENSITY)
    with tempfile.TemporaryDirectory() as folder:
        case, two = Path(folder) / "sweep.toml", Path(folder) / "two.toml"
        case.write_text(text_of_case(options))
        two.write_text(re.sub(r"(?m)^points = \d+", "points = 2", case.read_text()))
        threads = ["--threads", str(options.threads), "--quiet"]
        sweep = lambda case: run([options.natrolite, "sweep", str(case), "--output", f"{folder}/sweep", "--force", *threads])
        # The one-time build: what a sweep of four points costs. Both in turn, the larger one last.
        pairs = [(sweep(two), sweep(case)) for _ in range(11)]
        (_, build), (clock, whole) = ([statistics.median(times) for times in zip(*runs)] for runs in zip(*pairs))
        with open(f"{folder}/sweep/results.csv") as file:
            rows = list(csv.DictReader(file))
        columns = [next(c for c in rows[0] if c.endswith(end)) for end in ["ohm.conductivity", "exchange_current_density"]]
        # A stretch of neighbours from each part of the grid: the start is as good as in the whole.
        stretch = 10
        starts = np.linspace(0, len(rows) - stretch, max(options.sample // stretch, 1)).astype(int)
        sample = [rows[s + k] for s in starts for k in range(stretch)]
        points = [[float(row[c]) for c in columns] for row in sample]
        expected = [float(row["peak_factor.anode"]) for row in sample]
        run([options.natrolite, "run", str(case), "--output", f"{folder}/run", *threads])
        peers = [] if options.quarter else [ScikitFem(f"{folder}/run/result.vtkhdf")]
        try:
            peers.append(NgSolve(tetrahedra if options.quarter else triangles, density))
        except ImportError:
            print("NGSolve is not installed")
        full = []
        for (conductivity, exchange) in points[:: max(1, len(points) // 20)]:
            full.append(run([options.natrolite, "run", str(case), "--output", f"{folder}/run", *threads,
                "--set", f"material.{material}.ohm.conductivity={conductivity} S/m",
                "--set", f"boundary.anode.butler_volmer.exchange_current_density={exchange} A/m^2"])[1])
        ours = (whole - build) / (len(rows) - 4)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Natrolite on {options.threads} thread(s)")
        print(f"natrolite sweep, {len(rows)} points: {clock:.2f} s, {whole:.2f} s of the processor, of it once {build:.2f} s; {ours * 1e6:.1f} us a point")
        print(f"natrolite run, whole process: {statistics.median(full) * 1e3:.0f} ms a point, {statistics.median(full) / ours:.0f} times the sweep's")
        for peer in peers:
            time_of_one, peaks = timed(peer, points)
            worst = max(abs(p / e - 1) for p, e in zip(peaks, expected))
            print(f"{peer.name}: {time_of_one * 1e3:.2f} ms a point, {time_of_one / ours:.0f} times ours; peak factors within {worst:.1e}")
            print(json.dumps({"peer": peer.name, "seconds_per_point": time_of_one, "ratio": time_of_one / ours, "difference": worst}))


if __name__ == "__main__":
    main()
