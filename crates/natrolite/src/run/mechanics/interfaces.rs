//! Interfaces in mechanics: bonded, in unilateral contact, or compliant.

use super::gap::gap_of;
use super::model::{ContactPlace, Draft, Known, describe, fraction_of, overlap};
use crate::case::{Diagnostic, InterfaceUse, LawUse};
use contact::unilateral::{ContactError, ContactSurface, Gap};
use contact::{Compliant, Separation};
use fem::{Placement, Support};
use mesh::{Interface, Mesh};
use std::sync::Arc;

impl Draft<'_, '_> {
    /// Joins the sides of interfaces without a law of contact, and collects those with one.
    pub(super) fn place_interfaces(&mut self) {
        let (case, geometry, mesh) = (self.case, self.geometry, &self.geometry.mesh);
        let mut touching = Vec::new();
        for (index, interface) in mesh.interfaces.iter().enumerate() {
            let used = case.interfaces.iter().find(|i| i.name == interface.name);
            let law = used.and_then(|used| used.law("contact"));
            if law.is_none() && !case.mesh.touches_by_itself(&interface.name) {
                self.joined.push(index);
                let sides = interface.sides[0].iter().zip(&interface.sides[1]);
                let pairs = sides.flat_map(|(a, b)| a.nodes.iter().zip(&b.nodes));
                self.constraints.joined.extend(pairs.map(|(&a, &b)| [a, b]));
                continue;
            }
            let gap = gap_of(law, geometry);
            if let (Some(law), Some(x)) = (law, undefined(mesh, index, &*gap)) {
                let [x, y, z] = x.map(|x| crate::units::display(x, "m"));
                let message = format!("the gap has no value at ({x}, {y}, {z})");
                self.errors.push(Diagnostic::new(message, law.origin_of("gap")));
                continue;
            }
            match law.filter(|law| law.values.choice("law") == Some("compliant")) {
                Some(law) => self.place_compliant((index, interface), law, used, gap),
                None => touching.push((index, law, used, gap)),
            }
        }
        if touching.is_empty() || !self.errors.is_empty() {
            return;
        }
        let gaps: Vec<(usize, &Gap<'_>)> =
            touching.iter().map(|(index, _, _, gap)| (*index, &**gap as &Gap<'_>)).collect();
        match ContactSurface::interfaces(mesh, geometry.hypothesis, &gaps) {
            Ok(surface) => {
                let known = Known::Surface(self.surfaces.len());
                self.surfaces.push(surface);
                for (index, _, used, _) in &touching {
                    let law = used.and_then(|used| fraction_of(&used.laws));
                    let name = mesh.interfaces[*index].name.clone();
                    let support = Support::Interface(*index);
                    self.contacts.push(ContactPlace { name, support, law, known });
                }
            }
            Err(error) => {
                // The surface is that of all interfaces: the one to blame has the smallest gap there.
                let least = |at: &[f64; 3]| {
                    touching
                        .iter()
                        .map(|(index, law, _, gap)| (&mesh.interfaces[*index].name, law, gap(*at)))
                        .min_by(|a, b| a.2.total_cmp(&b.2))
                };
                let (message, law) = match &error {
                    ContactError::Overlap { gap, at, .. } => {
                        let blamed = least(at);
                        let name = blamed.map_or("", |b| b.0.as_str());
                        (overlap(name, *gap, at), blamed.and_then(|b| *b.1))
                    }
                    other => (other.to_string(), None),
                };
                let origin = law.map_or(case.origin(), |law| law.origin_of("gap").clone());
                self.errors.push(Diagnostic::new(message, &origin));
            }
        }
    }

    fn place_compliant(
        &mut self,
        (index, interface): (usize, &Interface),
        law: &LawUse,
        used: Option<&InterfaceUse>,
        gap: Separation,
    ) {
        let geometry = self.geometry;
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        match ContactSurface::interface(mesh, hypothesis, index, &*gap) {
            Ok(surface) => {
                // What the mesh leaves between the sides is the same everywhere.
                let first = surface.nodes.first();
                let apart =
                    first.map_or(0.0, |n| n.initial_gap - gap(mesh.points[n.node as usize]));
                let compliant = self.place_springs(law, index, (apart, gap));
                let support = Support::Interface(index);
                self.apart.push(apart);
                let known = Known::Compliant(self.compliant.len());
                self.compliant.push((surface, compliant));
                let (name, law) = (interface.name.clone(), used.and_then(|u| fraction_of(&u.laws)));
                self.contacts.push(ContactPlace { name, support, law, known });
            }
            Err(error) => {
                let origin = law.origin_of("gap");
                self.errors.push(Diagnostic::new(describe(&error), origin));
            }
        }
    }
}

impl Draft<'_, '_> {
    /// Places the law of a compliant interface, whose sides the mesh leaves `apart` \[m\].
    fn place_springs(
        &mut self,
        law: &LawUse,
        index: usize,
        (apart, gap): (f64, Separation),
    ) -> Compliant {
        let number = |name: &str| law.values.required(name);
        let (pressure, length) = (number("pressure"), number("length"));
        let separation: Separation = Arc::new(move |x| apart + gap(x));
        let compliant = Compliant { pressure, length, separation };
        let support = Support::Interface(index);
        self.placements.push(Placement { term: Box::new(compliant.clone()), support });
        compliant
    }

    /// Places the laws of all compliant interfaces, and nothing else: see [`Terms::on_part`].
    ///
    /// [`Terms::on_part`]: super::terms::Terms::on_part
    pub(super) fn place_all_springs(&mut self, apart: &[f64]) {
        let (case, geometry) = (self.case, self.geometry);
        let mut apart = apart.iter();
        for (index, interface) in geometry.mesh.interfaces.iter().enumerate() {
            let used = case.interfaces.iter().find(|i| i.name == interface.name);
            let law = used.and_then(|used| used.law("contact"));
            let is_compliant = |law: &&LawUse| law.values.choice("law") == Some("compliant");
            if let Some(law) = law.filter(is_compliant)
                && let Some(&apart) = apart.next()
            {
                self.place_springs(law, index, (apart, gap_of(Some(law), geometry)));
            }
        }
    }
}

/// A position at which the gap has no value.
fn undefined(mesh: &Mesh, interface: usize, gap: &Gap<'_>) -> Option<[f64; 3]> {
    let nodes = mesh::nodes_of(&mesh.interfaces[interface].sides[0]);
    nodes.into_iter().map(|n| mesh.points[n as usize]).find(|&x| !gap(x).is_finite())
}
