//! Unilateral contact against closed forms.

mod bodies;
mod half_space;
mod patch;
mod penny;
#[path = "../elasticity/problem.rs"]
#[allow(dead_code)]
mod problem;
mod refused;
mod wavy;
