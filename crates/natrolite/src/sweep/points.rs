//! The points of a sweep, each of them a case.

use crate::case::{
    Case, CaseError, Diagnostic, LawNumber, Node, NumberRead, Step, Sweep, read_points_file, set,
    tree::Content, tree::Key, written,
};
use std::path::Path;
use std::sync::Arc;

/// Largest file of points \[bytes\].
const MAX_BYTES: u64 = 256 << 20;

/// The case of a sweep, and its axes with all their values.
pub struct Points {
    /// The case as written.
    pub case: Case,
    /// The axes; a file of points has become axes that go together.
    pub sweep: Sweep,
    /// The tree without what belongs to the sweep and to a single run.
    tree: Node,
}

impl Points {
    /// The points of `case`, with its file of points read.
    ///
    /// # Errors
    /// When the case has no sweep, or its file is missing or wrong.
    pub fn new(case: Case) -> Result<Points, CaseError> {
        let Some(sweep) = &case.sweep else {
            let error = Diagnostic::new("the case has no [sweep]", &case.origin());
            let wanted = "[[sweep.axis]] with a key of the case and its values, for example key = \
                          \"temperature\" and values = [\"25 degC\", \"60 degC\"]";
            let error = error.wanted(wanted);
            return Err(error.note("`natrolite init --template sweep` writes a whole one").into());
        };
        let sweep = match &sweep.file {
            None => sweep.clone(),
            Some((file, origin)) => {
                let folder = case.path.parent().unwrap_or(Path::new(""));
                let text = read_text(&folder.join(file)).map_err(|what| {
                    Diagnostic::new(format!("`sweep.file` cannot be read: {what}"), origin)
                })?;
                read_points_file(&case, sweep, &file.display().to_string(), &text)?
            }
        };
        let mut tree = case.tree.clone();
        if let Content::Table(table) = &mut tree.content {
            table.pairs.retain(|(key, _)| key.text != "sweep" && key.text != "expect");
        }
        Ok(Points { case, sweep, tree })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.sweep.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The case of point `index`, on a built-in mesh with cells of `rim_size` \[m\] at the rim when that
    /// is given.
    ///
    /// # Errors
    /// What is wrong with its values.
    pub fn case(&self, index: usize, rim_size: Option<f64>) -> Result<Case, CaseError> {
        let mut tree = self.tree.clone();
        for (axis, value) in self.sweep.axes.iter().zip(self.sweep.point(index)) {
            set::set(&mut tree, &axis.path, value.node.clone())?;
        }
        if let Some(rim_size) = rim_size {
            let origin = self.case.origin();
            let path = ["mesh", "defect", "rim_size"]
                .map(|text| Key { text: text.to_owned(), origin: origin.clone() });
            set::set(&mut tree, &path, written(rim_size, "m", &origin).node)?;
        }
        self.case.read_again(tree)
    }
}

/// The cases of points one after the other, of which only what changes is read.
pub struct Cases<'p> {
    points: &'p Points,
    last: Option<Box<Last>>,
    /// For each axis its values as its law has them, where they were read: none where they are wrong.
    read: Vec<Vec<Option<Option<NumberRead>>>>,
    /// Cases so far.
    count: usize,
    /// The numbers in which the last case differs from the one before, where it was not read anew.
    moved: Vec<LawNumber>,
    is_anew: bool,
}

/// The case of the last point.
struct Last {
    case: Case,
    /// The place of the point on each axis.
    places: Vec<usize>,
    /// For each axis its number in the case, where that can be changed alone.
    numbers: Vec<Option<LawNumber>>,
    /// For each axis whose number is the only one of its law that varies, whether its values go with the others of the
    /// law, where that is known.
    fits: Vec<Vec<Option<bool>>>,
    /// What the mesh depends on, as text.
    mesh: Arc<str>,
}

impl<'p> Cases<'p> {
    /// No case yet.
    pub fn new(points: &'p Points) -> Self {
        let axes = points.sweep.axes.iter();
        Cases {
            points,
            last: None,
            read: axes.map(|axis| vec![None; axis.values.len()]).collect(),
            count: 0,
            moved: Vec::new(),
            is_anew: true,
        }
    }

