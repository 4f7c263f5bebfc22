"""Tetrahedra cut into eight: a finer mesh from a Gmsh file.

    python finer_mesh.py MESH.msh FINE.msh

Needs Gmsh's Python module. Beside FINE.msh (Gmsh 2.2, binary) it writes FINE.points.npy and FINE.cells.npy, of which
each process of `fenicsx.py` reads a part.
"""

import sys
from pathlib import Path

import gmsh
import numpy as np

TETRAHEDRON = 4


def main():
    coarse, fine = sys.argv[1:3]
    gmsh.initialize()
    gmsh.option.setNumber("General.Verbosity", 2)
    gmsh.open(coarse)
    gmsh.model.mesh.refine()
    gmsh.option.setNumber("Mesh.MshFileVersion", 2.2)
    gmsh.option.setNumber("Mesh.Binary", 1)
    gmsh.write(fine)
    tags, points, _ = gmsh.model.mesh.getNodes()
    _, corners = gmsh.model.mesh.getElementsByType(TETRAHEDRON)
    gmsh.finalize()
    number = np.full(int(tags.max()) + 1, -1, np.int64)
    number[tags.astype(np.int64)] = np.arange(len(tags))
    stem = Path(fine).with_suffix("")
    np.save(f"{stem}.points.npy", points.reshape(-1, 3))
    np.save(f"{stem}.cells.npy", number[corners.astype(np.int64)].reshape(-1, 4))


main()
