//! The state of the contacts on the part of each rank.

use super::words::{Pack, Words};
use crate::run::Contact;
use algebra::Comm;

/// What kinetics at a contact read, at all nodes of the part.
pub struct ContactState {
    /// Contact fraction, zero away from the contact.
    pub fraction: Vec<f64>,
    /// Contact pressure \[Pa\], zero away from the contact.
    pub pressure: Vec<f64>,
}

/// Tells all ranks, which call this together, what rank 0 has found of so many contacts. There `found` are
/// these, on an excerpt the nodes of which have the numbers `in_whole` in the whole, or the same ones without;
/// `part` are the numbers in the whole of the nodes that are here.
pub fn tell_contacts(
    comm: &dyn Comm,
    count: usize,
    (found, in_whole): (&[Contact], Option<&[u32]>),
    part: &[u32],
) -> Vec<ContactState> {
    let mut words = Vec::new();
    for contact in found {
        let place = |&node: &u32| in_whole.map_or(node, |in_whole| in_whole[node as usize]);
        contact.nodes.iter().map(place).collect::<Vec<u32>>().pack(&mut words);
        contact.fraction.pack(&mut words);
        contact.pressure.pack(&mut words);
    }
    let words = comm.gather_all(&words).swap_remove(0);
    let mut words = Words::new(&words);
    let state = |_| {
        let nodes: Vec<u32> = words.next();
        let mut here = || {
            let mut values = vec![0.0; part.len()];
            for (node, value) in nodes.iter().zip(words.next::<Vec<f64>>()) {
                if let Ok(place) = part.binary_search(node) {
                    values[place] = value;
                }
            }
            values
        };
        ContactState { fraction: here(), pressure: here() }
    };
    (0..count).map(state).collect()
}
