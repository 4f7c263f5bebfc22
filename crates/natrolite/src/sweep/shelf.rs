//! Things that several pieces of work share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Numbered things, each made when it is first asked for and dropped when its last user is done.
pub struct Shelf<T> {
    places: Vec<Place<T>>,
}

struct Place<T> {
    thing: Mutex<Option<Arc<T>>>,
    users: AtomicUsize,
}

impl<T> Shelf<T> {
    /// A shelf for the things that `uses` counts through: each number once for each user.
    pub fn new(uses: impl Iterator<Item = usize>) -> Self {
        let mut counts: Vec<usize> = Vec::new();
        for k in uses {
            counts.resize(counts.len().max(k + 1), 0);
            counts[k] += 1;
        }
        let place = |users| Place { thing: Mutex::new(None), users: AtomicUsize::new(users) };
        Shelf { places: counts.into_iter().map(place).collect() }
    }

    /// Thing number `k`; whoever asks while it is being made waits.
    pub fn get(&self, k: usize, make: impl FnOnce() -> T) -> Arc<T> {
        let mut thing = self.places[k].thing.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(thing.get_or_insert_with(|| Arc::new(make())))
    }

    /// A user of thing number `k` is done.
    pub fn release(&self, k: usize) {
        let place = &self.places[k];
        if place.users.fetch_sub(1, Ordering::Relaxed) == 1 {
            *place.thing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_made_once_and_dropped_by_its_last_user() {
        let shelf = Shelf::new([1, 0, 1].into_iter());
        let made = AtomicUsize::new(0);
        let make = || made.fetch_add(1, Ordering::Relaxed);
        assert_eq!((*shelf.get(1, make), *shelf.get(1, make), *shelf.get(0, make)), (0, 0, 1));
        shelf.release(1);
        assert_eq!(*shelf.get(1, make), 0, "one user is left");
        shelf.release(1);
        assert_eq!(*shelf.get(1, make), 2, "it was dropped");
    }
}
