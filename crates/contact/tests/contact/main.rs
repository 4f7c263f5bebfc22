//! Unilateral contact against closed forms.

mod half_space;
#[path = "../elasticity/problem.rs"]
mod problem;
mod wavy;
