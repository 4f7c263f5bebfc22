//! What a case takes from the built-in materials beyond their laws, and what it is to be told about
//! their values.

use super::law::LawUse;
use super::material::{Material, MaterialOrigin};
use super::{Case, RegionUse};
use crate::materials::{Builtin, Mark, Provenance};
use crate::registry::is_mechanical;
use crate::units::display;
use fem::registry::Value;

/// Temperature of the values in the library that follow no law of temperature \[K\].
const ROOM: f64 = 298.15;

/// A conductivity at room temperature is taken as good for temperatures as near as this \[K\].
const NEAR: f64 = 10.0;

/// A value that a law of the case leaves to a built-in material.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    /// Name of the parameter.
    pub parameter: &'static str,
    /// The material.
    pub material: &'static Builtin,
    /// Its value, with its source.
    pub value: &'static Provenance,
}

/// Gives plastic contacts between the regions `between` the hardness that the case leaves out: the
/// smallest that the library has for their materials. A material of the case itself has none.
pub fn inherit_hardness(
    laws: &mut [LawUse],
    between: &[String; 2],
    (materials, regions): (&[Material], &[RegionUse]),
) {
    let builtin = |name: &String| {
        let region = regions.iter().find(|region| region.name == *name)?;
        match materials[region.material].from {
            MaterialOrigin::Builtin(builtin) => Some(builtin),
            MaterialOrigin::Case { .. } => None,
        }
    };
    let known = between.iter().filter_map(builtin).filter_map(|builtin| {
        let (hardness, value) = builtin.datum("hardness")?;
        Some((hardness, builtin, value))
    });
    let Some((hardness, material, value)) = known.min_by(|a, b| a.0.total_cmp(&b.0)) else {
        return;
    };
    for law in laws {
        let is_plastic = matches!(
            (law.entry.name, law.values.choice("law")),
            ("contact_fraction", Some("plastic"))
                | ("contact_conductance", Some("cooper_mikic_yovanovich"))
        );
        let parameter = "hardness";
        if is_plastic && law.values.number(parameter).is_none() {
            law.values.insert(parameter, Value::Number(hardness));
            law.inherited.push(Inherited { parameter, material, value });
        }
    }
}

impl Case {
    /// A line for each value that a law leaves to a built-in material.
    pub fn inherited(&self) -> Vec<String> {
        let lines = self.interfaces.iter().flat_map(|interface| {
            interface.laws.iter().flat_map(move |law| {
                law.inherited.iter().map(move |from| {
                    format!(
                        "interface.{}.{}.{} = {}, that of the built-in {}",
                        interface.name,
                        law.entry.name,
                        from.parameter,
                        from.value.value,
                        from.material.name
                    )
                })
            })
        });
        lines.collect()
    }

    /// A line for each built-in value that the case uses and that nobody checked again, and for each
    /// conductivity that holds at another temperature than the case's. Values of laws that are not
    /// solved for are not used.
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        for material in &self.materials {
            let MaterialOrigin::Builtin(builtin) = material.from else { continue };
            for law in material.laws.iter().filter(|law| self.solves_for(law)) {
                let unconfirmed = builtin.unconfirmed(law.entry.name);
                doubts.extend(unconfirmed.map(|value| from_memory(builtin, value)));
            }
            doubts.extend(self.doubt_temperature(material, builtin));
        }
        let laws = self.interfaces.iter().flat_map(|interface| &interface.laws);
        for from in laws.flat_map(|law| &law.inherited) {
            let line = from_memory(from.material, from.value);
            if from.value.mark == Mark::Memory && !doubts.contains(&line) {
                doubts.push(line);
            }
        }
        doubts
    }

    fn solves_for(&self, law: &LawUse) -> bool {
        let physics = self.physics();
        if is_mechanical(law.entry) { physics.mechanics } else { physics.current }
    }

    fn doubt_temperature(&self, material: &Material, builtin: &Builtin) -> Option<String> {
        let ohm = material.law("ohm").filter(|ohm| self.solves_for(ohm))?;
        let is_near = (self.temperature - ROOM).abs() <= NEAR;
        if is_near || ohm.values.group("arrhenius").is_some() {
            return None;
        }
        let path = "ohm.conductivity";
        let value = builtin.values.iter().find(|value| value.path == path)?;
        Some(format!(
            "material {}: {path} = {} holds at room temperature, the case is at {}",
            builtin.name,
            value.value,
            display(self.temperature, "K")
        ))
    }
}

fn from_memory(builtin: &Builtin, value: &Provenance) -> String {
    let (name, path, letter) = (builtin.name, value.path, Mark::Memory.letter());
    let value = value.value;
    format!(
        "material {name}: {path} = {value} is from memory (mark {letter}): check it before you rely \
         on it"
    )
}
