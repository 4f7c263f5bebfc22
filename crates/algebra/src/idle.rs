//! Working memory that threads use in turn.

use std::sync::{Mutex, PoisonError};

/// What nobody works with at the moment: tasks take one of these, or a new one, and leave it to the next task. So there
/// are as many as threads, however many tasks, of what costs too much to make for each.
pub struct Idle<T>(Mutex<Vec<T>>);

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Idle(Mutex::new(Vec::new()))
    }
}

impl<T> Idle<T> {
    /// Lends one to `work`, as the work before left it, or a `new` one.
    pub fn with<R>(&self, new: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = lock().pop();
        let mut one = one.unwrap_or_else(new);
        let done = work(&mut one);
        lock().push(one);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_taken_again() {
        let idle = Idle::default();
        let take = |first: i32| {
            idle.with(
                || first,
                |n| {
                    *n += 1;
                    *n
                },
            )
        };
        assert_eq!([take(5), take(20), take(30)], [6, 7, 8]);
        // While one is lent there is another.
        let inner = idle.with(|| 0, |_| idle.with(|| 100, |n| *n));
        assert_eq!((inner, idle.0.into_inner().unwrap()), (100, vec![100, 8]));
    }
}
