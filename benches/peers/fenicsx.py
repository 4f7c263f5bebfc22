"""The pore and the pressed box in FEniCSx (dolfinx), on a mesh of straight tetrahedra.

    [mpirun -n N] python fenicsx.py MESH.msh|MESH.cells.npy pore|elasticity ORDER

Conjugate gradients with PETSc's GAMG. Newton's method goes to 1e-10 of the first residual, each step to
1e-5; what is linear is assembled once, the preconditioner is built once. Prints one line of JSON. Lengths
are micrometres, potentials volts, stresses megapascals. Written for dolfinx 0.5 to 0.9, tried with 0.5.2.
"""

import json
import sys
import time

import dolfinx
import numpy as np
import ufl
from dolfinx import fem
from dolfinx import mesh as dmesh
from dolfinx.fem import petsc as fp
from mpi4py import MPI
from petsc4py import PETSc

COMM = MPI.COMM_WORLD
OLD = not hasattr(fem, "functionspace")

# 298.15 K; lengths in um, currents in A, so that S/um and A/um^2.
F_OVER_RT = 96485.33212 / (8.31446261815324 * 298.15)
CONDUCTIVITY = 0.01 * 1e-6
EXCHANGE = 13.0 * 1e-12
APPLIED = 13.0 * 1e-12
YOUNG, POISSON, PRESSURE = 20e3, 0.3, 10.0


def read_tetrahedra(path):
    """Points and corners of the tetrahedra of a Gmsh file 2.2 (ASCII)."""
    text = open(path, encoding="utf-8").read()

    def section(name):
        start = text.index(f"${name}\n") + len(name) + 2
        count, body = text[start : text.index(f"$End{name}", start)].split("\n", 1)
        return int(count), body

    count, body = section("Nodes")
    nodes = np.fromstring(body, sep=" ").reshape(count, 4)
    number = np.full(int(nodes[:, 0].max()) + 1, -1, np.int64)
    number[nodes[:, 0].astype(np.int64)] = np.arange(count)
    lines = section("Elements")[1].splitlines()
    solid = [line for line in lines if line.split(None, 2)[1] == "4"]
    cells = np.fromstring(" ".join(solid), sep=" ", dtype=np.int64).reshape(len(solid), -1)
    return nodes[:, 1:], number[cells[:, -4:]]


