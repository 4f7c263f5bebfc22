"""Makes the Gmsh files of this folder and checks what Gmsh says of them (python -m pip install gmsh)."""

import math
import pathlib
import gmsh

HERE = pathlib.Path(__file__).parent
gmsh.initialize()
gmsh.option.setNumber("General.Terminal", 0)


def save(name, version, binary):
    gmsh.option.setNumber("Mesh.MshFileVersion", version)
    gmsh.option.setNumber("Mesh.Binary", binary)
    gmsh.write(str(HERE / name))


def group(dimension, tags, name):
    gmsh.model.addPhysicalGroup(dimension, tags, name=name)


def from_geo(stem, order, version, binary):
    gmsh.clear()
    gmsh.open(str(HERE / f"{stem}.geo"))
    gmsh.model.mesh.generate(2)
    gmsh.model.mesh.setOrder(order)
    save(f"{stem}.msh", version, binary)


def pore_quarter():
    """A quarter of a box, x and y in [0, 30], z in [0, 30], with a hemispherical pore of radius 10 at z = 0."""
    gmsh.clear()
    model, occ = gmsh.model, gmsh.model.occ
    box, ball = occ.addBox(0, 0, 0, 30, 30, 30), occ.addSphere(0, 0, 0, 10)
    volumes, _ = occ.cut([(3, box)], [(3, ball)])
    occ.synchronize()
    groups = {n: [] for n in ("anode", "counter", "symmetry_x", "symmetry_y", "side", "pore")}
    for _, t in model.getEntities(2):
        x0, y0, z0, x1, y1, z1 = model.getBoundingBox(2, t)
        flat = [("anode", z1 < 1e-3), ("counter", z0 > 29.9), ("symmetry_x", x1 < 1e-3),
                ("symmetry_y", y1 < 1e-3), ("side", x0 > 29.9 or y0 > 29.9), ("pore", True)]
        groups[next(n for n, yes in flat if yes)].append(t)
    for name, tags in groups.items():
        group(2, tags, name)
    group(3, [t for _, t in volumes], "electrolyte")
    model.mesh.setSize(model.getEntities(0), 12)
    pore = model.getBoundary([(2, t) for t in groups["pore"]], recursive=True)
    model.mesh.setSize(pore, 5)
    model.mesh.generate(3)
    model.mesh.setOrder(2)
    model.mesh.optimize("HighOrder")
    save("pore_quarter.msh", 4.1, 1)


def filled_pore():
    """The same quarter with a pore of radius 10 that is full of metal, above a layer of it 10 thick."""
    gmsh.clear()
    model, occ = gmsh.model, gmsh.model.occ
    box, low = occ.addBox(0, 0, 0, 30, 30, 30), occ.addBox(0, 0, -10, 30, 30, 10)
    ball = occ.addSphere(0, 0, 0, 10)
    inside, _ = occ.intersect([(3, box)], [(3, ball)], removeObject=False, removeTool=False)
    above, _ = occ.cut([(3, box)], [(3, ball)])
    below, _ = occ.fuse([(3, low)], inside)
    _, (above, below) = occ.fragment(above, below)
    occ.synchronize()
    group(3, [t for _, t in above], "electrolyte")
    group(3, [t for _, t in below], "metal")
    faces = [{abs(t) for _, t in model.getBoundary(side, oriented=False)} for side in (above, below)]
    group(2, sorted(faces[0] & faces[1]), "contact")
    flat = {"counter": lambda z0, z1: z0 > 29.9, "collector": lambda z0, z1: z1 < -9.9}
    for name, holds in flat.items():
        boxes = {t: model.getBoundingBox(2, t) for t in sorted(faces[0] ^ faces[1])}
        group(2, [t for t, b in boxes.items() if holds(b[2], b[5])], name)
    model.mesh.setSize(model.getEntities(0), 15)
    rim = model.getBoundary([(2, t) for t in faces[0] & faces[1]], combined=False, recursive=True)
    model.mesh.setSize(rim, 7)
    model.mesh.generate(3)
    model.mesh.setOrder(2)
    model.mesh.optimize("HighOrder")
    save("filled_pore.msh", 4.1, 1)


def mixed():
    """Unit cubes side by side: x in [-1, 0] of hexahedra, x in [0, 1] of prisms."""
    gmsh.clear()
    geo = gmsh.model.geo
    corners = [geo.addPoint(x, y, 0) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    lines = [geo.addLine(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    diagonal = geo.addLine(corners[0], corners[2])
    low = geo.addPlaneSurface([geo.addCurveLoop([lines[0], lines[1], -diagonal])])
    high = geo.addPlaneSurface([geo.addCurveLoop([diagonal, lines[2], lines[3]])])
    left = [geo.addPoint(-1, 0, 0), geo.addPoint(-1, 1, 0)]
    a, b, c = geo.addLine(left[0], corners[0]), geo.addLine(corners[3], left[1]), geo.addLine(left[1], left[0])
    quad = geo.addPlaneSurface([geo.addCurveLoop([a, -lines[3], b, c])])
    geo.synchronize()
    for line in lines + [diagonal, a, b, c]:
        geo.mesh.setTransfiniteCurve(line, 2)
    for surface in (low, high, quad):
        geo.mesh.setTransfiniteSurface(surface)
    geo.mesh.setRecombine(2, quad)
    out = geo.extrude([(2, low), (2, high), (2, quad)], 0, 0, 1, [2], [], True)
    geo.synchronize()
    volumes = [t for d, t in out if d == 3]
    group(3, volumes[:2], "prisms")
    group(3, volumes[2:], "hexahedra")
    group(2, [low, high, quad], "bottom")
    group(2, [out[k - 1][1] for k, (d, _) in enumerate(out) if d == 3], "top")  # Gmsh lists it before the volume
    gmsh.model.mesh.generate(3)
    gmsh.model.mesh.setOrder(2)
    save("mixed.msh", 4.1, 0)


from_geo("two_regions", 2, 2.2, 0)
pore_quarter()
filled_pore()
mixed()
gmsh.finalize()
