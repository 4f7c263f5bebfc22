//! Other values of a number of the case, without reading the case anew.

use super::Case;
use super::diagnostic::Diagnostics;
use super::law::{LawUse, NumberRead, check_fit, read_parameter};
use super::tree::{Key, Node};
use crate::registry::is_mechanical;
use fem::registry::{Kind, Parameter, Place};
use std::sync::Arc;

/// Where a number of a law stands in a case. Nothing else of the case depends on its value.
#[derive(Clone, Debug)]
pub struct LawNumber {
    place: Place,
    /// Number of the material, boundary or interface, and of the law there.
    at: [usize; 2],
    key: Arc<Key>,
    parameter: &'static Parameter,
}

impl LawNumber {
    /// Where its law is placed, and the number of the material, boundary or interface there.
    pub fn place(&self) -> (Place, usize) {
        (self.place, self.at[0])
    }

    /// Its law in a case.
    pub fn law<'c>(&self, case: &'c Case) -> &'c LawUse {
        let [place, law] = self.at;
        &case.laws(self.place, place)[law]
    }

    /// The name of its parameter.
    pub fn parameter(&self) -> &'static str {
        self.parameter.name
    }

    /// True when both are numbers of one law.
    pub fn shares_law_with(&self, other: &LawNumber) -> bool {
        (self.place, self.at) == (other.place, other.at)
    }
}

/// The case of a point of a sweep, and how it differs from that of the point before.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The case.
    pub case: &'a Case,
    /// Counts the cases; the one before has one less.
    pub number: usize,
    /// The numbers that differ; none where more may differ.
    pub moved: Option<&'a [LawNumber]>,
}

impl Case {
    /// The number at `path`, where it is one that a law of the electric side is given; of other numbers the
    /// mesh, the stress side or other laws may be made.
    pub fn law_number(&self, path: &[Key]) -> Option<LawNumber> {
        let (place, name, law, key) = match path {
            [place, name, law, parameter] => (place, name, law, parameter),
            // A law with one value is written as that value.
            [place, name, law] => (place, name, law, law),
            _ => return None,
        };
        let (place, found) = match place.text.as_str() {
            "material" => {
                (Place::Material, self.materials.iter().position(|m| m.name == name.text))
            }
            "boundary" => {
                (Place::Boundary, self.boundaries.iter().position(|b| b.name == name.text))
            }
            "interface" => {
                (Place::Interface, self.interfaces.iter().position(|i| i.name == name.text))
            }
            _ => return None,
        };
        let laws = self.laws(place, found?);
        let at = laws.iter().position(|l| l.entry.name == law.text && !is_mechanical(l.entry))?;
        let wanted = if path.len() == 3 { "value" } else { key.text.as_str() };
        let parameter = laws[at].entry.parameters.iter().find(|p| p.name == wanted)?;
        let is_number = matches!(
            parameter.kind,
            Kind::Number { .. } | Kind::Extensive { .. } | Kind::Tensor { .. }
        );
        let at = [found?, at];
        (is_number && laws[at[1]].gives(wanted)).then(|| LawNumber {
            place,
            at,
            key: Arc::new(key.clone()),
            parameter,
        })
    }

    /// Reads another value of a number, which is written in `node`; none where it is wrong.
    pub fn read_number(&self, number: &LawNumber, node: &Node) -> Option<NumberRead> {
        read_parameter(number.parameter, (&number.key, node), self.depth())
    }

    /// Gives a number another value, as reading the case with it would, but for what [`Case::fits`] tells.
    pub fn vary(&mut self, number: &LawNumber, value: &NumberRead) {
        let [place, law] = number.at;
        let laws = match number.place {
            Place::Material => &mut self.materials[place].laws,
            Place::Boundary => &mut self.boundaries[place].laws,
            Place::Interface => &mut self.interfaces[place].laws,
        };
        laws[law].vary(number.parameter, value);
    }

    /// False where the values of the law of a number do not go together, or may not; the case must then be read to
    /// know why.
    pub fn fits(&self, number: &LawNumber) -> bool {
        let law = std::slice::from_ref(number.law(self));
        let mut diagnostics = Diagnostics::default();
        check_fit(law, "", number.place, self.temperature, &mut diagnostics);
        diagnostics.is_empty()
    }

    fn laws(&self, place: Place, at: usize) -> &[LawUse] {
        match place {
            Place::Material => &self.materials[at].laws,
            Place::Boundary => &self.boundaries[at].laws,
            Place::Interface => &self.interfaces[at].laws,
        }
    }
}
