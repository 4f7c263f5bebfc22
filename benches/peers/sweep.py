"""A sweep of Natrolite beside the same points solved again and again with scikit-fem and NGSolve.

    python benches/peers/sweep.py [--natrolite PROGRAM] [--case configs/sweep_pore.toml] [--sample 100]

The case is the axisymmetric pore of configs/sweep_pore.toml on 100 x 100 points. The peers take the mesh
from a run of Natrolite (scikit-fem: the same nine-node quadrilaterals) or make one of about its size
(NGSolve: curved triangles of third order) and reuse what can be reused: the conduction of unit size is assembled once,
values at the points of quadrature come from one sparse matrix (scikit-fem), the pattern of the
factorisation is kept (NGSolve), and Newton's method starts from the point before. They solve every
n-th point; the times are medians over those points. What the figures mean: docs/performance.md.

Needs numpy, scipy, h5py and scikit-fem; NGSolve where it is installed. All on one thread.
"""

import argparse
import csv
import json
import os
import re
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
    parser.add_argument("--case", default=str(HERE.parents[1] / "configs/sweep_pore.toml"))
    parser.add_argument("--points", type=int, default=100, help="along each of the two axes")
    parser.add_argument("--sample", type=int, default=100, help="number of points that the peers and full runs solve")
    parser.add_argument("--threads", type=int, default=1, help="of Natrolite")
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


class NgSolve:
    """Third order on curved triangles, graded to the rim: as exact to six digits, with fewer unknowns."""

    def __init__(self):
        import ngsolve
        from netgen.geom2d import SplineGeometry

        self.ng = ngsolve
        ngsolve.SetNumThreads(1)
        geometry = SplineGeometry()
        size = 0.05
        p = [geometry.AppendPoint(*xy, **options) for xy, options in [
            ((0, 1), {}), ((1, 1), {}), ((1, 0), {"maxh": size}), ((5, 0), {}), ((5, 5), {}), ((0, 5), {})]]
        geometry.Append(["spline3", p[0], p[1], p[2]], bc="pore")
        for a, b, name in [(2, 3, "anode"), (3, 4, "side"), (4, 5, "counter"), (5, 0, "axis")]:
            geometry.Append(["line", p[a], p[b]], bc=name)
        mesh = ngsolve.Mesh(geometry.GenerateMesh(maxh=0.7, grading=0.25))
        mesh.Curve(3)
        n = ngsolve
        space = n.H1(mesh, order=3)
        u, v = space.TnT()
        # Lengths in radii: conduction scales with sigma / a.
        self.u = n.GridFunction(space)
        self.sigma, self.i0 = n.Parameter(1), n.Parameter(1)
        ring = 2 * n.pi * n.x
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
        self.load += ring * DENSITY * v * n.ds("counter")
        self.load.Assemble()
        self.tangent = self.bulk.mat.CreateMatrix()
        # Where the few entries of the surface stand among those of the whole.
        self.surface.Assemble()
        entries = lambda form: [tuple(pair) for pair in zip(*form.mat.COO()[:2])]
        place = {pair: k for k, pair in enumerate(entries(self.bulk))}
        self.places = np.array([place[pair] for pair in entries(self.surface)])
        self.space, self.inverse = space, None
        self.rim = mesh(1 + 1e-9, 0)
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
        return 2 * exchange * np.sinh(0.5 * F_RT * q) / DENSITY


def timed(peer, points):
    """Median time of a point and the peaks, each point started from the one before."""
    times, peaks = [], []
    for conductivity, exchange in points:
        begin = time.perf_counter()
        peaks.append(float(peer.solve(conductivity, exchange)))
        times.append(time.perf_counter() - begin)
    return statistics.median(times), peaks


def run(command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    return time.perf_counter() - begin


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "sweep.toml"
        # What the case expects holds for its own values only.
        text = re.sub(r"(?ms)^\[expect\].*", "", Path(options.case).read_text())
        case.write_text(re.sub(r"(?m)^points = \d+", f"points = {options.points}", text))
        threads = ["--threads", str(options.threads), "--quiet"]
        sweep = lambda case: run([options.natrolite, "sweep", str(case), "--output", f"{folder}/sweep", "--force", *threads])
        # The one-time build: what a sweep of two points costs.
        two = Path(folder) / "two.toml"
        two.write_text(re.sub(r"(?m)^points = \d+", "points = 2", text))
        build = statistics.median(sweep(two) for _ in range(3))
        whole = statistics.median(sweep(case) for _ in range(3))
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
        peers = [ScikitFem(f"{folder}/run/result.vtkhdf")]
        try:
            peers.append(NgSolve())
        except ImportError:
            print("NGSolve is not installed")
        full = []
        for (conductivity, exchange) in points[:: max(1, len(points) // 20)]:
            full.append(run([options.natrolite, "run", str(case), "--output", f"{folder}/run", *threads,
                "--set", f"material.NAS.ohm.conductivity={conductivity} S/m",
                "--set", f"boundary.anode.butler_volmer.exchange_current_density={exchange} A/m^2"]))
        ours = (whole - build) / len(rows)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Natrolite on {options.threads} thread(s)")
        print(f"natrolite sweep, {len(rows)} points: {whole:.2f} s, of it once {build:.2f} s; {ours * 1e6:.0f} us a point")
        print(f"natrolite run, whole process: {statistics.median(full) * 1e3:.0f} ms a point, {statistics.median(full) / ours:.0f} times the sweep's")
        for peer in peers:
            time_of_one, peaks = timed(peer, points)
            worst = max(abs(p / e - 1) for p, e in zip(peaks, expected))
            print(f"{peer.name}: {time_of_one * 1e3:.2f} ms a point, {time_of_one / ours:.0f} times ours; peak factors within {worst:.1e}")
            print(json.dumps({"peer": peer.name, "seconds_per_point": time_of_one, "ratio": time_of_one / ours, "difference": worst}))


if __name__ == "__main__":
    main()