    /// Goes to point `index`.
    ///
    /// # Errors
    /// As [`Points::case`].
    pub fn go_to(&mut self, index: usize) -> Result<(), CaseError> {
        let Cases { points, last, read, count, moved, is_anew } = self;
        moved.clear();
        *count += 1;
        let same = last.take().and_then(|last| last.moved(&points.sweep, index, read, moved));
        *is_anew = same.is_none();
        *last = Some(match same {
            Some(last) => last,
            None => Box::new(Last::read(points, index)?),
        });
        Ok(())
    }

    /// The case of the point that it went to, on a built-in mesh of which it may know another size of the cells at the
    /// rim.
    ///
    /// # Panics
    /// Where it could not go there.
    pub fn step(&self) -> Step<'_> {
        let last = self.last.as_ref().expect("it went to a point");
        let moved = (!self.is_anew).then_some(&self.moved[..]);
        Step { case: &last.case, number: self.count, moved }
    }

    /// What the mesh of the last point depends on, as text.
    pub fn mesh_text(&self) -> Option<&Arc<str>> {
        self.last.as_ref().map(|last| &last.mesh)
    }

    /// Number and place of the only axis that varies a law of a boundary or an interface, where all that axes vary
    /// are numbers of laws.
    pub fn on_surfaces(&self) -> Option<(usize, usize)> {
        let Last { numbers, places, .. } = self.last.as_deref()?;
        let is_bulk = |number: &LawNumber| number.place().0 == fem::registry::Place::Material;
        let mut found = None;
        for (axis, number) in numbers.iter().enumerate() {
            match (is_bulk(number.as_ref()?), found) {
                (true, _) => {}
                (false, None) => found = Some((axis, places[axis])),
                (false, Some(_)) => return None,
            }
        }
        found
    }
}

impl Last {
    /// The case of a point, all of it read.
    fn read(points: &Points, index: usize) -> Result<Last, CaseError> {
        let case = points.case(index, None)?;
        let axes = &points.sweep.axes;
        let numbers: Vec<_> = axes.iter().map(|axis| case.law_number(&axis.path)).collect();
        Ok(Last {
            places: (0..axes.len()).map(|k| points.sweep.place(k, index)).collect(),
            fits: vec![Vec::new(); axes.len()],
            numbers,
            mesh: case.mesh_text().into(),
            case,
        })
    }

    /// The case of another point, and what it differs in, to `moved`; none where it must be read.
    fn moved(
        mut self: Box<Self>,
        sweep: &Sweep,
        index: usize,
        read: &mut [Vec<Option<Option<NumberRead>>>],
        moved: &mut Vec<LawNumber>,
    ) -> Option<Box<Last>> {
        for k in 0..self.numbers.len() {
            let place = sweep.place(k, index);
            if place == self.places[k] {
                continue;
            }
            let Last { case, numbers, fits, .. } = &mut *self;
            let number = numbers[k].as_ref()?;
            let node = &sweep.axes[k].values[place].node;
            let value = read[k][place].get_or_insert_with(|| case.read_number(number, node));
            case.vary(number, value.as_ref()?);
            let others = numbers.iter().enumerate().filter(|(other, _)| *other != k);
            let is_alone = !others.flat_map(|(_, o)| o).any(|o| o.shares_law_with(number));
            let fits = match is_alone {
                true => {
                    let fits = &mut fits[k];
                    fits.resize(sweep.axes[k].values.len(), None);
                    *fits[place].get_or_insert_with(|| case.fits(number))
                }
                false => case.fits(number),
            };
            if !fits {
                return None;
            }
            moved.push(number.clone());
            self.places[k] = place;
        }
        Some(self)
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let metadata = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if !metadata.is_file() {
        return Err(format!("{} is not a file", path.display()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(format!("it has {} bytes, wanted {MAX_BYTES} at most", metadata.len()));
    }
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 text: byte {}", error.utf8_error().valid_up_to()))
}
