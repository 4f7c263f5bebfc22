//! Elastic bodies against closed forms.

mod patch;
mod problem;
