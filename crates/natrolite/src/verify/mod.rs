//! Checks of the program against numbers that are known without it.
pub mod closed_form;
