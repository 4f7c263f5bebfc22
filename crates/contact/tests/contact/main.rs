//! Unilateral contact: what it refuses, which solvers it works with, threads. Numbers are held by the
//! rows of `natrolite verify`.

mod problem;
mod refused;
mod solvers;
mod threads;
