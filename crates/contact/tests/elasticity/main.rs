//! Elastic bodies against closed forms.

mod benchmarks;
mod confined_block;
mod laws;
mod patch;
#[allow(dead_code)]
mod problem;
mod rates;
mod rigid_motion;
