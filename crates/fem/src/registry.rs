//! What a law tells about itself, so that the case file, its reference, its schema and the contract
//! tests are made from one place.

use crate::{Slot, Term};

/// Where a law is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a material, and so in every region made of it.
    Material,
    /// On a boundary.
    Boundary,
    /// On an interface between two regions.
    Interface,
}

/// The interval that a number must lie in, in SI units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Any finite number.
    Any,
    /// Greater than zero.
    Positive,
    /// Zero or greater.
    NonNegative,
    /// Greater than the first and less than the second.
    Open(f64, f64),
}

impl Range {
    /// True when the finite number `x` lies in the range.
    pub fn contains(self, x: f64) -> bool {
        x.is_finite()
            && match self {
                Range::Any => true,
                Range::Positive => x > 0.0,
                Range::NonNegative => x >= 0.0,
                Range::Open(a, b) => a < x && x < b,
            }
    }
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One quantity; `unit` is its SI unit as text (`"1"` when it has no dimension).
    Number {
        /// SI unit.
        unit: &'static str,
        /// Accepted values.
        range: Range,
    },
    /// One quantity, three principal values along the axes, or a symmetric 3 x 3 array, all of the
    /// same unit.
    Tensor {
        /// SI unit.
        unit: &'static str,
        /// Accepted values of a scalar and of each principal value.
        range: Range,
    },
    /// Rows of quantities, one unit for each column; two rows at least.
    Table {
        /// SI units of the columns.
        units: &'static [&'static str],
    },
    /// One quantity of the whole cell: `unit` in 3-D and in axial symmetry, `per_depth` in planar
    /// symmetry, where everything is per metre.
    Extensive {
        /// SI unit.
        unit: &'static str,
        /// SI unit in planar symmetry.
        per_depth: &'static str,
        /// Accepted values.
        range: Range,
    },
    /// Three quantities along x, y and z.
    Vector {
        /// SI unit.
        unit: &'static str,
    },
    /// Some of the axes x, y and z; `true` for all of them.
    Axes,
    /// `true`, and nothing else.
    Flag,
    /// A formula of the coordinates x, y, z and r (the distance from the axis x = y = 0) with a value
    /// of this unit.
    Formula {
        /// SI unit.
        unit: &'static str,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A table of parameters of its own.
    Group(&'static [Parameter]),
}

/// A parameter of a law.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Key in the case file.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// When it may be left out.
    pub presence: Presence,
    /// One sentence.
    pub doc: &'static str,
}

/// When a parameter may be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    /// Never.
    Required,
    /// Left out, it has this value, written as in a case file.
    Default(&'static str),
    /// Left out, it is absent.
    Optional,
}

/// A parameter as given, in SI units.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One number.
    Number(f64),
    /// A 3 x 3 array; a scalar or principal values arrive here as a diagonal.
    Tensor([[f64; 3]; 3]),
    /// Rows of numbers.
    Table(Vec<Vec<f64>>),
    /// Along x, y and z.
    Vector([f64; 3]),
    /// For x, y and z, whether the axis is among them.
    Axes([bool; 3]),
    /// It is given.
    Flag,
    /// The text of a formula.
    Formula(String),
    /// One of the words of a [`Kind::Choice`].
    Choice(&'static str),
    /// Parameters of their own.
    Group(Values),
}

/// The parameters of a law by name, checked against its [`Parameter`]s, defaults filled in.
///
/// There are a few of them, by rising names, and points of a sweep ask for them again and again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(&'static str, Value)>);

impl FromIterator<(&'static str, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value)>>(pairs: I) -> Values {
        let mut values = Values::default();
        pairs.into_iter().for_each(|(name, value)| values.insert(name, value));
        values
    }
}

impl Values {
    /// The parameter called `name`, if present.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// Gives the parameter called `name` a value, in place of an earlier one.
    pub fn insert(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(own, _)| *own == name) {
            Some((_, own)) => *own = value,
            None => {
                let at = self.0.partition_point(|(own, _)| *own < name);
                self.0.insert(at, (name, value));
            }
        }
    }

    /// The names of those that are present, rising.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The number called `name`, if present.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Value::Number(x)) => Some(*x),
            _ => None,
        }
    }

    /// The number called `name`, which the registry guarantees to be present.
    ///
    /// # Panics
    /// When it is absent: the values were not checked against the law's parameters.
    pub fn required(&self, name: &str) -> f64 {
        self.number(name).unwrap_or_else(|| panic!("parameter `{name}` was not checked"))
    }

    /// The word called `name`, if present.
    pub fn choice(&self, name: &str) -> Option<&'static str> {
        match self.get(name) {
            Some(Value::Choice(word)) => Some(word),
            _ => None,
        }
    }

    /// The group called `name`, if present.
    pub fn group(&self, name: &str) -> Option<&Values> {
        match self.get(name) {
            Some(Value::Group(values)) => Some(values),
            _ => None,
        }
    }

    /// The tensor called `name`, if present.
    pub fn tensor(&self, name: &str) -> Option<&[[f64; 3]; 3]> {
        match self.get(name) {
            Some(Value::Tensor(t)) => Some(t),
            _ => None,
        }
    }

    /// The vector called `name`, if present.
    pub fn vector(&self, name: &str) -> Option<[f64; 3]> {
        match self.get(name) {
            Some(Value::Vector(v)) => Some(*v),
            _ => None,
        }
    }

    /// The axes called `name`, if present.
    pub fn axes(&self, name: &str) -> Option<[bool; 3]> {
        match self.get(name) {
            Some(Value::Axes(axes)) => Some(*axes),
            _ => None,
        }
    }

    /// The formula called `name`, if present.
    pub fn formula(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Formula(text)) => Some(text),
            _ => None,
        }
    }

    /// The table called `name`, if present.
    pub fn table(&self, name: &str) -> Option<&[Vec<f64>]> {
        match self.get(name) {
            Some(Value::Table(rows)) => Some(rows),
            _ => None,
        }
    }
}

/// What a law is placed in, known when it is constructed.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Temperature \[K\].
    pub temperature: f64,
    /// What the law reads: its own side first, then the other side of an interface or the
    /// whole-body unknown that it is coupled to.
    pub slots: Vec<Slot>,
    /// Where the state of the contact is read; `None` where no contact is solved, and where the law
    /// is placed lies in contact everywhere.
    pub contact: Option<ContactSlots>,
}

/// Where a law at an interface reads the state of the contact. Both are known fields, prescribed at
/// every node ([`crate::Constraints::prescribe`]); a law returns zero for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactSlots {
    /// Contact fraction, real over nominal area, 0 to 1.
    pub fraction: Slot,
    /// Contact pressure \[Pa\], compression positive.
    pub pressure: Slot,
}

/// Parameters that are each in range but do not fit together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ParameterError {
    /// The parameter to blame; dotted inside a group.
    pub parameter: &'static str,
    /// What is wrong and what was wanted.
    pub message: String,
}

/// Builds the term from checked values.
pub type Build = fn(&Values, &Environment) -> Result<Box<dyn Term>, ParameterError>;

/// A law as the case file knows it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Key in the case file.
    pub name: &'static str,
    /// Where it may be placed.
    pub places: &'static [Place],
    /// Its parameters. A single one called `value` is written without a table: `potential = "0 V"`.
    pub parameters: &'static [Parameter],
    /// A short description with the formula.
    pub doc: &'static str,
    /// Book or paper, with equation or page.
    pub source: &'static str,
    /// Constructs the term; `None` for what is a constraint or a load and not a relation at a point
    /// (`potential`, `current`).
    pub build: Option<Build>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}