def share(path):
    """The rows of an array that this process reads."""
    rows = np.load(path, mmap_mode="r")
    first, last = (len(rows) * k // COMM.size for k in (COMM.rank, COMM.rank + 1))
    return np.array(rows[first:last])


def make_mesh(path):
    """The mesh with its facets at z = 0 (tag 1) and z = H (tag 2), and H."""
    points, cells = np.zeros((0, 3)), np.zeros((0, 4), np.int64)
    if path.endswith(".cells.npy"):
        points, cells = share(path.replace(".cells.npy", ".points.npy")), share(path)
    elif COMM.rank == 0:
        points, cells = read_tetrahedra(path)
    if OLD:
        shape = ufl.Mesh(ufl.VectorElement("Lagrange", "tetrahedron", 1))
    else:
        import basix.ufl

        shape = ufl.Mesh(basix.ufl.element("Lagrange", "tetrahedron", 1, shape=(3,)))
    mesh = dmesh.create_mesh(COMM, cells, points, shape)
    height = COMM.allreduce(points[:, 2].max() if len(points) else 0.0, MPI.MAX)
    bottom, top = (boundary(mesh, 2, z) for z in (0.0, height))
    facets = np.concatenate([bottom, top])
    tags = np.repeat(np.array([1, 2], np.int32), [len(bottom), len(top)])
    order = np.argsort(facets)
    return mesh, dmesh.meshtags(mesh, 2, facets[order], tags[order]), height


def boundary(mesh, axis, value):
    """Facets of the mesh's boundary on which one coordinate has a value."""
    return dmesh.locate_entities_boundary(mesh, 2, lambda x: np.isclose(x[axis], value))


def vector_of(u):
    return u.vector if OLD else u.x.petsc_vec


def solver(rtol, threshold=0.01):
    """Conjugate gradients with smoothed aggregation; couplings below `threshold` are dropped."""
    ksp = PETSc.KSP().create(COMM)
    ksp.setType("cg")
    ksp.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
    ksp.setTolerances(rtol=rtol, max_it=2000)
    ksp.getPC().setType("gamg")
    options = PETSc.Options()
    options["pc_gamg_type"] = "agg"
    options["pc_gamg_threshold"] = threshold
    ksp.setFromOptions()
    return ksp


def total(form):
    return COMM.allreduce(fem.assemble_scalar(fem.form(form)), MPI.SUM)


def pore(mesh, tags, order, clock):
    """Ohm's law, Butler-Volmer kinetics at z = 0, a uniform current at z = H."""
    space = (fem.FunctionSpace if OLD else fem.functionspace)(mesh, ("Lagrange", order))
    u, v, du = fem.Function(space), ufl.TestFunction(space), ufl.TrialFunction(space)
    ds = ufl.Measure("ds", mesh, subdomain_data=tags, metadata={"quadrature_degree": 2 * order + 2})
    kinetics = 2 * EXCHANGE * ufl.sinh(0.5 * F_OVER_RT * u)
    bulk = fem.form(CONDUCTIVITY * ufl.inner(ufl.grad(du), ufl.grad(v)) * ufl.dx)
    residual = fem.form(kinetics * v * ds(1) - APPLIED * v * ds(2))
    tangent = fem.form(ufl.derivative(kinetics * v * ds(1), u, du))
    clock("forms")
    linear = fp.assemble_matrix(bulk)
    linear.assemble()
    matrix = linear.copy()
    r, step = fp.create_vector(residual), matrix.createVecRight()
    ksp, iterations, first = solver(1e-5), 0, None
    clock("assemble")
    for newton in range(30):
        with r.localForm() as local:
            local.set(0.0)
        fp.assemble_vector(r, residual)
        r.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        linear.multAdd(vector_of(u), r, r)
        first = first or r.norm()
        if r.norm() <= 1e-10 * first:
            break
        linear.copy(matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        fp.assemble_matrix(matrix, tangent)
        matrix.assemble()
        clock("assemble")
        if newton == 0:
            ksp.setOperators(matrix)
            ksp.setUp()
            ksp.getPC().setReusePreconditioner(True)
            clock("preconditioner")
        r.scale(-1.0)
        ksp.solve(r, step)
        iterations += ksp.getIterationNumber()
        vector_of(u).axpy(1.0, step)
        u.x.scatter_forward()
        clock("iterate")
    else:
        raise SystemExit("Newton's method did not converge")
    one = fem.Constant(mesh, PETSc.ScalarType(1.0))
    return space, iterations, total(u * ds(2)) / total(one * ds(2))


def elasticity(mesh, tags, order, clock):
    """A pressure at z = H; rollers on all other faces but the wall of the pore."""
    if OLD:
        space = fem.VectorFunctionSpace(mesh, ("Lagrange", order))
    else:
        space = fem.functionspace(mesh, ("Lagrange", order, (3,)))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    shear = YOUNG / (2 * (1 + POISSON))
    lame = YOUNG * POISSON / ((1 + POISSON) * (1 - 2 * POISSON))
    strain = ufl.sym(ufl.grad(u))
    stress = 2 * shear * strain + lame * ufl.tr(strain) * ufl.Identity(3)
    ds = ufl.Measure("ds", mesh, subdomain_data=tags)
    work = fem.form(ufl.inner(stress, ufl.sym(ufl.grad(v))) * ufl.dx)
    load = fem.form(-PRESSURE * v[2] * ds(2))
    clock("forms")
    width = COMM.allreduce(mesh.geometry.x.max(), MPI.MAX)
    held = []
    for axis, value in ((2, 0.0), (0, 0.0), (1, 0.0), (0, width), (1, width)):
        facets = boundary(mesh, axis, value)
        dofs = fem.locate_dofs_topological(space.sub(axis), 2, facets)
        held.append(fem.dirichletbc(PETSc.ScalarType(0.0), dofs, space.sub(axis)))
    matrix = fp.assemble_matrix(work, bcs=held)
    matrix.assemble()
    matrix.setNearNullSpace(rigid_motions(space))
    b = fp.assemble_vector(load)
    b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
    fp.set_bc(b, held)
    clock("assemble")
    # With 0.01 the set-up takes nearly twice as long at second order, for as many iterations.
    ksp = solver(1e-10, 0.0 if order == 2 else 0.01)
    ksp.setOperators(matrix)
    ksp.setUp()
    clock("preconditioner")
    solution = fem.Function(space)
    ksp.solve(b, vector_of(solution))
    solution.x.scatter_forward()
    clock("iterate")
    one = fem.Constant(mesh, PETSc.ScalarType(1.0))
    return space, ksp.getIterationNumber(), total(solution[2] * ds(2)) / total(one * ds(2))


def rigid_motions(space):
    """The six rigid motions, orthonormal."""
    x = space.tabulate_dof_coordinates()
    owned = space.dofmap.index_map.size_local
    x = x[:owned]
    motions = np.zeros((6, owned, 3))
    for axis in range(3):
        motions[axis, :, axis] = 1.0
        one, other = (axis + 1) % 3, (axis + 2) % 3
        motions[3 + axis, :, one] = -x[:, other]
        motions[3 + axis, :, other] = x[:, one]
    vectors = []
    for motion in motions:
        vector = vector_of(fem.Function(space)).duplicate()
        vector.setArray(motion.ravel())
        for before in vectors:
            vector.axpy(-vector.dot(before), before)
        vector.normalize()
        vectors.append(vector)
    return PETSc.NullSpace().create(vectors=vectors, comm=COMM)


def main():
    path, problem, order = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seconds, since = {}, [time.perf_counter()]

    def clock(phase):
        now = time.perf_counter()
        seconds[phase] = seconds.get(phase, 0.0) + now - since[0]
        since[0] = now

    mesh, tags, _ = make_mesh(path)
    clock("mesh")
    solve = {"pore": pore, "elasticity": elasticity}[problem]
    space, iterations, answer = solve(mesh, tags, order, clock)
    unknowns = space.dofmap.index_map.size_global * space.dofmap.index_map_bs
    if COMM.rank == 0:
        told = {"unknowns": unknowns, "iterations": iterations, "seconds": seconds}
        told |= {"answer": answer, "version": dolfinx.__version__}
        print(json.dumps(told))


main()
