//! The parts of a case file that are not laws, described as data: the reader, the schema and the
//! reference are made from these descriptions.

use fem::registry::{Presence, Range};

/// A key of a fixed table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it may be.
    pub kind: FieldKind,
    /// When it may be left out; a default is written as in a case file.
    pub presence: Presence,
    /// One sentence.
    pub doc: &'static str,
}

/// What the value of a [`Field`] may be.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// Any text that is not empty.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number from `min` to `max`.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// True or false.
    Flag,
    /// One quantity.
    Quantity {
        /// SI unit.
        unit: &'static str,
        /// Accepted values.
        range: Range,
    },
    /// An array of quantities of one unit.
    Quantities {
        /// SI unit.
        unit: &'static str,
        /// Accepted values.
        range: Range,
    },
    /// One quantity whose unit another key decides.
    AnyQuantity,
    /// An array of quantities whose unit another key decides.
    AnyQuantities,
    /// A table of its own.
    Fields(&'static [Field]),
    /// An array of tables, as written with double brackets.
    Tables(&'static [Field]),
}

/// Words of `symmetry` in `[mesh.defect]`.
pub const SYMMETRIES: &[&str] = &["planar", "axisymmetric", "quarter", "full"];

/// Words of `shape` in `[mesh.defect]`.
pub const SHAPES: &[&str] = &["disc", "hemisphere", "spheroid", "cylinder"];

/// Words of `solver.linear.method`.
pub const LINEAR_METHODS: &[&str] = &["auto", "cholesky", "cg"];

const fn length(name: &'static str, range: Range, presence: Presence, doc: &'static str) -> Field {
    Field { name, kind: FieldKind::Quantity { unit: "m", range }, presence, doc }
}

const DEFECT: &[Field] = &[
    Field {
        name: "symmetry",
        kind: FieldKind::Word(SYMMETRIES),
        presence: Presence::Required,
        doc: "How the cell is reduced: a plane section per metre of depth, a section turned about \
              the defect's axis, a quarter of the box, or the whole box.",
    },
    Field {
        name: "shape",
        kind: FieldKind::Word(SHAPES),
        presence: Presence::Required,
        doc: "Shape of the defect; in planar symmetry the same section: a slit, a half-cylinder, a \
              half-ellipse, a rectangular groove.",
    },
    length(
        "radius",
        Range::Positive,
        Presence::Required,
        "Radius of the defect at the anode face (half its width in planar symmetry).",
    ),
    length(
        "depth",
        Range::Positive,
        Presence::Optional,
        "Depth into the electrolyte: required for spheroid and cylinder, refused for hemisphere. On \
         a disc it is the initial gap of the void, in the metal, and needs anode_thickness.",
    ),
    length(
        "width",
        Range::Positive,
        Presence::Optional,
        "Extent from the defect's axis: x in [0, width] (planar, axisymmetric; also y in a \
         quarter), +-width in full. Default: 5 radius.",
    ),
    length(
        "thickness",
        Range::Positive,
        Presence::Optional,
        "Thickness of the electrolyte, z in [0, thickness]. Default: 5 radius.",
    ),
    length(
        "anode_thickness",
        Range::Positive,
        Presence::Optional,
        "Meshes the metal too, z in [-anode_thickness, 0].",
    ),
    length(
        "rim_size",
        Range::Positive,
        Presence::Optional,
        "Cell size at the rim. Default: chosen from radius and kinetic length so that second order \
         gives four digits.",
    ),
    length(
        "rim_radius",
        Range::NonNegative,
        Presence::Default("0 um"),
        "Rounds the edge where the defect meets z = 0.",
    ),
];

const MESH: &[Field] = &[
    Field {
        name: "defect",
        kind: FieldKind::Fields(DEFECT),
        presence: Presence::Optional,
        doc: "A built-in geometry; either this or `file`.",
    },
    Field {
        name: "file",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "A Gmsh file (.msh 2.2 or 4.1), relative to the case file.",
    },
    Field {
        name: "unit",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "Unit of length of the file, for example \"um\"; required with `file`.",
    },
    Field {
        name: "symmetry",
        kind: FieldKind::Word(&["planar", "axisymmetric"]),
        presence: Presence::Optional,
        doc: "What a two-dimensional file is a section of. Default: planar.",
    },
];

const NEWTON: &[Field] = &[
    Field {
        name: "rtol",
        kind: FieldKind::Quantity { unit: "1", range: Range::Open(0.0, 1.0) },
        presence: Presence::Default("1e-11"),
        doc: "Newton's method stops when the residual is this fraction of its scale.",
    },
    Field {
        name: "max_iterations",
        kind: FieldKind::Integer { min: 1, max: 10_000 },
        presence: Presence::Default("100"),
        doc: "Newton's method gives up after this many iterations.",
    },
];

const LINEAR: &[Field] = &[
    Field {
        name: "method",
        kind: FieldKind::Word(LINEAR_METHODS),
        presence: Presence::Default("auto"),
        doc: "Linear solver: chosen from the size of the problem, sparse Cholesky, or conjugate \
              gradients with algebraic multigrid. Under `mpirun` they are MUMPS and multigrid \
              with PETSc.",
    },
    Field {
        name: "rtol",
        kind: FieldKind::Quantity { unit: "1", range: Range::Open(0.0, 1.0) },
        presence: Presence::Default("1e-10"),
        doc: "An iterative linear solver stops when the residual is this fraction of the right-hand \
              side.",
    },
];

const SOLVER: &[Field] = &[
    Field {
        name: "newton",
        kind: FieldKind::Fields(NEWTON),
        presence: Presence::Optional,
        doc: "Newton's method.",
    },
    Field {
        name: "linear",
        kind: FieldKind::Fields(LINEAR),
        presence: Presence::Optional,
        doc: "The linear solver.",
    },
    Field {
        name: "petsc",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "Options for PETSc, which solves under `mpirun`, for example \"-pc_type gamg\". Those of \
              the variable PETSC_OPTIONS win. Without `mpirun` they are not looked at.",
    },
];

const OUTPUT: &[Field] = &[
    Field {
        name: "counter",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "The counter electrode's boundary, to whose mean current density peaks are referred. \
              Default: the one boundary that carries `current`.",
    },
    Field {
        name: "compression",
        kind: FieldKind::Integer { min: 0, max: 9 },
        presence: Presence::Default("1"),
        doc: "Level of gzip in HDF5, 0 for none; 1 takes away nearly as much as 9 in a sixth of the \
              time.",
    },
    Field {
        name: "report",
        kind: FieldKind::Flag,
        presence: Presence::Default("true"),
        doc: "Whether `report.html` is written. Drawing it costs about 0.3 s for a mesh of 379 000 \
              tetrahedra; `natrolite plot` draws the same figures later.",
    },
    Field {
        name: "profile_at",
        kind: FieldKind::Quantities { unit: "m", range: Range::NonNegative },
        presence: Presence::Optional,
        doc: "Distances along a profile at which the fields are evaluated too, in an extra file \
              `profile_<b>_at.csv`.",
    },
];

const DISCRETIZATION: &[Field] = &[
    Field {
        name: "order",
        kind: FieldKind::Integer { min: 1, max: 2 },
        presence: Presence::Default("2"),
        doc: "Order of the shape functions and of the cells' geometry.",
    },
    Field {
        name: "plane",
        kind: FieldKind::Word(&["strain", "stress"]),
        presence: Presence::Optional,
        doc: "In planar symmetry, what mechanics assumes of the direction across the plane: no strain \
              or no stress. Default: strain.",
    },
];

/// Most points of an axis, and of a sweep.
pub const MAX_POINTS: usize = 1_000_000;

const AXIS: &[Field] = &[
    Field {
        name: "key",
        kind: FieldKind::Text,
        presence: Presence::Required,
        doc: "Path of the number that is varied, for example material.NAS.ohm.conductivity.",
    },
    Field {
        name: "values",
        kind: FieldKind::AnyQuantities,
        presence: Presence::Optional,
        doc: "The values; either these, or `from`, `to` and `points`.",
    },
    Field {
        name: "from",
        kind: FieldKind::AnyQuantity,
        presence: Presence::Optional,
        doc: "First value.",
    },
    Field {
        name: "to",
        kind: FieldKind::AnyQuantity,
        presence: Presence::Optional,
        doc: "Last value.",
    },
    Field {
        name: "points",
        kind: FieldKind::Integer { min: 2, max: MAX_POINTS as i64 },
        presence: Presence::Optional,
        doc: "Number of values from the first to the last.",
    },
    Field {
        name: "scale",
        kind: FieldKind::Word(&["linear", "log"]),
        presence: Presence::Default("linear"),
        doc: "Equal differences or equal ratios between `from` and `to`.",
    },
];

/// The table `[sweep]`.
pub const SWEEP: &[Field] = &[
    Field {
        name: "mode",
        kind: FieldKind::Word(&["grid", "zip"]),
        presence: Presence::Default("grid"),
        doc: "Every combination of the axes, the last one fastest; or the first values of all axes, \
              then the second ones, and so on.",
    },
    Field {
        name: "axis",
        kind: FieldKind::Tables(AXIS),
        presence: Presence::Optional,
        doc: "What is varied: one table [[sweep.axis]] for each key. Either these or `file`.",
    },
    Field {
        name: "file",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "A CSV file of points, relative to the case file: the header holds the paths of the keys, \
              each row the values of a point with their units.",
    },
];

/// The keys at the top of a case file that are not names of regions, boundaries or materials.
pub const CASE: &[Field] = &[
    Field {
        name: "title",
        kind: FieldKind::Text,
        presence: Presence::Optional,
        doc: "What the case is about. Default: the name of the file.",
    },
    Field {
        name: "temperature",
        kind: FieldKind::Quantity { unit: "K", range: Range::Positive },
        presence: Presence::Default("298.15 K"),
        doc: "Temperature of the whole cell.",
    },
    Field {
        name: "mesh",
        kind: FieldKind::Fields(MESH),
        presence: Presence::Required,
        doc: "The geometry.",
    },
    Field {
        name: "discretization",
        kind: FieldKind::Fields(DISCRETIZATION),
        presence: Presence::Optional,
        doc: "The finite elements.",
    },
    Field {
        name: "solver",
        kind: FieldKind::Fields(SOLVER),
        presence: Presence::Optional,
        doc: "How the equations are solved. The defaults give balances of 1e-10.",
    },
    Field {
        name: "output",
        kind: FieldKind::Fields(OUTPUT),
        presence: Presence::Optional,
        doc: "What is written.",
    },
    Field {
        name: "sweep",
        kind: FieldKind::Fields(SWEEP),
        presence: Presence::Optional,
        doc: "The points of `natrolite sweep`; `natrolite run` ignores it.",
    },
];

/// Tables at the top of a case file whose keys are names: key and one sentence.
pub const NAMED_TABLES: &[(&str, &str)] = &[
    ("material", "Materials by name; each is a table of laws."),
    ("region", "The material of each region of the mesh, by name."),
    ("boundary", "The laws on each boundary of the mesh; one without law is insulating."),
    ("interface", "The laws on each interface between two regions."),
    ("expect", "Quantities that the run must give, which makes the case a test."),
];
