//! Every law that a case may use: those of the current and those of the stack pressure.

use crate::case::Registry;
use fem::registry::Entry;
use std::sync::LazyLock;

static ALL: LazyLock<Vec<&'static Entry>> =
    LazyLock::new(|| transport::LAWS.iter().chain(contact::LAWS).copied().collect());

/// Every law, in the order of the manual.
pub fn laws() -> Registry {
    &ALL
}

/// True for a law of mechanics; the conductance of a contact is one of the current.
pub fn is_mechanical(entry: &Entry) -> bool {
    entry.name != contact::rough::CONTACT_CONDUCTANCE.name
        && contact::LAWS.iter().any(|law| law.name == entry.name)
}
