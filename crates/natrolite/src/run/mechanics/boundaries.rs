//! Boundaries in mechanics: loads, supports, platens and obstacles.

use super::model::{ContactPlace, Draft, Known, Load, describe, fraction_of};
use crate::case::{Diagnostic, LawUse};
use crate::run::Geometry;
use contact::unilateral::{self, ContactSurface};
use contact::{Platen, Pressure, Traction, fix, flat_direction, platen, roller, support_axis};
use fem::{Hypothesis, Placement, Support, Term, recover};
use mesh::{Boundary, FacetBlock};

impl Draft<'_, '_> {
    /// Places the laws of all boundaries, and what axes and planes of symmetry ask for.
    pub(super) fn place_boundaries(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        if self.geometry.hypothesis == Hypothesis::Axisymmetric {
            support_axis(mesh, &self.field, &mut self.constraints);
        }
        for (index, boundary) in mesh.boundaries.iter().enumerate() {
            let used = case.boundaries.iter().find(|b| b.name == boundary.name);
            let laws = used.map_or(&[][..], |used| &used.laws[..]);
            let mechanical: Vec<&LawUse> =
                laws.iter().filter(|law| crate::registry::is_mechanical(law.entry)).collect();
            if mechanical.is_empty() && case.mesh.rolls_by_itself(&boundary.name) {
                let origin = case.origin();
                let held = roller(mesh, &self.field, boundary, &mut self.constraints);
                self.report(held, &origin);
            }
            for law in mechanical {
                self.place_on_boundary(law, (index, boundary), laws);
            }
        }
    }

    fn place_on_boundary(
        &mut self,
        law: &LawUse,
        (index, boundary): (usize, &Boundary),
        laws: &[LawUse],
    ) {
        let mesh = &self.geometry.mesh;
        let support = Support::Boundary(index);
        if let "fixed" | "roller" | "platen" = law.entry.name
            && let Ok((axis, sign)) = flat_direction(mesh, boundary)
            && law.values.axes("value").is_none_or(|axes| axes[axis])
            && !self.held.iter().any(|held| held.0 == index)
        {
            self.held.push((index, axis, sign));
        }
        match law.entry.name {
            "pressure" => {
                let pressure = law.values.required("value");
                self.place_load(law, support);
                self.loads.push((index, Load::Pressure(pressure)));
                let law = fraction_of(laws);
                if law.is_some() || laws.iter().any(|l| transport::is_kinetics(l.entry)) {
                    let (name, known) = (boundary.name.clone(), Known::Pressure(pressure));
                    self.contacts.push(ContactPlace { name, support, law, known });
                }
            }
            "traction" => {
                let traction = law.values.vector("value").unwrap_or_default();
                self.place_load(law, support);
                self.loads.push((index, Load::Traction(traction)));
            }
            "fixed" => {
                let axes = law.values.axes("value").unwrap_or_default();
                let axes: Vec<usize> = (0..3).filter(|&k| axes[k]).collect();
                fix(&self.field, boundary, &axes, &mut self.constraints);
            }
            "roller" => {
                let held = roller(mesh, &self.field, boundary, &mut self.constraints);
                self.report(held, &law.origin);
            }
            "platen" => self.place_platen(law, (index, boundary)),
            "contact" => self.place_obstacle(law, (index, boundary), laws),
            _ => {}
        }
    }

