//! Other values of a number of the case, without reading the case anew.

use super::Case;
use super::diagnostic::Diagnostics;
use super::law::{LawUse, NumberRead, check_fit, read_parameter};
use super::tree::{Key, Node};
use crate::registry::is_mechanical;
use fem::registry::{Kind, Parameter, Place};

/// Where a number of a law stands in a case. Nothing else of the case depends on its value.
#[derive(Clone, Debug)]
pub struct LawNumber {
    place: Place,
    /// Number of the material, boundary or interface, and of the law there.
    at: [usize; 2],
    key: Key,
    parameter: &'static Parameter,
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
            key: key.clone(),
            parameter,
        })
    }

    /// Reads another value of a number, which is written in `node`; none where it is wrong.
    pub fn read_number(&self, number: &LawNumber, node: &Node) -> Option<NumberRead> {
        read_parameter(number.parameter, (&number.key, node), self.depth())
    }

    /// Gives a number another value, as reading the case with it would. False where that would fail, or may;
    /// the case must then be read to know why.
    pub fn vary(&mut self, number: &LawNumber, value: &NumberRead) -> bool {
        let temperature = self.temperature;
        let [place, law] = number.at;
        let laws = match number.place {
            Place::Material => &mut self.materials[place].laws,
            Place::Boundary => &mut self.boundaries[place].laws,
            Place::Interface => &mut self.interfaces[place].laws,
        };
        let law = &mut laws[law];
        law.vary(number.parameter, value);
        let mut diagnostics = Diagnostics::default();
        let law = std::slice::from_ref(law);
        check_fit(law, "", number.place, temperature, &mut diagnostics);
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
