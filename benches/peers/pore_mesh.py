"""A quarter of a box of 50 um over a hemispherical pore of 10 um, in tetrahedra, with Gmsh.

    python pore_mesh.py OUT.msh RIM FAR GROWTH

Cells measure RIM at the rim of the pore and grow with the distance from it by GROWTH to at most FAR (um).
The file (2.2, ASCII) names the volume `se` and the faces `bot` (z = 0), `top`, `symx`, `symy`, `sides` and
`wall`.
"""

import sys

import gmsh

RADIUS, BOX = 10.0, 50.0


def name_of(tag):
    """The name of a face, by where it lies."""
    low, high = gmsh.model.getBoundingBox(2, tag)[:3], gmsh.model.getBoundingBox(2, tag)[3:]
    near = 1e-4
    if high[2] < near:
        return "bot"
    if low[2] > BOX - near:
        return "top"
    if high[0] < near:
        return "symx"
    if high[1] < near:
        return "symy"
    return "sides" if max(low[0], low[1]) > BOX - near else "wall"


def main():
    path, (rim, far, growth) = sys.argv[1], (float(value) for value in sys.argv[2:5])
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    box = gmsh.model.occ.addBox(0, 0, 0, BOX, BOX, BOX)
    ball = gmsh.model.occ.addSphere(0, 0, 0, RADIUS)
    gmsh.model.occ.cut([(3, box)], [(3, ball)])
    gmsh.model.occ.synchronize()
    groups = {}
    for _, tag in gmsh.model.getEntities(2):
        groups.setdefault(name_of(tag), []).append(tag)
    for name, tags in groups.items():
        gmsh.model.addPhysicalGroup(2, tags, name=name)
    volumes = [tag for _, tag in gmsh.model.getEntities(3)]
    gmsh.model.addPhysicalGroup(3, volumes, name="se")
    from_rim = f"Sqrt((Sqrt(x*x+y*y)-{RADIUS})^2+z*z)"
    from_wall = f"Fabs(Sqrt(x*x+y*y+z*z)-{RADIUS})"
    sizes = [f"{rim}+{growth}*{from_rim}", f"{2.5 * rim}+{1.5 * growth}*{from_wall}", f"{far}"]
    fields = []
    for size in sizes:
        fields.append(gmsh.model.mesh.field.add("MathEval"))
        gmsh.model.mesh.field.setString(fields[-1], "F", size)
    least = gmsh.model.mesh.field.add("Min")
    gmsh.model.mesh.field.setNumbers(least, "FieldsList", fields)
    gmsh.model.mesh.field.setAsBackgroundMesh(least)
    for option in ("ExtendFromBoundary", "FromPoints", "FromCurvature"):
        gmsh.option.setNumber(f"Mesh.MeshSize{option}", 0)
    gmsh.option.setNumber("Mesh.Algorithm3D", 10)
    gmsh.option.setNumber("Mesh.Optimize", 1)
    gmsh.option.setNumber("Mesh.MshFileVersion", 2.2)
    gmsh.model.mesh.generate(3)
    gmsh.write(path)
    gmsh.finalize()


main()
