//! Verification: what the program must return, and whether it does.

pub mod closed_form;
pub mod rates;
