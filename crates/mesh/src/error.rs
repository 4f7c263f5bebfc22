//! What can be wrong with a mesh.

use thiserror::Error;

/// Every way in which reading or changing a mesh can fail. The message says what, where, what was
/// found and what was wanted; the caller adds the name of the file.
#[derive(Clone, Debug, PartialEq, Error)]
#[allow(missing_docs)]
pub enum MeshError {
    // The file as text or bytes.
    #[error("cannot be read: {reason}")]
    File { reason: String },
    #[error("not a Gmsh mesh: it must begin with $MeshFormat, found {found:?}")]
    NotGmsh { found: String },
    #[error("Gmsh format {version} is not supported: save as version 2.2 or 4.1")]
    Version { version: String },
    #[error("$MeshFormat: wanted {wanted}, got {got:?}")]
    Format { wanted: &'static str, got: String },
    #[error("the file ends inside ${section}: it is truncated or its counts are wrong")]
    Truncated { section: &'static str },
    #[error("the file ends inside ${section}: it is truncated or its counts are wrong")]
    TruncatedOther { section: String },
    #[error("${section}, {at}: wanted {wanted}, got {got:?}")]
    Syntax { section: &'static str, at: String, wanted: &'static str, got: String },
    #[error("${section} announces {count} entries, but only {bytes} bytes follow")]
    Count { section: &'static str, count: u64, bytes: u64 },
    #[error("${section} announces {announced} entries, but its blocks hold {found}")]
    CountMismatch { section: &'static str, announced: u64, found: u64 },
    #[error("the file has no ${section}")]
    MissingSection { section: &'static str },
    #[error("${first} comes after ${second}: it must come before")]
    SectionOrder { first: &'static str, second: &'static str },
    #[error("the mesh is partitioned: save it without partitions")]
    Partitioned,
    #[error("the mesh has more than {} nodes or cells", u32::MAX)]
    TooLarge,
    #[error(
        "refined {times} times the mesh would have {nodes:.1e} nodes and {cells:.1e} cells, {} are possible; refine \
         less",
        u32::MAX
    )]
    TooFine { times: u32, nodes: f64, cells: f64 },

    // What the file says.
    #[error("node {node} occurs twice in $Nodes")]
    DuplicateNode { node: u64 },
    #[error("node {node} has coordinates that are not finite")]
    NotFinite { node: u64 },
    #[error("element {element} refers to node {node}, which $Nodes does not contain")]
    MissingNode { element: u64, node: u64 },
    #[error(
        "element {element} is of Gmsh type {code} ({name}): wanted triangles, quadrilaterals, \
         tetrahedra, hexahedra or prisms of order 1 or 2"
    )]
    ElementType { element: u64, code: i32, name: &'static str },
    #[error(
        "elements of {dimension}-dimensional entity {entity}, which $Entities does not contain"
    )]
    MissingEntity { dimension: usize, entity: i32 },
    #[error(
        "the mesh has cells of dimension {got} at most: wanted 2 or 3 (once there are physical \
         groups, Gmsh saves only cells that belong to one)"
    )]
    Dimension { got: usize },
    #[error(
        "the mesh has no physical groups, so nothing in it has a name: in the .geo file write \
         Physical Surface(\"electrolyte\") = {{1}}; (Volume in 3-D) for each region and Physical \
         Curve(\"anode\") = {{2}}; (Surface in 3-D) for each boundary, or in Gmsh use Modules > \
         Geometry > Physical groups > Add; then save again"
    )]
    NoPhysicalGroups,
    #[error(
        "{count} cells belong to no physical group, the first is element {element} at {at}: every \
         cell needs a region"
    )]
    Ungrouped { count: usize, element: u64, at: Position },
    #[error(
        "two physical groups of dimension {dimension} are called {name:?}: {first} and {second}"
    )]
    DuplicateName { dimension: usize, name: String, first: i32, second: i32 },
    #[error(
        "elements {first} and {second} are the same cell, in region {regions:?}: a cell must belong \
         to one physical group"
    )]
    DuplicateCell { first: u64, second: u64, regions: [String; 2] },
    #[error("the mesh mixes {first} and {second}: wanted one order throughout")]
    MixedOrders { first: &'static str, second: &'static str },
    #[error(
        "a two-dimensional mesh must lie in the x-y or the x-z plane, but x, y and z extend over \
         {extent:?} m"
    )]
    Plane { extent: [f64; 3] },
    #[error(
        "element {element} of region {region:?} at {at} is inverted or degenerate: its scaled \
         Jacobian is {quality:.3e}, wanted > 0 ({inverted} of {total} cells of its kind there)"
    )]
    Inverted {
        element: u64,
        region: String,
        at: Position,
        quality: f64,
        inverted: usize,
        total: usize,
    },
    #[error("element {element} of {group:?} at {at} is not a facet of any cell")]
    LoneFacet { element: u64, group: String, at: Position },
    #[error("element {element} of {group:?} at {at} is a facet of more than two cells")]
    CrowdedFacet { element: u64, group: String, at: Position },
    #[error("the length of the mesh's unit must be positive and finite, got {got} m")]
    Unit { got: f64 },

    // Changing a mesh.
    #[error("no internal surface is called {name:?}: the mesh has {known}")]
    UnknownSurface { name: String, known: String },
    #[error("no region is called {name:?}: the mesh has {known}")]
    UnknownRegion { name: String, known: String },
    #[error("interface {name:?} is between region {region:?} and itself: wanted two regions")]
    SameRegion { name: String, region: String },
    #[error(
        "surface {name:?} at {at} lies between regions {got:?}: wanted it to lie between {wanted:?}"
    )]
    NotBetween { name: String, at: Position, got: Box<[String; 2]>, wanted: Box<[String; 2]> },
    #[error("cells of order {got} do not exist: wanted 1 or 2")]
    Order { got: usize },
    #[error(
        "cell {cell} of region {region:?} at {at} is inverted or degenerate: its scaled Jacobian is \
         {quality:.3e}, wanted > 0"
    )]
    InvertedCell { cell: usize, region: String, at: Position, quality: f64 },
}

/// A point in a message \[m\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position(
    /// x, y and z.
    pub [f64; 3],
);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y, z] = self.0;
        write!(f, "({x:.4e}, {y:.4e}, {z:.4e}) m")
    }
}

/// Names as they appear in a message: quoted, with commas, or "none".
pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|n| format!("{n:?}")).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}