    /// Places what a boundary may touch.
    pub(super) fn place_obstacle(
        &mut self,
        law: &LawUse,
        (index, boundary): (usize, &Boundary),
        laws: &[LawUse],
    ) {
        let (geometry, mesh) = (self.geometry, &self.geometry.mesh);
        let support = Support::Boundary(index);
        let Some(group) = law.values.group("obstacle") else { return };
        if self.is_elsewhere(boundary) {
            // None of its nodes; the surface has its place among the others.
            let nowhere = |_| (0.0, [0.0; 3]);
            let surface = ContactSurface::rigid(mesh, geometry.hypothesis, index, nowhere);
            self.surfaces.extend(surface);
            return;
        }
        let Some(direction) = self.report(flat_direction(mesh, boundary), &law.origin) else {
            return;
        };
        let nearest = nearest_to_axis(geometry, boundary, direction.0);
        let surface = unilateral::obstacle(group, direction, nearest)
            .map_err(|error| error.to_string())
            .and_then(|obstacle| {
                ContactSurface::obstacle(mesh, geometry.hypothesis, index, &obstacle)
                    .map_err(|error| describe(&error))
            });
        match surface {
            Ok(surface) => {
                let known = Known::Surface(self.surfaces.len());
                self.surfaces.push(surface);
                let (name, law) = (boundary.name.clone(), fraction_of(laws));
                self.contacts.push(ContactPlace { name, support, law, known });
            }
            Err(message) => {
                let origin = law.origin_of("obstacle");
                self.errors.push(Diagnostic::new(message, origin));
            }
        }
    }

    /// Places a pressure or a traction.
    pub(super) fn place_load(&mut self, law: &LawUse, support: Support) {
        let term: Box<dyn Term> = match law.entry.name {
            "pressure" => Box::new(Pressure { pressure: law.values.required("value") }),
            "traction" => {
                Box::new(Traction { traction: law.values.vector("value").unwrap_or_default() })
            }
            _ => return,
        };
        self.placements.push(Placement { term, support });
    }

    /// True for a boundary without facets on a part of the mesh.
    fn is_elsewhere(&self, boundary: &Boundary) -> bool {
        self.is_part && boundary.facets.iter().all(FacetBlock::is_empty)
    }

    fn place_platen(&mut self, law: &LawUse, (index, boundary): (usize, &Boundary)) {
        let (geometry, mesh) = (self.geometry, &self.geometry.mesh);
        let whole = self.whole.len();
        self.whole.push(boundary.name.clone());
        if self.is_elsewhere(boundary) {
            return;
        }
        let area = self.areas.map_or_else(
            || {
                let facets = &mesh.boundaries[index].facets;
                recover::integrate_facets(mesh, geometry.hypothesis, facets, |_| [1.0])[0]
            },
            |areas| areas[index],
        );
        let planar = geometry.hypothesis == Hypothesis::Planar;
        if law.values.number("force").is_some() && law.per_depth != planar {
            let (got, wanted) = if planar { ("N", "N/m") } else { ("N/m", "N") };
            let message = format!("`platen.force` is given in {got}");
            let error = Diagnostic::new(message, law.origin_of("force"));
            self.errors.push(error.wanted(format!("a force in {wanted}, as the mesh is")));
        }
        let number = |name: &str| law.values.number(name);
        let given = match (number("force"), number("pressure"), number("displacement")) {
            (Some(force), ..) => Platen::Force(force / geometry.multiplicity),
            (_, Some(pressure), _) => Platen::Force(pressure * area),
            (.., displacement) => Platen::Displacement(displacement.unwrap_or(0.0)),
        };
        let placed = platen(mesh, &self.field, boundary, given, whole, &mut self.constraints);
        let load = self.report(placed, &law.origin).flatten();
        self.whole_loads.extend(load);
    }
}

/// The point of a flat boundary on the axis x = y = 0, or the nearest node to it.
fn nearest_to_axis(geometry: &Geometry, boundary: &Boundary, across: usize) -> [f64; 3] {
    let points = mesh::nodes_of(&boundary.facets);
    let first = points.first().map_or([0.0; 3], |&n| geometry.mesh.points[n as usize]);
    let mut x = [0.0; 3];
    x[across] = first[across];
    if geometry.mesh.dimension == 2 {
        let out = 3 - geometry.mesh.axes[0] - geometry.mesh.axes[1];
        x[out] = first[out];
    }
    x
}
